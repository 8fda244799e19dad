"""A process that holds keys leaves nothing of its memory behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
TELL = """
import ctypes, os, resource
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE), oct(os.umask(0)))
"""
WEB = "import webapp.wsgi"
WORKER = "import sys; from ocr_worker import __main__ as worker; worker.main()"


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
@pytest.mark.parametrize("start", [WEB, WORKER], ids=["web", "worker"])
def test_no_core_file_no_tracing_and_files_for_the_owner_alone(archive: Settings, start: str) -> None:
    keyring = "/nonexistent" if start == WORKER else archive.keyring  # the worker ends at once without one
    env = {
        "PATH": os.environ["PATH"],
        "LANTAI_INSTANCE": str(archive.instance),
        "LANTAI_KEYRING": str(keyring),
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{TELL}"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "0", "0", "0o77"]
