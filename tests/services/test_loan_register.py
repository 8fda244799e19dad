"""The register as it is read: overdue first, found by dossier and person, printed by period, for its keepers."""

from datetime import timedelta

import pytest

from tests.borrowing import lent
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.local_time import day
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, keepers, loan_register, loans, reminders, viewers
from webapp.services.loan_words import EndWords
from webapp.storage.accounts import Recusal
from webapp.storage.database import database
from webapp.storage.notices import Notice
from webapp.storage.policy import Setting

DAY = timedelta(days=1)
TODAY = day(NOW)


@pytest.fixture
def dossier(archive):
    return make_dossier("钱强丽", number="YW-0007")


@pytest.fixture
def keeper(dossier):
    return able(Role.ARCHIVIST, custody=UNIT)


@pytest.fixture
def taker(dossier):
    return able(Role.OFFICIAL)


def numbers(found):
    return [one.loan.dossier.number for one in found]


def kinds(actor):
    return [one.kind for one in Notice.select().where(Notice.officer == actor.person).order_by(Notice.id)]


def test_what_is_overdue_comes_first_and_what_has_no_day_last(keeper, taker, dossier):
    sheets = lent(make_dossier("赵一", number="YW-0001"), taker, kind="copy", pages=2, due_on=None)
    lent(make_dossier("孙二", number="YW-0002"), taker)
    lent(dossier, taker, due_on=TODAY + DAY)
    lent(make_dossier("别处", ELSEWHERE, number="YW-9"), taker)
    later = NOW + 3 * DAY
    found = loan_register.listed(keeper, now=later)
    assert numbers(found) == ["YW-0007", "YW-0002", "YW-0001"]
    assert [one.is_overdue for one in found] == [True, False, False]
    assert found[0].standing == "逾期 2 天"
    assert loan_register.counts(keeper, now=later) == (2, 1)
    assert next(audit.entries(limit=1))["details"] == {"entries": 3}
    loans.end(keeper, sheets.public_id, "filed", now=later)
    assert numbers(loan_register.listed(keeper, now=later, ended=True)) == ["YW-0001"]


@pytest.mark.parametrize("words", ["0007", "钱强", "陈远", "巡视组", " 钱强丽 "])
def test_an_entry_is_found_by_number_person_and_who_took_it(keeper, dossier, words):
    lent(dossier, "陈远山", taker_unit="省委巡视组")
    lent(make_dossier("李四", number="YW-0008"), "何长河", taker_unit="市审计局")
    assert numbers(loan_register.listed(keeper, now=NOW, words=words)) == ["YW-0007"]
    assert loan_register.listed(keeper, now=NOW, words="查无此人") == []


def test_the_register_of_a_period_is_printed_oldest_first(keeper, taker, dossier):
    first = lent(dossier, taker, out_on=TODAY - 5 * DAY, due_on=TODAY)
    loans.end(keeper, first.public_id, "returned", is_complete=True, words=EndWords("陈远山"), now=NOW)
    lent(dossier, taker)
    found = loan_register.printed(keeper, TODAY - 5 * DAY, TODAY, now=NOW)
    assert [one.loan.out_on for one in found] == [TODAY - 5 * DAY, TODAY]
    assert len(loan_register.printed(keeper, TODAY, TODAY, now=NOW)) == 1
    assert next(audit.entries(limit=1))["action"] == "loans:printed"
    with pytest.raises(Invalid):
        loan_register.printed(keeper, TODAY, TODAY - DAY, now=NOW)


def test_too_much_is_not_printed_at_once(keeper, taker, dossier, monkeypatch):
    monkeypatch.setattr(loan_register, "MOST_PRINTED", 1)
    for _ in range(2):
        lent(dossier, taker, kind="copy", pages=1)
    with pytest.raises(Invalid, match="分几段"):
        loan_register.printed(keeper, TODAY, TODAY, now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ARCHIVIST])
def test_the_register_is_for_archivists_alone(dossier, taker, role):
    lent(dossier, taker)
    other = make_officer(role, lookup=UNIT, custody=UNIT)
    for act in (
        lambda: loan_register.listed(other, now=NOW),
        lambda: loan_register.printed(other, TODAY, TODAY, now=NOW),
        lambda: loan_register.of_dossier(other, dossier.public_id, now=NOW),
    ):
        with pytest.raises(Refused):
            act()
    assert loan_register.out_of(other, dossier, now=NOW) == []


def test_who_took_it_sees_it_and_nobody_else_does(dossier, taker):
    loan = lent(dossier, taker)
    assert [one.loan for one in loan_register.mine(taker, now=NOW)] == [loan]
    assert loan_register.mine_one(taker, loan.public_id, now=NOW).what == "整卷"
    for other, record in ((make_officer(), loan.public_id), (taker, "no-such-loan")):
        with pytest.raises(NotFound):
            loan_register.mine_one(other, record, now=NOW)


def test_who_took_it_is_told_the_titles_of_the_catalogue_alone_and_the_look_is_logged(dossier, taker):
    plain, closed = make_material(dossier, "1", "干部履历表"), make_material(dossier, "5", "考察材料")
    reader = able(Role.OFFICIAL, lookup=UNIT)
    loan, hidden = lent(plain, reader), lent(closed, reader)
    assert loan_register.mine_one(reader, loan.public_id, now=NOW).what == "干部履历表"
    assert loan_register.mine_one(reader, hidden.public_id, now=NOW).what == "1 份材料"
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("loan:opened", hidden.public_id)
    assert entry["details"] == {"dossier": dossier.public_id}
    Recusal.create(officer=reader.person, subject=dossier.subject, relation="配偶")
    assert loan_register.mine_one(reader, loan.public_id, now=NOW).what == "1 份材料"


def test_more_entries_take_no_more_queries(keeper, taker, dossier):
    owner = make_officer(Role.INDIVIDUAL, subject=dossier.subject)

    def queries(act):
        asked = []
        database.query_hooks.append(asked.append)
        try:
            for one in act():
                assert one.loan.dossier.subject.name
        finally:
            database.query_hooks.clear()
        return len(asked)

    def looks():
        return (
            queries(lambda: loan_register.mine(taker, now=NOW)),
            queries(lambda: viewers.lent(owner, now=NOW)),
            queries(lambda: loan_register.of_dossier(keeper, dossier.public_id, now=NOW)),
            queries(lambda: loan_register.out_of(keeper, dossier, now=NOW)),
        )

    lent(make_material(dossier, "1", "干部履历表"), taker)
    before = looks()
    for number in range(3):
        lent(make_material(dossier, "9-2", f"干部任免审批表 {number}"), taker)
        lent(make_dossier(f"赵{number}"), taker)
    assert looks() == before


def test_borrower_and_keeper_are_reminded_once_a_stage_and_anew_after_the_day_was_moved(
    keeper, taker, dossier
):
    loan = lent(dossier, taker)
    assert reminders.send(now=NOW + 5 * DAY) == 0
    assert reminders.send(now=NOW + 6 * DAY) == 2
    assert reminders.send(now=NOW + 7 * DAY) == 0
    assert reminders.send(now=NOW + 8 * DAY) == 2
    assert reminders.send(now=NOW + 9 * DAY) == 0
    assert kinds(taker) == [NoticeKind.LOAN_DUE, NoticeKind.LOAN_OVERDUE]
    assert kinds(keeper) == [NoticeKind.LOAN_DUE_KEPT, NoticeKind.LOAN_OVERDUE_KEPT]
    later = NOW + 10 * DAY
    loans.extend(keeper, loan.public_id, TODAY + 14 * DAY, "考察延长", days=7, now=later)
    assert not Notice.select().where(Notice.read_at.is_null()).count()
    assert reminders.send(now=later) == 0
    assert reminders.send(now=NOW + 13 * DAY) == 2
    loans.end(keeper, loan.public_id, "returned", is_complete=True, now=NOW + 13 * DAY)
    assert reminders.send(now=NOW + 30 * DAY) == 0
    assert not Notice.select().where(Notice.read_at.is_null()).count()


def test_who_has_no_account_is_not_reminded_but_the_keeper_is(keeper, dossier):
    lent(dossier, "陈远山", taker_unit="省委巡视组")
    assert reminders.send(now=NOW + 8 * DAY) == 1
    assert kinds(keeper) == [NoticeKind.LOAN_OVERDUE_KEPT]


def test_copies_are_never_due(keeper, taker, dossier):
    lent(dossier, taker, kind="copy", pages=2, due_on=None)
    assert reminders.send(now=NOW + 90 * DAY) == 0


def test_keepers_are_those_of_the_unit_without_relatives_and_the_person(keeper, dossier):
    able(Role.ARCHIVIST, custody=ELSEWHERE)
    able(Role.ARCHIVIST, custody=UNIT, recused_from=dossier.subject)
    able(Role.ARCHIVIST, custody=UNIT, subject=dossier.subject)
    assert keepers.of(dossier) == [keeper.person]


def test_the_person_sees_who_used_the_paper_what_for_and_when(dossier, taker):
    owner = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    lent(dossier, taker, kind="extract", pages=1)
    lent(dossier, "陈远山", taker_unit="省委巡视组", purpose="4")
    newest, _ = viewers.lent(owner, now=NOW)
    assert newest.taker == "陈远山（省委巡视组）"
    assert "案件查办" in newest.purpose
    assert viewers.count(dossier) == 2


def test_nobody_is_told_of_anothers_paper_and_no_one_where_the_own_dossier_is_closed(dossier, taker):
    lent(dossier, taker)
    other = make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject)
    assert viewers.lent(other, now=NOW) == []
    owner = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    with pytest.raises(Refused):
        viewers.lent(make_officer(Role.OFFICIAL, subject=make_dossier("王五").subject), now=NOW)
    Setting.update(value="no").where(Setting.name == "own_dossier").execute()
    with pytest.raises(Refused):
        viewers.lent(owner, now=NOW)
