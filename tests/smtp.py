"""A mail server of a few lines for tests: real sockets, the commands that a client needs, and what it took."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Post:
    """What the server took, and whether it takes anything now.

    answers -- what it says to a command instead, e.g. {"RCPT": "550 nobody here"}
    """

    port: int = 0
    is_out_of_order: bool = False
    mails: list[tuple[str, bytes]] = field(default_factory=list)  # to whom, what
    answers: dict[str, str] = field(default_factory=dict)


@contextmanager
def post_office() -> Iterator[Post]:
    """A server on loopback for the length of a test."""
    post = Post()

    class Counter(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 post ready")
            to = ""
            while line := self.rfile.readline().decode().strip():
                command = line.upper()
                if command[:4] in post.answers:
                    self.say(post.answers[command[:4]])
                elif command.startswith(("EHLO", "MAIL", "RSET")):
                    self.say("250 fine")
                elif command.startswith("RCPT"):
                    to = line.partition("<")[2].partition(">")[0]
                    self.say("451 come back later" if post.is_out_of_order else "250 fine")
                elif command == "DATA":
                    self.say("354 go on")
                    post.mails.append((to, self.letter()))
                    self.say("250 taken")
                elif command == "QUIT":
                    return self.say("221 bye")
                else:
                    self.say("502 unknown")
            return None

        def letter(self) -> bytes:
            return b"".join(iter(self.rfile.readline, b".\r\n"))

        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter) as server:
        server.daemon_threads = True
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()
