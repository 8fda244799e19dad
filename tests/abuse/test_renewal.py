"""The web process is renewed for what it has grown to, never for how often it was asked."""

from pathlib import Path

from tests.abuse.processes import Browser, answers, started
from tests.e2e.service import free_port, until
from webapp.settings import Settings

GROWN = """from webapp import gunicorn
gunicorn.LARGEST_BYTES, gunicorn.YOUNGEST_S = {largest}, {youngest}
from webapp.gunicorn import *
"""
ENOUGH = 300  # requests


def test_a_process_that_has_grown_is_renewed_and_serves_on(archive: Settings, tmp_path: Path) -> None:
    (tmp_path / "grown.py").write_text(GROWN.format(largest=0, youngest=2))
    with started(*_web(tmp_path / "grown.py"), settings=archive, log=tmp_path / "log") as process:
        until(lambda: answers(PORT), "the server answers")
        first = process.children()
        until(lambda: answers(PORT) and process.children() != first, "another process serves")
        assert len(process.children()) == 1
    assert "renewed" in (tmp_path / "log").read_text()


def test_asking_often_renews_nothing(archive: Settings, tmp_path: Path) -> None:
    (tmp_path / "grown.py").write_text(GROWN.format(largest=0, youngest=3600))
    with started(*_web(tmp_path / "grown.py"), settings=archive, log=tmp_path / "log") as process:
        until(lambda: answers(PORT), "the server answers")
        first = process.children()
        for _ in range(ENOUGH):
            assert Browser(PORT, {}).ask("GET", "/static/css/lantai.css")[0] == 200
        assert process.children() == first
    assert "renewed" not in (tmp_path / "log").read_text()


PORT = free_port()


def _web(configuration: Path) -> tuple[str, ...]:
    return ("gunicorn", "-c", str(configuration), "--preload", "-b", f"127.0.0.1:{PORT}", "webapp.wsgi:app")
