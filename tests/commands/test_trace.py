"""The console's way to trace a picture."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.builders import UNIT, make_dossier, make_material, make_officer
from tests.leaks import file_of, full_page, sent
from tests.site import Site
from webapp.commands.trace import group
from webapp.domain.errors import Invalid
from webapp.storage.reading import Viewing
from webapp.storage.tracing import Trace


def run(site: Site, *arguments: str) -> Result:
    with site.app.app_context():
        return CliRunner().invoke(group, arguments)


@pytest.mark.engine
def test_a_picture_is_compared_here_and_its_viewing_named(site: Site, tmp_path: Path) -> None:
    page = full_page(make_material(make_dossier("张三"), "1", "干部履历表"))
    leaked = [sent(make_officer(lookup=UNIT), page) for _ in range(3)][1]
    (tmp_path / "leak.png").write_bytes(file_of(leaked, "PNG"))
    result = run(site, str(tmp_path / "leak.png"), "--dossier", page.material.dossier.number)
    assert result.exit_code == 0, result.output
    viewing = Viewing.select().order_by(Viewing.id)[1]
    assert viewing.number in result.output
    assert "可作证据" in result.output
    assert Trace.get().officer is None


@pytest.mark.engine
def test_a_picture_that_cannot_be_opened_ends_with_the_reason(site: Site, tmp_path: Path) -> None:
    (tmp_path / "leak.jpg").write_bytes(b"\xff\xd8\xff rubbish")
    assert isinstance(run(site, str(tmp_path / "leak.jpg")).exception, Invalid)
    assert Trace.get().state == "refused"


def test_a_number_is_looked_up(site: Site) -> None:
    result = run(site, "--number", "V0000000")
    assert (result.exit_code, "没有这个查阅号" in result.output) == (4, True)


def test_neither_picture_nor_number_is_refused(site: Site) -> None:
    assert isinstance(run(site).exception, Invalid)
