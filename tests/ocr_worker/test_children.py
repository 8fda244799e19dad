import os
import select
import sys
from pathlib import Path

import pytest

from ocr_worker.children import Child, ChildFailed, Message
from ocr_worker.memory import is_in_memory, memory_folder


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules a child can run, beside the worker's own."""
    monkeypatch.setattr("ocr_worker.children.ROOT", tmp_path)
    (tmp_path / "ocr_worker").symlink_to(Path(sys.modules["ocr_worker"].__file__ or "").parent)
    return tmp_path


ECHO = """
import os, sys
from ocr_worker.children import Message, read_message, write_message
while (asked := read_message(sys.stdin.buffer)) is not None:
    write_message(sys.stdout.buffer, Message({**asked.head, "saw": sorted(os.environ)}, asked.body))
"""


def test_messages_go_there_and_back_whole(modules: Path) -> None:
    (modules / "echo.py").write_text(ECHO)
    child, body = Child("echo"), os.urandom(5 << 20)
    for number in range(3):
        child.send(Message({"number": number, "字": "档"}, body), within_s=30)
        answer = child.receive(within_s=30, longest_body=len(body))
        assert (answer.head["number"], answer.head["字"], answer.body) == (number, "档", body)
    assert child.resident_bytes > 5 << 20
    child.kill()
    assert child.resident_bytes == 0


def test_a_child_sees_nothing_of_the_environment(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTAI_KEYRING", "/secret")
    (modules / "echo.py").write_text(ECHO)
    child = Child("echo")
    child.send(Message(), within_s=30)
    saw = child.receive(within_s=30, longest_body=0).head["saw"]
    child.kill()
    assert "ORT_DISABLE_TELEMETRY" in saw
    assert not [name for name in saw if name.startswith("LANTAI")]


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "import sys; sys.stdout.buffer.write(b'\\xff' * 64); sys.stdout.flush(); sys.stdin.read()",
        "import sys; print('\\0\\0\\0\\5' + '\\0' * 8 + 'nojso', end='', flush=True); sys.stdin.read()",
        "import sys; sys.stdin.buffer.read(1); sys.stdin.read()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    ],
    ids=["ends", "sends too much", "sends no message", "says nothing", "is killed"],
)
def test_a_child_that_misbehaves_is_ended(modules: Path, program: str) -> None:
    (modules / "bad.py").write_text(program)
    child = Child("bad", quiet=True)
    with pytest.raises(ChildFailed):
        child.receive(within_s=1.0, longest_body=10)
    assert not Path(f"/proc/{child.pid}").exists()


def test_a_child_that_does_not_listen_is_ended(modules: Path) -> None:
    (modules / "deaf.py").write_text("import signal; signal.pause()")
    child = Child("deaf")
    with pytest.raises(ChildFailed):
        child.send(Message({}, bytes(8 << 20)), within_s=0.5)
    assert not Path(f"/proc/{child.pid}").exists()


def test_what_a_child_has_started_ends_with_it(modules: Path) -> None:
    program = "import subprocess, sys; subprocess.Popen(['sleep', '60']); "
    program += (
        "from ocr_worker.children import *; write_message(sys.stdout.buffer, Message()); sys.stdin.read()"
    )
    (modules / "parent.py").write_text(program)
    child = Child("parent")
    child.receive(within_s=30, longest_body=0)
    grandchildren = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    assert len(grandchildren) == 1
    grandchild = os.pidfd_open(int(grandchildren[0]))
    try:
        child.kill()
        ended, _, _ = select.select([grandchild], [], [], 10)
        assert ended  # dead, though its new parent may not have reaped it yet
    finally:
        os.close(grandchild)


def test_the_memory_folder_is_private_and_in_memory(tmp_path: Path) -> None:
    folder = memory_folder()
    assert folder is not None
    assert is_in_memory(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent != tmp_path
    folder.rmdir()
    assert not is_in_memory(tmp_path / "nowhere")
    assert not is_in_memory(Path("/proc"))


def test_the_memory_folder_of_a_killed_process_is_swept() -> None:
    left = memory_folder()
    assert left is not None
    orphan = left.with_name(left.name.replace(str(os.getpid()), "4194305"))  # above the largest process id
    left.rename(orphan)
    (orphan / "page").write_bytes(b"pixels")
    mine = memory_folder()
    assert mine is not None
    assert mine.exists()
    assert not orphan.exists()
    mine.rmdir()
