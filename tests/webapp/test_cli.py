"""The console before there is an instance."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["audit", "verify"], ["officers", "list"], ["search", "rebuild"]])
def test_without_an_instance_a_command_says_so_and_what_to_do(tmp_path, command):
    where = {"LANTAI_INSTANCE": str(tmp_path / "none"), "LANTAI_KEYRING": str(tmp_path / "none.json")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "webapp.wsgi", *command],
        env=os.environ | where,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "db init" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
