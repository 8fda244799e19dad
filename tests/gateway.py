"""An HTTP server of a few lines for tests: what was posted to it, and what it answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Gateway:
    """What the server took, and what it says to everything.

    moves_to -- the Location of its answer
    """

    port: int = 0
    status: int = 200
    answer: bytes = b"{}"
    moves_to: str = ""
    posts: list[Posted] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A server on loopback for the length of a test."""
    held = Gateway()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.posts.append(Posted(self.path, dict(self.headers), body))
            self.send_response(held.status)
            if held.moves_to:
                self.send_header("Location", held.moves_to)
            self.send_header("Content-Length", str(len(held.answer)))
            self.end_headers()
            self.wfile.write(held.answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.daemon_threads = True
        held.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()
