"""The real processes a benchmark looks at: started by their own commands, watched through /proc, stopped again."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from webapp.settings import Settings

ROOT = Path(__file__).parents[2]
LONGEST_WAIT_S = 300.0  # on a machine that others use too
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class NeverCame(Exception):
    """What was waited for did not come about in time."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A process and all that descend from it."""

    pid: int

    @property
    def family(self) -> list[int]:
        """Its own id and those of its living descendants."""
        parents = {pid: parent for pid, (parent, _) in _stats().items()}
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    @property
    def cpu_s(self) -> float:
        """User and system seconds of the family so far, those of ended descendants included."""
        stats = _stats()
        return sum(stats[pid][1] for pid in self.family if pid in stats)

    @property
    def peak_mb(self) -> float:
        """The most each of the family has held in memory, added up; pages that they share count twice."""
        return round(sum(_peak_kb(pid) for pid in self.family) / 1024, 1)


@contextmanager
def web(settings: Settings) -> Iterator[Watched]:
    """Gunicorn as it is run, answering at the settings' origin."""
    port = settings.public_origin.rpartition(":")[2]
    bound = ["-c", "webapp/gunicorn.py", "-b", f"127.0.0.1:{port}"]
    with _started(["gunicorn", *bound, "webapp.wsgi:app"], settings) as process:
        until(lambda: _answers(process, port), "the web process answers", every_s=0.1)
        yield Watched(process.pid)


@contextmanager
def worker(settings: Settings) -> Iterator[Watched]:
    """The OCR worker with its children."""
    with _started(["ocr_worker"], settings) as process:
        yield Watched(process.pid)


def until(holds: Callable[[], object], what: str, *, every_s: float = 0.05) -> float:
    """Look again and again until a condition holds. Returns the seconds it took. Raises NeverCame."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > LONGEST_WAIT_S:
            raise NeverCame(f"{what}: not within {LONGEST_WAIT_S:.0f} s")
        time.sleep(every_s)
    return time.monotonic() - began


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def _started(command: list[str], settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    own = {
        "LANTAI_INSTANCE": str(settings.instance),
        "LANTAI_KEYRING": str(settings.keyring),
        "LANTAI_PUBLIC_ORIGIN": settings.public_origin,
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LANTAI_")} | own
    with (settings.instance.parent / f"{command[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(process: subprocess.Popen[bytes], port: str) -> bool:
    if process.poll() is not None:
        raise NeverCame("the web process ended before it served")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def _stats() -> dict[int, tuple[int, float]]:
    """By process id: its parent, and the CPU seconds of itself and its ended children."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdecimal() else []
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields:
            found[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15])) / _TICKS_PER_S
    return found


def _peak_kb(pid: int) -> int:
    try:
        rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(row.split()[1]) for row in rows if row.startswith("VmHWM")), 0)
