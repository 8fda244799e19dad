"""Real processes to be killed: the web server by the project's own configuration, and the worker."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.accounts import OFFICE
from tests.e2e.service import free_port, until
from tests.site import token_in
from webapp.services import sessions
from webapp.services.actor import Actor
from webapp.settings import Settings
from webapp.storage.database import database, transaction

ROOT = Path(__file__).parents[2]
BOUNDARY = "----------------8f3a"


@dataclass
class Process:
    """A started command with everything below it."""

    running: subprocess.Popen[bytes]

    def children(self) -> list[int]:
        """Process ids one level below."""
        task = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children")
        return [int(pid) for pid in task.read_text().split()] if task.exists() else []

    def kill(self) -> None:
        """SIGKILL to the process itself, which can do nothing about it."""
        self.running.kill()
        self.running.wait()


@contextmanager
def started(module: str, *arguments: str, settings: Settings, log: Path) -> Iterator[Process]:
    """`python -m module`, ended with what it started when the block ends."""
    env = os.environ | {
        "LANTAI_INSTANCE": str(settings.instance),
        "LANTAI_KEYRING": str(settings.keyring),
        "LANTAI_OCR_PROCESSES": "1",
    }
    with log.open("ab") as output:
        running = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=env,
                                   stdout=output, stderr=output, start_new_session=True)  # fmt: skip
    process = Process(running)
    try:
        yield process
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@dataclass
class Browser:
    """A signed-in browser over a real connection: cookies and token, nothing else."""

    port: int
    cookies: dict[str, str]
    token: str = ""

    @classmethod
    def of(cls, actor: Actor, port: int) -> "Browser":
        """A sitting of this officer, and the token of a page it has seen."""
        now = datetime.now(UTC)
        with transaction():
            _, cookie = sessions.open_session(actor.person, sessions.FULL, visitor=OFFICE, now=now)
        browser = cls(port, {"session": cookie})
        status, body = browser.ask("GET", "/account")
        assert status == 200, body
        browser.token = token_in(body)
        return browser

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        """Status and text. Raises OSError or HTTPException when the connection breaks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {"Cookie": cookies, "Accept": "text/html", **headers})
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def upload(self, material_id: str, name: str, content: bytes) -> int:
        """Send one file as the form does; the status."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'.encode(),
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n".encode()
            + content
            + f"\r\n--{BOUNDARY}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", f"/desk/intake/{material_id}", b"".join(parts), **{"Content-Type": kind})[0]


@contextmanager
def web(settings: Settings, log: Path) -> Iterator[tuple[Process, int]]:
    """gunicorn as it is run, answering on a free port. Loaded once, so that a killed worker is replaced at once."""
    port = free_port()
    arguments = ("-c", "webapp/gunicorn.py", "--preload", "-b", f"127.0.0.1:{port}", "webapp.wsgi:app")
    with started("gunicorn", *arguments, settings=settings, log=log) as process:
        until(lambda: answers(port), "the server answers")
        yield process, port


def answers(port: int) -> bool:
    try:
        return Browser(port, {}).ask("GET", "/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def reconnect(settings: Settings) -> None:
    """A fresh connection of the test's own."""
    if not database.is_closed():
        database.close()
    database.connect()
