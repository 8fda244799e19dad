"""The register of recusals: entered by one, lifted by two, and it holds for reading, deciding and keeping."""

import pytest

from tests.asking import REASON, granted, make_approver, make_request
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import approvals, audit, dossiers, recusals, requests, spreadsheets, viewings
from webapp.services.recusals import Row
from webapp.storage.accounts import Recusal


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三", number="YW-0001"), "1", "干部履历表"))


@pytest.fixture
def security(page):
    return make_officer(Role.SECURITY_OFFICER)


def row(officer, number="YW-0001", relation="配偶"):
    return Row(officer.person.login, number, relation)


def test_an_entry_holds_at_once_for_reading_deciding_and_keeping(security, page):
    reader = make_officer(Role.OFFICIAL, lookup=UNIT)
    by_grant = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    approver, keeper = make_approver(), make_officer(Role.ARCHIVIST, custody=UNIT)
    granted(by_grant, page.material)
    request = make_request(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), page.material)
    everybody = [row(one) for one in (reader, by_grant, approver, keeper)]
    assert recusals.enter(security, everybody, now=NOW) == 4
    dossier, material = page.material.dossier, page.material.public_id
    for act in (
        lambda: viewings.begin(reader, material, "2", now=NOW),
        lambda: viewings.begin(by_grant, material, "2", now=NOW),
        lambda: requests.begin(reader, dossier.public_id, REASON, first=Scope(), now=NOW),
        lambda: approvals.approve(approver, request.public_id, version=request.version, now=NOW),
        lambda: dossiers.require_custody(keeper, dossier),
    ):
        with pytest.raises(Refused, match="回避"):
            act()


def test_what_is_entered_twice_is_there_once(security, page):
    officer = make_officer()
    assert recusals.enter(security, [row(officer), row(officer, relation="妻子")], now=NOW) == 1
    assert recusals.enter(security, [row(officer)], now=NOW) == 0
    assert [entry.recusal.relation for entry in recusals.listing(security, now=NOW)] == ["配偶"]
    assert [e["action"] for e in audit.entries(limit=50)].count("recusal:entered") == 1


def test_a_spreadsheet_is_entered_whole_or_not_at_all(security, page):
    one, other = make_officer(), make_officer()
    lines = [(one.person.login, "YW-0001", "配偶"), ("nobody", "YW-9999", "")]
    rows = recusals.rows_in(spreadsheets.workbook("回避", recusals.COLUMNS, lines))
    with pytest.raises(Invalid) as fault:
        recusals.enter(security, rows, now=NOW)
    for words in ("第 2 条：没有账号“nobody”", "没有档案号“YW-9999”", "关系须为"):
        assert words in str(fault.value)
    assert Recusal.select().count() == 0
    lines[1] = (other.person.login, "YW-0001", "妹妹")
    rows = recusals.rows_in(spreadsheets.workbook("回避", recusals.COLUMNS, lines))
    assert recusals.enter(security, rows, now=NOW) == 2


@pytest.mark.parametrize("content", ["账号,档案号\nx,YW-0001", "账号,档案号,关系\n,,"])
def test_a_spreadsheet_without_its_columns_or_lines_is_refused(archive, content):
    with pytest.raises(Invalid):
        recusals.rows_in(content.encode())


def test_lifting_takes_a_second_security_officer(security, page):
    officer = make_officer(Role.OFFICIAL, lookup=UNIT)
    recusals.enter(security, [row(officer)], now=NOW)
    number = Recusal.get().id
    with pytest.raises(Conflict):
        recusals.confirm_lift(security, number, now=NOW)
    with pytest.raises(Invalid):
        recusals.propose_lift(security, number, " ", now=NOW)
    recusals.propose_lift(security, number, "已离婚", now=NOW)
    with pytest.raises(Refused) as refusal:
        recusals.confirm_lift(security, number, now=NOW)
    assert refusal.value.rule == "recusal:second-person"
    assert dossiers.decide_for(officer, page.material.dossier).rule == "recused"
    second = make_officer(Role.SECURITY_OFFICER)
    with pytest.raises(Conflict):
        recusals.propose_lift(second, number, "同上", now=NOW)
    recusals.confirm_lift(second, number, now=NOW)
    assert dossiers.decide_for(officer, page.material.dossier).rule == "scope"
    entry = next(audit.entries(limit=1))
    assert entry["action"] == "recusal:lifted"
    assert entry["details"]["proposed_by"] == security.person.public_id
    with pytest.raises(NotFound):
        recusals.confirm_lift(second, number, now=NOW)


def test_a_proposal_is_dropped_and_the_entry_stays(security, page):
    recusals.enter(security, [row(make_officer())], now=NOW)
    number = Recusal.get().id
    recusals.propose_lift(security, number, "误登", now=NOW)
    recusals.drop_lift(make_officer(Role.SECURITY_OFFICER), number, now=NOW)
    (entry,) = recusals.listing(security, now=NOW)
    assert entry.lift is None


def test_nobody_lifts_their_own(security, page):
    recusals.enter(security, [row(security)], now=NOW)
    for act in (
        lambda: recusals.propose_lift(security, Recusal.get().id, "无关", now=NOW),
        lambda: recusals.confirm_lift(security, Recusal.get().id, now=NOW),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SECURITY_OFFICER])
def test_the_register_is_for_the_security_officer_alone(page, role):
    other = make_officer(role)
    for act in (
        lambda: recusals.listing(other, now=NOW),
        lambda: recusals.enter(other, [row(other)], now=NOW),
        lambda: recusals.propose_lift(other, 1, "x", now=NOW),
        lambda: recusals.confirm_lift(other, 1, now=NOW),
        lambda: recusals.drop_lift(other, 1, now=NOW),
    ):
        with pytest.raises(Refused):
            act()


def test_the_list_is_searched_by_officer_and_by_dossier(security, page):
    officer = make_officer()
    recusals.enter(security, [row(officer)], now=NOW)
    for words, count in ((officer.person.login, 1), ("YW-0001", 1), ("某某", 1), ("查无此人", 0)):
        assert len(recusals.listing(security, now=NOW, words=words)) == count
