"""The service as it runs: gunicorn and the worker, started by their real commands on an instance of their own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from webapp.services import jobs
from webapp.settings import Settings
from webapp.storage.database import database

ROOT = Path(__file__).parents[2]
LONGEST_WAIT_S = 300  # on a machine that others use too
LOOK_EVERY_S = 0.1
COMPLAINTS = ("refused by the content policy", "fault ", "Traceback", "storage failed", "unforeseen way")


def until(holds: Callable[[], object], what: str, *, seconds: float = LONGEST_WAIT_S) -> float:
    """Wait until a condition holds. Returns the seconds it took; fails with `what` when it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds} s"
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - began


@dataclass
class Service:
    """A running web process and worker.

    origin -- http://localhost:port
    """

    settings: Settings
    folder: Path
    _read: dict[str, int] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return self.settings.public_origin

    def complaints(self) -> list[str]:
        """What web and worker logged as wrong since this was asked last."""
        return [line for log in ("web", "worker") for line in self._new_lines(log) if _complains(line)]

    def read_everything(self) -> float:
        """Wait until no job waits or runs. Returns the seconds it took."""
        return until(lambda: not self._busy(), "every page read and indexed")

    def _busy(self) -> int:
        with database.connection_context():
            counts = jobs.counts()
        return counts.get("waiting", 0) + counts.get("running", 0)

    def _new_lines(self, log: str) -> list[str]:
        text = (self.folder / f"{log}.log").read_text(errors="replace")
        new = text[self._read.get(log, 0) :]
        self._read[log] = len(text)
        return new.splitlines()


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Service]:
    """Start web and worker, wait until the web answers, and stop both in the end."""
    port = settings.public_origin.rpartition(":")[2]
    address = f"127.0.0.1:{port}"
    commands = {
        "web": ["gunicorn", "-c", "webapp/gunicorn.py", "-b", address, "webapp.wsgi:app"],
        "worker": ["ocr_worker"],
    }
    started = [_start(name, command, settings, folder) for name, command in commands.items()]
    try:
        until(lambda: _answers(f"http://{address}/healthz", started), "the web process answers")
        yield Service(settings, folder)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=60)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def _start(name: str, command: list[str], settings: Settings, folder: Path) -> subprocess.Popen[bytes]:
    own = {
        "LANTAI_INSTANCE": str(settings.instance),
        "LANTAI_KEYRING": str(settings.keyring),
        "LANTAI_PUBLIC_ORIGIN": settings.public_origin,
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LANTAI_")} | own
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )


def _answers(address: str, started: list[subprocess.Popen[bytes]]) -> bool:
    assert all(process.poll() is None for process in started), "a process ended before it served"
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def _complains(line: str) -> bool:
    return any(word in line for word in COMPLAINTS)
