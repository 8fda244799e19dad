"""Child processes and the messages between them and the parent: a JSON head and a body of bytes."""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parent.parent
_LENGTHS = struct.Struct(">IQ")  # bytes of the head, bytes of the body
_LONGEST_HEAD = 64 << 10
_PIPE_BYTES = 1 << 20  # the default 64 KiB costs 400 wake-ups a page
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "ORT_DISABLE_TELEMETRY")
_ONE_THREAD = dict.fromkeys(
    ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class ChildFailed(Exception):
    """The child died, fell silent for too long, or sent what is no message. It has been killed."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `head` is small and plain; `body` is pixels, a picture or a transcription."""

    head: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


def read_message(stream: BinaryIO) -> Message | None:
    """The next message of a blocking stream (the child's side), None when the other end has closed."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    return Message(json.loads(stream.read(head)), stream.read(body))


def write_message(stream: BinaryIO, message: Message) -> None:
    """Write one message to a blocking stream and flush it (the child's side)."""
    head = json.dumps(message.head).encode()
    stream.write(_LENGTHS.pack(len(head), len(message.body)) + head)
    stream.write(message.body)
    stream.flush()


class Child:
    """A running `python -m <module> <arguments>` with nothing of the parent's environment but its language.

    stdin -- a file the child reads from instead of messages (a memory file), or None for messages
    quiet -- drop what the child and the libraries in it print about a file from outside
    """

    def __init__(self, module: str, *arguments: str, stdin: int | None = None, quiet: bool = False):
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else None,
            cwd=ROOT,
            env=_scrubbed(),
            start_new_session=True,
        )
        for pipe in filter(None, (self._process.stdin, self._process.stdout)):
            os.set_blocking(pipe.fileno(), False)
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        """Process id, which is also the id of its process group."""
        return self._process.pid

    @property
    def resident_bytes(self) -> int:
        """Memory the child holds right now, 0 when it is gone."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGESIZE")

    def send(self, message: Message, *, within_s: float) -> None:
        """Hand over a message. Raises ChildFailed when it is not taken within that many seconds."""
        head = json.dumps(message.head).encode()
        until = time.monotonic() + within_s
        for part in (_LENGTHS.pack(len(head), len(message.body)) + head, message.body):
            self._write(memoryview(part), until)

    def receive(self, *, within_s: float, longest_body: int) -> Message:
        """The next message. Raises ChildFailed, and has killed the child, when none comes in time."""
        until = time.monotonic() + within_s
        head, body = _LENGTHS.unpack(self._read(_LENGTHS.size, until))
        if head > _LONGEST_HEAD or body > longest_body:
            raise self._failed("a message longer than agreed")
        try:
            return Message(json.loads(self._read(head, until)), self._read(body, until))
        except ValueError as error:
            raise self._failed("a message that is none") from error

    def kill(self) -> None:
        """End the child and everything it has started, and reap it. May be called again."""
        if (
            self._process.returncode is None
        ):  # not reaped: its number, and that of its group, are still its own
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in filter(None, (self._process.stdin, self._process.stdout)):
            pipe.close()

    def _read(self, count: int, until: float) -> bytes:
        pipe, filled = self._process.stdout, 0
        buffer = bytearray(count)
        while filled < count:
            descriptor = self._ready(pipe.fileno() if pipe else -1, select.POLLIN, until)
            got = os.readv(descriptor, [memoryview(buffer)[filled:]])
            if not got:
                raise self._failed("the end of its output")
            filled += got
        return bytes(buffer)

    def _write(self, rest: memoryview, until: float) -> None:
        pipe = self._process.stdin
        while rest:
            descriptor = self._ready(pipe.fileno() if pipe else -1, select.POLLOUT, until)
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BrokenPipeError:
                raise self._failed("a closed door") from None

    def _ready(self, descriptor: int, event: int, until: float) -> int:
        waiting = select.poll()
        waiting.register(descriptor, event)
        if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            raise self._failed("silence")
        return descriptor

    def _failed(self, what: str) -> ChildFailed:
        self.kill()
        return ChildFailed(f"{what} from child {self.pid}, exit {self._process.returncode}")


def _scrubbed() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent", **passed_on, **_ONE_THREAD}
