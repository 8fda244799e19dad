"""Accounts from the console."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.accounts import cheap_hashing, made, through_link
from tests.moment import NOW
from tests.site import Site, opened
from webapp.commands.officers import group
from webapp.domain.errors import Invalid, NotFound
from webapp.services import officers, units
from webapp.settings import Settings
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    cheap_hashing(monkeypatch)
    with opened(settings) as site:
        with transaction():
            units.find_or_create("市财政局/预算科")
        yield site


def run(site: Site, *words: str) -> Result:
    """A command as the operator types it; our own errors come out as they are."""
    with site.app.app_context():
        return site.app.test_cli_runner().invoke(group, words, catch_exceptions=False)


def test_the_operator_makes_an_account_that_needs_no_second_person(site: Site) -> None:
    result = run(
        site, "create", "admin", "管理员", "--role", "archivist", "--custody", "市财政局", "--unit", "预算科"
    )
    login, name, address = result.output.strip().split("\t")
    assert (login, name) == ("admin", "管理员")
    assert address.startswith("http://localhost:8000/enrol/")
    officer = Officer.get(Officer.login == "admin")
    assert officer.authorised_at is not None
    assert [unit.name for unit in officers.rights_of(officer).custody] == ["市财政局"]


def test_an_approver_gets_units_on_the_console(site: Site) -> None:
    run(site, "create", "shenpi", "王芳", "--role", "approver", "--approval", "市财政局/预算科")
    held = officers.rights_of(Officer.get(Officer.login == "shenpi"))
    assert [unit.name for unit in held.approval] == ["预算科"]


def test_forbidden_pairs_are_refused_on_the_console_too(site: Site) -> None:
    with pytest.raises(Invalid, match="三员分离"):
        run(site, "create", "both", "某人", "--role", "auditor", "--role", "archivist")


def test_a_spreadsheet_is_tried_and_imported(site: Site, tmp_path: Path) -> None:
    sheet = tmp_path / "accounts.csv"
    sheet.write_text("账号,姓名,角色\n1001,李明华,查阅人\n1002,王芳,审批人\n", "utf-8")
    assert "2 个账号可以建" in run(site, "import", "--dry-run", str(sheet)).output
    assert Officer.select().count() == 0
    assert run(site, "import", str(sheet)).output.count("/enrol/") == 2
    with pytest.raises(Invalid, match="第 2 行：账号“1001”已经有人用了"):
        run(site, "import", str(sheet))


def test_an_account_is_linked_disabled_enabled_and_listed(site: Site) -> None:
    made("zhangwei")
    token = run(site, "link", "ZhangWei").output.strip().rpartition("/")[2]
    assert through_link(token, NOW).officer.is_enrolled
    run(site, "disable", "zhangwei")
    assert run(site, "list").output == "zhangwei\t张伟\t已停用\tofficial\n"
    run(site, "enable", "zhangwei")
    assert "正常" in run(site, "list").output
    with pytest.raises(NotFound):
        run(site, "link", "nobody")
