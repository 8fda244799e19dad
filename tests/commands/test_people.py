"""The console's way to take a roster in and print it."""

from pathlib import Path

from click.testing import CliRunner, Result

from tests.site import Site
from webapp.commands.people import group
from webapp.domain.errors import Invalid, NotFound
from webapp.services import spreadsheets
from webapp.services.people import RosterRefused
from webapp.storage.archive import Subject

ROSTER = "姓名,单位,档案号\n张三,市财政局/预算科,A-1\n李四,市教育局,A-2\n"


def _run(site: Site, *arguments: str) -> Result:
    with site.app.app_context():
        return CliRunner().invoke(group, arguments)


def _file(folder: Path, text: str) -> str:
    (folder / "roster.csv").write_text(text, "utf-8")
    return str(folder / "roster.csv")


def test_a_dry_run_writes_nothing(site: Site, tmp_path: Path) -> None:
    result = _run(site, "import", "--dry-run", _file(tmp_path, ROSTER))
    assert (result.exit_code, Subject.select().count()) == (0, 0)
    assert "新建 2" in result.output


def test_a_roster_is_taken_in(site: Site, tmp_path: Path) -> None:
    assert _run(site, "import", _file(tmp_path, ROSTER)).exit_code == 0
    assert [subject.name for subject in Subject.select()] == ["张三", "李四"]


def test_faults_are_told_with_their_lines_and_end_with_one(site: Site, tmp_path: Path) -> None:
    file = _file(tmp_path, ROSTER + ",市教育局,A-3\n")
    trial, real = _run(site, "import", "--dry-run", file), _run(site, "import", file)
    assert trial.exit_code == real.exit_code == 1
    assert "第 4 行" in trial.output
    assert "第 4 行" in real.output
    assert isinstance(real.exception, RosterRefused)
    assert Subject.select().count() == 0


def test_what_is_no_roster_is_refused(site: Site, tmp_path: Path) -> None:
    assert isinstance(_run(site, "import", _file(tmp_path, "\n")).exception, Invalid)


def test_the_roster_is_printed_as_pdf_or_table(site: Site, tmp_path: Path) -> None:
    _run(site, "import", _file(tmp_path, ROSTER))
    paper, sheet = tmp_path / "r.pdf", tmp_path / "r.xlsx"
    assert _run(site, "print", str(paper)).exit_code == 0
    assert paper.read_bytes().startswith(b"%PDF")
    assert _run(site, "print", "--unit", "市教育局", str(sheet)).exit_code == 0
    assert [row[1] for row in spreadsheets.read(sheet.read_bytes()).rows] == ["姓名", "李四"]
    assert isinstance(_run(site, "print", "--unit", "没有", str(sheet)).exception, NotFound)
