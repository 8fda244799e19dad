"""Paper is lent, extracted from and copied by its keeper alone, to who may have it, once at a time, and comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.asking import approve, granted, make_approver, make_request, stand_in
from tests.borrowing import WEEK, enter, entry, lent
from tests.builders import ELSEWHERE, UNIT, able, keeper_of, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, Invalid, Refused
from webapp.domain.grant import UNDO
from webapp.domain.local_time import day
from webapp.domain.role import Role
from webapp.services import audit, grants, loan_approvals, loan_register, loans, materials, notices, own
from webapp.services.loan_words import EndWords
from webapp.storage.accounts import Officer, Recusal
from webapp.storage.database import database
from webapp.storage.loans import Loan, LoanExtension, LoanMaterial
from webapp.storage.policy import Setting
from webapp.storage.requests import Grant, RequestStep
from webapp.vault.cipher import Tampered

DAY = timedelta(days=1)
TODAY = day(NOW)


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽", number="YW-0007"), "1", "干部履历表")


@pytest.fixture
def other(material):
    return make_material(material.dossier, "9-2", "干部任免审批表")


@pytest.fixture
def keeper(material):
    return keeper_of(material.dossier)


@pytest.fixture
def taker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def back(keeper, loan, *, now=NOW, **more):
    said = {"ending": "returned", "is_complete": True} | more
    loans.end(keeper, loan.public_id, said.pop("ending"), now=now, **said)


def told(keeper, loan):
    return loan_register.opened(keeper, loan.public_id, now=NOW)[0]


def test_an_entry_says_who_has_which_paper_what_for_and_until_when(keeper, taker, material):
    loan = lent(material, taker, second="陈远山", second_unit="省委巡视组", place="组织部会议室")
    one = told(keeper, loan)
    assert (one.taker, one.second) == ("某某", "陈远山（省委巡视组）")
    assert (one.what, one.words.paper_number) == ("干部履历表", "云组查〔2026〕12号")
    assert one.loan.due_on == TODAY + WEEK
    assert one.standing == "3月9日前还"
    assert "任免" in one.purpose
    newest = [entry["action"] for entry in audit.entries(limit=2)]
    assert newest == ["loan:opened", "loan:entered"]


def test_the_log_has_ids_only_and_the_names_lie_sealed(keeper, material):
    lent(material, "陈远山", taker_unit="省委巡视组", place="会议室")
    held = Loan.get()
    for word in ("陈远山", "巡视", "云组查", "会议室"):
        assert word not in str(next(audit.entries(limit=1)))
        assert word.encode() not in bytes(held.words)
    everything = str(database.execute_sql("SELECT * FROM loan").fetchall())
    assert "陈远山" not in everything


@pytest.mark.parametrize(
    ("first", "second"), [("whole", "whole"), ("whole", "part"), ("part", "whole"), ("part", "part")]
)
def test_no_paper_is_lent_twice_at_once(keeper, taker, material, first, second):
    paper = {"whole": material.dossier, "part": material}
    loan = lent(paper[first], taker)
    with pytest.raises(Conflict, match="已经借出"):
        lent(paper[second], taker)
    back(keeper, loan)
    lent(paper[second], taker)


def test_another_material_may_go_out_meanwhile(taker, material, other):
    lent(material, taker)
    lent(other, taker)
    assert LoanMaterial.select().where(LoanMaterial.is_out).count() == 2


@pytest.mark.parametrize("part", [True, False])
def test_the_database_refuses_what_the_service_overlooked(taker, material, part, monkeypatch):
    paper = material if part else material.dossier
    lent(paper, taker)
    monkeypatch.setattr(loans, "_require_there", lambda *_, **__: None)
    with pytest.raises(Conflict):
        lent(paper, taker)
    assert Loan.select().count() == 1


@pytest.mark.parametrize("kind", ["extract", "copy"])
def test_what_is_out_is_not_copied_and_what_is_copied_may_go_out(keeper, taker, material, kind):
    sheets = lent(material, taker, kind=kind, pages=3, due_on=None)
    assert (told(keeper, sheets).loan.pages, told(keeper, sheets).loan.due_on) == (3, None)
    loan = lent(material, taker)
    with pytest.raises(Conflict):
        lent(material, taker, kind=kind, pages=3)
    back(keeper, sheets, ending="destroyed")
    assert told(keeper, sheets).standing == "已销毁"
    assert told(keeper, loan).is_out


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "sell"},
        {"purpose": "9"},
        {"paper_number": " "},
        {"taker": ""},
        {"taker": "没有这个人"},
        {"is_checked": False},
        {"due_on": None},
        {"due_on": TODAY - DAY},
        {"due_on": TODAY + WEEK + DAY},
        {"out_on": TODAY + DAY},
        {"out_on": TODAY - 31 * DAY},
        {"material_ids": frozenset()},
        {"material_ids": frozenset({"no-such-material"})},
        {"kind": "copy"},
        {"kind": "copy", "pages": 0},
        {"approval": "no-such-request"},
        {"place": "长" * 121},
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_entered(keeper, taker, material, wrong):
    filled = {"taker": taker.person.login} | wrong
    with pytest.raises(Invalid):
        enter(keeper, material.dossier, entry(filled.pop("taker"), **filled))
    assert Loan.select().count() == 0


def test_the_days_are_those_of_the_rule(keeper, taker, material):
    month = entry(taker, due_on=TODAY + 30 * DAY)
    with pytest.raises(Invalid, match="最多 7 天"):
        enter(keeper, material.dossier, month)
    assert enter(keeper, material.dossier, month, days=30).due_on == TODAY + 30 * DAY


def test_what_is_entered_late_may_be_overdue_already(keeper, taker, material):
    loan = lent(material, taker, out_on=TODAY - 10 * DAY, due_on=TODAY - 3 * DAY)
    assert told(keeper, loan).standing == "逾期 3 天"


def test_a_person_is_found_by_login_or_by_a_name_that_is_theirs_alone(keeper, material):
    one, _ = make_officer(Role.OFFICIAL), make_officer(Role.OFFICIAL)
    with pytest.raises(Invalid, match="几个账号都叫"):
        lent(material, "某某")
    Officer.update(name="池见山").where(Officer.id == one.person.id).execute()
    assert lent(material, " 池见山 ").taker == one.person


@pytest.mark.parametrize("role", [Role.INDIVIDUAL, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR])
def test_an_account_that_reads_no_dossiers_takes_none(material, role):
    with pytest.raises(Invalid, match="不能查阅档案"):
        lent(material, make_officer(role))


def test_a_disabled_account_takes_none(material, taker):
    Officer.update(disabled_at=NOW).where(Officer.id == taker.person.id).execute()
    with pytest.raises(Invalid):
        lent(material, taker)


@pytest.mark.parametrize("as_second", [False, True])
def test_nobody_takes_their_own_or_a_relatives(taker, material, as_second):
    subject = material.dossier.subject
    for who, rule in (({"subject": subject}, "loan:own"), ({"recused_from": subject}, "loan:recused")):
        barred = make_officer(Role.OFFICIAL, **who).person.login
        people = {"taker": taker, "second": barred} if as_second else {"taker": barred}
        with pytest.raises(Refused) as refusal:
            lent(material, **people)
        assert refusal.value.rule == rule
    assert Loan.select().count() == 0


def test_who_is_known_by_name_alone_is_not_taken_for_the_person_or_a_relative(material):
    barred = make_officer(Role.OFFICIAL, recused_from=material.dossier.subject)
    Officer.update(name="钱树声").where(Officer.id == barred.person.id).execute()
    for name in ("钱强丽", " 钱强丽 ", "钱树声"):
        with pytest.raises(Refused) as refusal:
            lent(material, name, taker_unit="市审计局")
        assert refusal.value.rule == "loan:namesake"


def test_the_keeper_registers_nothing_on_their_own_or_a_relatives(material, taker):
    subject = material.dossier.subject
    for who in ({"subject": subject}, {"recused_from": subject}, {}):
        custody = UNIT if who else ELSEWHERE
        archivist = make_officer(Role.ARCHIVIST, custody=custody, **who)
        with pytest.raises(Refused):
            enter(archivist, material.dossier, entry(taker))
    loan = lent(material, taker)
    related = make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject)
    for act in (
        lambda: back(related, loan),
        lambda: loans.extend(related, loan.public_id, TODAY + WEEK, "还要用", days=14, now=NOW),
        lambda: loan_register.opened(related, loan.public_id, now=NOW),
        lambda: loan_register.of_dossier(related, material.dossier.public_id, now=NOW),
    ):
        with pytest.raises(Refused):
            act()
    assert loan_register.listed(related, now=NOW) == []
    assert loan_register.out_of(related, material.dossier, now=NOW) == []
    assert loan_register.counts(related, now=NOW) == (0, 0)


def test_the_second_person_is_another_one(taker, material):
    with pytest.raises(Invalid, match="同一个人"):
        lent(material, taker, second=taker.person.login)
    with pytest.raises(Invalid, match="同一个人"):
        lent(material, "陈远山", taker_unit="巡视组", second="陈远山", second_unit="巡视组")


@pytest.mark.parametrize("name", ["池见山", " 池 见山 "])
def test_one_person_is_not_two_by_giving_account_and_name(taker, material, name):
    Officer.update(name="池见山").where(Officer.id == taker.person.id).execute()
    account, unit = taker.person.login, "巡视组"
    for people in (
        {"taker": account, "second": name, "second_unit": unit},
        {"taker": name, "taker_unit": unit, "second": account},
    ):
        with pytest.raises(Refused) as refusal:
            lent(material, **people)
        assert refusal.value.rule == "loan:namesake"
    lent(material, taker, second="陈远山", second_unit="巡视组")


def test_two_who_are_tied_to_each_other_do_not_take_paper_together(taker, material):
    relative = make_officer(Role.OFFICIAL, subject=make_dossier("池见川").subject)
    Recusal.create(officer=taker.person, subject=relative.person.subject, relation="配偶")
    for one, other in ((taker, relative), (relative, taker)):
        with pytest.raises(Refused) as refusal:
            lent(material, one, second=other.person.login)
        assert refusal.value.rule == "loan:related"


def test_who_approved_or_was_stood_in_for_takes_no_part(taker, material):
    absent, deputy = make_approver(is_able=True), make_approver(is_able=True)
    for one, name in ((absent, "何长河"), (deputy, "白石明")):
        Officer.update(name=name, role_names="approver official").where(Officer.id == one.person.id).execute()
    stand_in(deputy, absent, now=NOW - DAY)
    request = make_request(taker, material, level=Level.CLEAR, now=NOW - UNDO)
    step = approve(request, deputy, now=NOW - UNDO).request.steps.order_by(RequestStep.id.desc()).get()
    RequestStep.update(absent=absent.person).where(RequestStep.id == step.id).execute()
    for second, unit, rule in (
        (absent.person.login, "", "loan:approver"),
        (deputy.person.login, "", "loan:approver"),
        ("何长河", "组织部", "loan:namesake"),
    ):
        with pytest.raises(Refused) as refusal:
            lent(material, taker, approval=request.public_id, second=second, second_unit=unit)
        assert refusal.value.rule == rule
    with pytest.raises(Refused):
        lent(material, deputy, approval=request.public_id, second=taker.person.login)


def test_an_approval_for_two_lends_to_two(taker, material):
    grant = granted(taker, material, level=Level.CLEAR)
    Grant.update(is_for_two=True).where(Grant.id == grant.id).execute()
    by = {"approval": grant.request.public_id, "due_on": TODAY + DAY}
    with pytest.raises(Invalid, match="双人查阅"):
        lent(material, taker, **by)
    lent(material, taker, second="陈远山", second_unit="巡视组", **by)


def test_an_approval_without_a_copy_is_none_for_copying(taker, material):
    plain = granted(taker, material, level=Level.CLEAR)
    sheets = {"due_on": None, "pages": 1}
    with pytest.raises(Invalid, match="没有批准复制件"):
        lent(material, taker, kind="copy", approval=plain.request.public_id, **sheets)
    lent(material, taker, kind="extract", approval=plain.request.public_id, **sheets)
    full = granted(taker, material, level=Level.CLEAR, may_copy=True)
    lent(material, taker, kind="copy", approval=full.request.public_id, **sheets)


def test_where_the_rule_is_strict_two_come(taker, material):
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    with pytest.raises(Invalid, match="两人以上"):
        lent(material, taker)
    lent(material, taker, second="陈远山", second_unit="巡视组")


def test_an_approved_request_brings_its_asker_and_its_purpose(keeper, taker, material):
    grant = granted(taker, material, level=Level.CLEAR)
    by = {"approval": grant.request.public_id, "paper_number": "", "purpose": ""}
    loan = lent(material, "", due_on=TODAY + 3 * DAY, **by)
    assert (loan.taker, loan.purpose, loan.request) == (taker.person, grant.request.purpose, grant.request)
    assert told(keeper, loan).words.paper_number == ""


def test_an_approval_lends_what_it_opens_to_whom_it_was_given(taker, material, other):
    request_id = granted(taker, material, level=Level.CLEAR).request.public_id
    for paper in (other, material.dossier):
        with pytest.raises(Invalid, match="不包括"):
            lent(paper, "", approval=request_id)
    with pytest.raises(Invalid, match="批准的是"):
        lent(material, make_officer(Role.OFFICIAL), approval=request_id)
    by = {"approval": request_id, "due_on": TODAY + 3 * DAY}
    lent(material, make_officer(Role.OFFICIAL), second=taker.person.login, **by)


def test_an_approval_of_masked_pages_lends_no_paper(taker, material):
    request_id = granted(taker, material).request.public_id
    with pytest.raises(Invalid, match="不能作为依据"):
        lent(material, "", approval=request_id)


def test_an_approval_that_ended_or_is_of_another_dossier_lends_nothing(taker, material):
    grant = granted(taker, material, level=Level.CLEAR, days=3)
    elsewhere = make_material(make_dossier("李四"), "1", "干部履历表")
    with pytest.raises(Invalid):
        lent(elsewhere, "", approval=grant.request.public_id)
    with pytest.raises(Invalid):
        lent(material, "", approval=grant.request.public_id, now=NOW + 4 * DAY)
    grants.revoke(grant.public_id, actor=make_officer(Role.SECURITY_OFFICER), now=NOW)
    with pytest.raises(Invalid):
        lent(material, "", approval=grant.request.public_id)


def by_approval(taker, material, **more):
    """Paper lent by an approval of three days, and its grant."""
    grant = granted(taker, material, level=Level.CLEAR, days=3)
    Grant.update(not_after=datetime(2026, 3, 4, 16, tzinfo=UTC)).where(Grant.id == grant.id).execute()
    due = {"due_on": TODAY + 2 * DAY} | more
    return lent(material, "", approval=grant.request.public_id, **due), grant


def test_paper_is_due_on_the_last_day_of_its_approval(taker, material):
    with pytest.raises(Invalid, match="2026-03-04 为止"):
        by_approval(taker, material, due_on=TODAY + 3 * DAY)
    assert by_approval(taker, material)[0].due_on == TODAY + 2 * DAY


def test_paper_stays_out_longer_than_its_approval_by_a_form_on_paper_alone(keeper, taker, material):
    loan, _ = by_approval(taker, material, due_on=TODAY)

    def extend(due_on, *, now=NOW, **more):
        loans.extend(keeper, loan.public_id, due_on, "还要用", days=7, now=now, **more)

    with pytest.raises(Invalid, match="2026-03-04 为止"):
        extend(TODAY + 3 * DAY)
    extend(TODAY + 2 * DAY)
    with pytest.raises(Invalid, match="填写编号"):
        extend(TODAY + 4 * DAY, now=NOW + 3 * DAY)
    extend(TODAY + 4 * DAY, now=NOW + 3 * DAY, paper_number="云组查〔2026〕13号")
    _, (moved, _) = loan_register.opened(keeper, loan.public_id, now=NOW)
    assert moved.reason == "还要用（纸质审批表 云组查〔2026〕13号）"


def test_who_keeps_the_paper_is_told_that_its_approval_was_taken_back(taker, material, other):
    keeper, elsewhere = able(Role.ARCHIVIST, custody=UNIT), able(Role.ARCHIVIST, custody=ELSEWHERE)
    loan, grant = by_approval(taker, material)
    lent(other, taker)
    assert not loan_approvals.was_taken_back(loan)
    grants.revoke(grant.public_id, actor=make_officer(Role.SECURITY_OFFICER), now=NOW)
    (notice,) = notices.listed(keeper)
    assert notice.address == f"/desk/loans/{loan.public_id}"
    assert notices.listed(elsewhere) == []
    assert loan_approvals.was_taken_back(loan)
    loans.extend(keeper, loan.public_id, TODAY + WEEK, "还要用", days=7, now=NOW + DAY, paper_number="13号")
    assert not loan_approvals.was_taken_back(Loan.get_by_id(loan.id))
    assert notices.unread(keeper.person) == 0


def test_nobody_is_told_of_paper_that_is_back(taker, material):
    keeper = able(Role.ARCHIVIST, custody=UNIT)
    loan, grant = by_approval(taker, material)
    back(keeper, loan)
    grants.revoke(grant.public_id, actor=make_officer(Role.SECURITY_OFFICER), now=NOW)
    assert notices.listed(keeper) == []


def test_paper_comes_back_once_and_is_checked(keeper, taker, material):
    loan = lent(material, taker)
    with pytest.raises(Invalid, match="清点"):
        back(keeper, loan, is_complete=None)
    with pytest.raises(Invalid, match="缺少或损坏"):
        back(keeper, loan, is_complete=False)
    with pytest.raises(Invalid):
        back(keeper, loan, ending="destroyed")
    back(keeper, loan, is_complete=False, words=EndWords("陈远山", "缺第 3 页"))
    one = told(keeper, loan)
    assert (one.standing, one.end_words) == ("归还时缺损", EndWords("陈远山", "缺第 3 页"))
    assert one.loan.ended_by == keeper.person
    with pytest.raises(Conflict):
        back(keeper, loan)
    assert "陈远山".encode() not in bytes(Loan.get().end_words)


def test_a_wrong_entry_stays_and_says_so(keeper, taker, material):
    loan = lent(material, taker)
    with pytest.raises(Invalid, match="错在哪里"):
        back(keeper, loan, ending="mistaken", is_complete=None)
    back(keeper, loan, ending="mistaken", is_complete=None, words=EndWords(remark="登记到了别人的档案"))
    assert told(keeper, loan).standing == "登记有误，已作废"
    lent(material, taker)


def test_the_day_is_moved_with_a_reason_that_is_kept(keeper, taker, material):
    loan = lent(material, taker, due_on=TODAY + 3 * DAY)
    for due_on, reason in (
        (TODAY + 5 * DAY, " "),
        (TODAY + 3 * DAY, "还要用"),
        (TODAY + 8 * DAY, "还要用"),
        (None, "还要用"),
    ):
        with pytest.raises(Invalid):
            loans.extend(keeper, loan.public_id, due_on, reason, days=7, now=NOW)
    loans.extend(keeper, loan.public_id, TODAY + 5 * DAY, "考察延长", days=7, now=NOW)
    one, (moved,) = loan_register.opened(keeper, loan.public_id, now=NOW)
    assert one.loan.due_on == TODAY + 5 * DAY
    assert (moved.before, moved.after, moved.reason) == (TODAY + 3 * DAY, TODAY + 5 * DAY, "考察延长")
    assert "考察延长".encode() not in bytes(LoanExtension.get().reason)
    back(keeper, loan)
    with pytest.raises(Conflict):
        loans.extend(keeper, loan.public_id, TODAY + 6 * DAY, "还要用", days=7, now=NOW)
    sheets = lent(material, taker, kind="copy", pages=1, due_on=None)
    with pytest.raises(Invalid, match="只有借出"):
        loans.extend(keeper, sheets.public_id, TODAY + 6 * DAY, "还要用", days=7, now=NOW)


def test_a_material_whose_paper_is_out_stays_in_the_catalogue(keeper, taker, material):
    loan = lent(material, taker)
    with pytest.raises(Conflict, match="已经借出"):
        materials.remove(keeper, material.public_id, now=NOW)
    back(keeper, loan)
    materials.remove(keeper, material.public_id, now=NOW)
    assert told(keeper, loan).what == "一份已经移走的材料"


def test_the_person_is_told_who_wants_it(taker, material):
    owner = able(Role.INDIVIDUAL, subject=material.dossier.subject)
    lent(material, taker, kind="extract", pages=1)
    assert notices.listed(owner) == []
    own.want_viewings(owner, True, now=NOW)
    lent(material, taker)
    (notice,) = notices.listed(owner)
    assert notice.address == "/me/viewers/paper"


def test_sealed_words_belong_to_one_entry(keeper, taker, material, other):
    one, another = lent(material, taker, place="甲"), lent(other, taker, place="乙")
    Loan.update(words=Loan.get_by_id(another.id).words).where(Loan.id == one.id).execute()
    with pytest.raises(Tampered):
        told(keeper, one)
