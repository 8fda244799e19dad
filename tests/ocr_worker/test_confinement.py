import subprocess
import sys
from pathlib import Path

import pytest

from ocr_worker import landlock
from ocr_worker.children import ROOT

PROLOGUE = (
    "import os, socket, sys; from pathlib import Path; from ocr_worker.confinement import Limits, confine; "
)


def confined(call: str, then: str) -> subprocess.CompletedProcess[str]:
    """Run `then` in a process that has given up what `call` says."""
    return subprocess.run(
        [sys.executable, "-c", f"{PROLOGUE}held = {call}; {then}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


ALL = "confine(Limits(1 << 30))"


@pytest.mark.parametrize(
    ("attempt", "fault"),
    [
        ("open('/etc/passwd')", "PermissionError"),
        ("os.listdir('/')", "PermissionError"),
        ("open('/dev/shm/lantai-canary', 'w')", "PermissionError"),
        ("open(f'/proc/{os.getppid()}/environ').read()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("socket.create_connection(('127.0.0.1', 9), 1)", "Error"),
        ("bytearray(2 << 30)", "MemoryError"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
    ],
)
def test_a_confined_process_cannot(attempt: str, fault: str) -> None:
    if landlock.version() < 6:
        pytest.skip("this kernel cannot hold a process back so far")
    ended = confined(ALL, attempt)
    assert ended.returncode == 1
    assert fault in ended.stderr.splitlines()[-1]


def test_it_says_what_took_hold() -> None:
    said = confined(ALL, "print(*held)").stdout.split()
    assert said[:2] == ["limits", "no-network"]
    assert ("no-files" in said) == bool(landlock.version())


def test_what_is_left_open_can_be_used_and_nothing_beside_it(tmp_path: Path) -> None:
    read, write = tmp_path / "read", tmp_path / "write"
    for folder in (read, write):
        folder.mkdir()
        (folder / "a").write_text("a")
    call = f"confine(Limits(1 << 30, file_bytes=9), readable=[Path({str(read)!r})], writable=[Path({str(write)!r})])"
    assert (
        confined(
            call, f"Path({str(write / 'b')!r}).write_text(Path({str(read / 'a')!r}).read_text())"
        ).returncode
        == 0
    )
    assert (write / "b").read_text() == "a"
    assert confined(call, f"Path({str(read / 'b')!r}).write_text('b')").returncode == 1
    assert confined(call, f"Path({str(tmp_path / 'c')!r}).write_text('c')").returncode == 1


def test_a_folder_that_does_not_exist_opens_nothing() -> None:
    assert confined("confine(Limits(1 << 30), readable=[Path('/nowhere')])", "print(held)").returncode == 0
