"""Asking for facts: who may, who decides, who answers; the asker learns values and never a page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.asking import stand_in
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from tests.ruling import rule
from webapp.domain.disclosure import Policy, Preset
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.fact import MOST_OPEN, TOLD_FOR, State
from webapp.domain.notice import TELLINGS, NoticeKind
from webapp.domain.role import Role
from webapp.services import (
    audit,
    caseload,
    corrections,
    fact_answers,
    fact_approvals,
    fact_deciders,
    facts,
    notices,
    policy,
    reminders,
    remits,
)
from webapp.services.actor import Actor
from webapp.services.fact_answers import Finding
from webapp.services.fact_queries import UNLISTED
from webapp.services.facts import Wanted
from webapp.storage.accounts import Officer, Recusal, Scope
from webapp.storage.archive import Material
from webapp.storage.database import database
from webapp.storage.facts import FactLine, FactQuery
from webapp.storage.notices import Notice, NoticeWish
from webapp.storage.pages import Page, Upload
from webapp.storage.policy import Setting

DETAILS, VALUE = "发展党员，核对介绍人的党龄", "2001.7"
WANTED = Wanted(frozenset({"party"}), DETAILS, "1", certificate=False)


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "6", "入党志愿书", year=2001, month=7))


@pytest.fixture
def dossier(page):
    return page.material.dossier


@pytest.fixture
def keeper(page):
    return able(Role.ARCHIVIST, custody=UNIT)


@pytest.fixture
def asker(page):
    return make_officer(Role.OFFICIAL, lookup=UNIT)


@pytest.fixture
def owner(dossier):
    return make_officer(Role.INDIVIDUAL, subject=dossier.subject)


def ask(actor, dossier, *codes, now=NOW, **more):
    wanted = Wanted(frozenset(codes), DETAILS, "1", **more) if codes else WANTED
    return facts.ask(actor, dossier.public_id, wanted, now=now)


def found(page, /, **more):
    held = {
        "outcome": "confirmed",
        "date": VALUE,
        "material_id": page.material.public_id,
        "page": "1",
        **more,
    }
    return Finding(**held)


def note(keeper, query, finding, code="party"):
    fact_answers.note(keeper, query.public_id, code, finding, now=NOW)


def answer(keeper, query, *, now=NOW):
    version = FactQuery.get_by_id(query.id).version
    fact_answers.answer(keeper, query.public_id, version=version, now=now)


def answered(keeper, query, page):
    note(keeper, query, found(page))
    answer(keeper, query)
    return FactQuery.get_by_id(query.id)


def told(actor, query, *, now=NOW):
    return facts.own_one(actor, query.public_id, now=now)


def actions():
    return [entry["action"] for entry in audit.entries(limit=50)]


def decide(**changed):
    for name, value in changed.items():
        Setting.update(value=value).where(Setting.name == name).execute()


def test_a_fact_of_papers_that_the_rules_close_goes_to_an_approver_first(asker, dossier, page, keeper):
    query = ask(asker, dossier)
    note(keeper, query, found(page))
    rule(scope_6="roster")
    other = make_officer(Role.OFFICIAL, lookup=UNIT)
    assert ask(other, dossier, "full-time").state == State.WAITING
    assert ask(other, dossier, "full-time", "party").state == State.AWAITED
    with pytest.raises(Conflict, match="须先经审批"):
        answer(keeper, query)


def test_the_keeper_is_told_and_the_asker_learns_value_source_and_who_confirmed(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    assert query.state == State.WAITING
    assert [(one.notice.kind, one.notice.record) for one in notices.listed(keeper)] == [
        (NoticeKind.FACTS_WAITING, query.public_id)
    ]
    assert told(asker, query).lines[0].told == ""
    answered(keeper, query, page)
    learnt = told(asker, query)
    (line,) = learnt.lines
    assert (learnt.state, line.told, line.source) == (
        State.ANSWERED,
        "2001年7月",
        "《入党志愿书》（2001年7月），第 1 页",
    )
    assert learnt.query.decided_by == keeper.person
    assert [one.notice.kind for one in notices.listed(asker)] == [NoticeKind.FACTS_SETTLED]
    assert notices.unread(keeper.person) == 0


def test_values_are_told_only_after_an_entry_and_only_to_the_asker(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    told(asker, query)
    assert "facts:told" not in actions()
    answered(keeper, query, page)
    told(asker, query)
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"], entry["purpose"]) == ("facts:told", query.public_id, "1")
    other = make_officer(Role.OFFICIAL, lookup=UNIT)
    in_another_role = Actor(asker.officer, Role.INDIVIDUAL, asker.session)
    for actor in (other, in_another_role, keeper):
        with pytest.raises(NotFound):
            told(actor, query)
        with pytest.raises(NotFound):
            facts.withdraw(actor, query.public_id, now=NOW)


def test_who_cannot_read_the_pages_waits_for_an_approver_first(keeper, page, dossier):
    stranger, approver = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), able(Role.APPROVER)
    query = ask(stranger, dossier)
    assert query.state == State.AWAITED
    assert [one.notice.kind for one in notices.listed(approver)] == [NoticeKind.FACTS_TO_APPROVE]
    assert notices.unread(keeper.person) == 0
    assert fact_answers.kept(keeper, now=NOW) == []
    for act in (
        lambda: fact_answers.kept_one(keeper, query.public_id, now=NOW),
        lambda: note(keeper, query, found(page)),
    ):
        with pytest.raises(Conflict):
            act()
    assert [one.query for one in fact_approvals.waiting(approver, at=NOW)] == [query]
    fact_approvals.approve(approver, query.public_id, now=NOW)
    assert notices.unread(keeper.person) == 1
    assert notices.unread(approver.person) == 0
    answered(keeper, query, page)
    assert told(stranger, query).lines[0].told == "2001年7月"
    with pytest.raises(Conflict):
        fact_approvals.approve(approver, query.public_id, now=NOW)


def test_in_preset_strict_everybody_waits_for_an_approver(asker, dossier):
    decide(preset=Preset.STRICT.value)
    assert policy.current().policy == Policy(Preset.STRICT, True, True)
    assert ask(asker, dossier).state == State.AWAITED


def test_who_approved_or_had_it_approved_in_their_name_does_not_answer(keeper, page, dossier):
    both = able(Role.ARCHIVIST, custody=UNIT, approval=UNIT)
    Officer.update(role_names="approver archivist").where(Officer.id == both.person.id).execute()
    approving = Actor(Officer.get_by_id(both.person.id), Role.APPROVER, both.session)
    deputy = able(Role.APPROVER, approval=ELSEWHERE)
    stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    own = ask(stranger, dossier)
    fact_approvals.approve(approving, own.public_id, now=NOW)
    stand_in(deputy, approving)
    lent = ask(stranger, dossier, "birth")
    fact_approvals.approve(deputy, lent.public_id, now=NOW)
    kept = [FactQuery.get_by_id(one.id) for one in (own, lent)]
    assert [(one.approved_by, one.absent) for one in kept] == [
        (both.person, None),
        (deputy.person, both.person),
    ]
    for query in kept:
        assert fact_deciders.keepers_of(query) == [keeper.person]
        for act in (
            lambda query=query: fact_answers.kept_one(both, query.public_id, now=NOW),
            lambda query=query: note(both, query, found(page)),
            lambda query=query: fact_answers.decline(both, query.public_id, "不行", now=NOW),
        ):
            with pytest.raises(Refused, match="审批过") as error:
                act()
            assert error.value.rule == "facts:approved"
    assert fact_answers.waiting(both) == 0
    assert NoticeKind.FACTS_WAITING not in {one.notice.kind for one in notices.listed(both)}
    assert [one.query for one in fact_answers.kept(keeper, now=NOW)] == kept


@pytest.mark.parametrize("rules", [{"approvers": "2"}, {"two_6": "yes"}])
def test_where_two_have_to_approve_nothing_is_told_by_one(asker, dossier, rules):
    stranger, approver = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), able(Role.APPROVER)
    query = ask(stranger, dossier)
    rule(**rules)
    with pytest.raises(Conflict, match="两位审批人"):
        fact_approvals.approve(approver, query.public_id, now=NOW)
    assert FactQuery.get_by_id(query.id).state == State.AWAITED
    fact_approvals.decline(approver, query.public_id, "请改为申请查阅", now=NOW)
    with pytest.raises(Invalid, match="入党时间须经两位审批人同意，不能在这里查，请改为申请查阅"):
        ask(stranger, dossier)
    assert ask(asker, dossier).state == State.WAITING


def test_two_approvers_of_one_category_close_only_what_is_found_in_it(dossier, owner):
    stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    rule(two_6="yes", own_6="roster")
    with pytest.raises(Invalid, match=r"^入党时间须"):
        ask(stranger, dossier, "party", "full-time")
    assert ask(stranger, dossier, "full-time").state == State.AWAITED
    with pytest.raises(Invalid, match="组织人事部门"):
        facts.ask(owner, dossier.public_id, WANTED, now=NOW)


def test_of_what_never_came_to_the_keeper_the_keeper_sees_nothing(keeper, page, dossier):
    stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    refused, withdrawn, declined = (
        ask(stranger, dossier),
        ask(stranger, dossier, "birth"),
        ask(stranger, dossier, "rank"),
    )
    approver = able(Role.APPROVER)
    fact_approvals.decline(approver, refused.public_id, "与工作无关", now=NOW)
    facts.withdraw(stranger, withdrawn.public_id, now=NOW)
    fact_approvals.approve(approver, declined.public_id, now=NOW)
    fact_answers.decline(keeper, declined.public_id, "材料正在整理", now=NOW)
    assert [one.query for one in fact_answers.kept(keeper, now=NOW, is_open=False)] == [declined]
    for query in (refused, withdrawn):
        with pytest.raises(Conflict, match="不用答复"):
            fact_answers.kept_one(keeper, query.public_id, now=NOW)
    assert fact_answers.kept_one(keeper, declined.public_id, now=NOW).words == "材料正在整理"


def test_approvers_are_looked_up_once_however_many_queries_wait(dossier, monkeypatch):
    for _ in range(2):
        able(Role.APPROVER)
    for code in ("party", "birth", "rank"):
        ask(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), dossier, code)
    looked_up, of = [], remits.of
    monkeypatch.setattr(remits, "of", lambda officer: looked_up.append(officer) or of(officer))
    fact_approvals.stranded(at=NOW)
    assert len(looked_up) == 2
    looked_up.clear()
    assert reminders.send(now=NOW + reminders.OVERDUE) == 6
    assert len(looked_up) == 2


def test_an_approver_turns_it_down_with_a_reason(keeper, dossier):
    stranger, approver = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), able(Role.APPROVER)
    query = ask(stranger, dossier)
    with pytest.raises(Invalid):
        fact_approvals.decline(approver, query.public_id, " ", now=NOW)
    fact_approvals.decline(approver, query.public_id, "与工作无关", now=NOW)
    learnt = told(stranger, query)
    assert (learnt.state, learnt.words) == (State.REFUSED, "与工作无关")
    assert fact_approvals.waiting(approver, at=NOW) == []
    assert fact_approvals.opened(approver, query.public_id, now=NOW).words == "与工作无关"
    with pytest.raises(NotFound):
        fact_approvals.opened(able(Role.APPROVER), query.public_id, now=NOW)


def test_units_and_deputies_hold_for_facts_too(dossier):
    here, elsewhere = able(Role.APPROVER, approval=UNIT), able(Role.APPROVER, approval=ELSEWHERE)
    security = able(Role.SECURITY_OFFICER)
    query = ask(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), dossier)
    assert [notices.unread(one.person) for one in (here, elsewhere, security)] == [1, 0, 0]
    assert fact_approvals.waiting(elsewhere, at=NOW) == []
    with pytest.raises(Refused, match="审批范围"):
        fact_approvals.approve(elsewhere, query.public_id, now=NOW)
    delegation = stand_in(elsewhere, here)
    (waiting,) = fact_approvals.waiting(elsewhere, at=NOW)
    assert (waiting.query, waiting.absent) == (query, here.person)
    assert fact_approvals.opened(elsewhere, query.public_id, now=NOW).absent == here.person
    assert next(audit.entries(limit=1))["details"]["absent"] == here.person.public_id
    assert fact_approvals.opened(here, query.public_id, now=NOW).absent is None
    recusal = Recusal.create(officer=here.person, subject=dossier.subject, relation="姐姐")
    with pytest.raises(Refused, match="须回避"):
        fact_approvals.approve(elsewhere, query.public_id, now=NOW)
    assert caseload.stranded(now=NOW) == {dossier.subject.unit_id: 1}
    reminders.send(now=NOW + timedelta(days=2))
    assert notices.unread(security.person) == 2  # of the delegation, and of this
    told = {TELLINGS[one.notice.kind].title for one in notices.listed(security)}
    assert "有一份申请或查询没有人可以审批" in told
    recusal.delete_instance()
    fact_approvals.approve(elsewhere, query.public_id, now=NOW)
    kept = FactQuery.get()
    assert (kept.approved_by, kept.absent) == (elsewhere.person, here.person)
    assert notices.unread(security.person) == 1
    approved = next(one for one in audit.entries() if one["action"] == "facts:approved")
    assert approved["details"]["absent"] == here.person.public_id
    assert delegation.ended_at is None


def test_nobody_asks_where_recusal_or_policy_forbids_reading(page, dossier, owner):
    own = make_dossier("李四")
    for actor, about in (
        (make_officer(Role.OFFICIAL, lookup=UNIT, recused_from=dossier.subject), dossier),
        (make_officer(Role.OFFICIAL, lookup=UNIT, subject=own.subject), own),
    ):
        with pytest.raises(Refused):
            ask(actor, about)
    decide(own_dossier="no")
    with pytest.raises(Refused):
        ask(owner, dossier)
    with pytest.raises(Refused):
        ask(make_officer(Role.AUDITOR), dossier)
    assert not FactQuery.select().exists()


def test_only_its_keeper_answers_and_nobody_their_own_query_or_a_relatives(asker, page, dossier):
    query = ask(asker, dossier)
    both = make_officer(Role.ARCHIVIST, custody=UNIT)
    mine = ask(Actor(both.officer, Role.OFFICIAL, both.session), dossier)
    fact_approvals.approve(able(Role.APPROVER), mine.public_id, now=NOW)
    relative = make_officer(Role.ARCHIVIST, custody=UNIT)
    askers_own = make_dossier("赵六").subject
    Officer.update(subject=askers_own).where(Officer.id == asker.person.id).execute()
    Recusal.create(officer=relative.person, subject=askers_own, relation="配偶")
    for actor, one in (
        (make_officer(Role.ARCHIVIST, custody=ELSEWHERE), query),
        (make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=dossier.subject), query),
        (make_officer(Role.OFFICIAL, lookup=UNIT), query),
        (make_officer(Role.AUDITOR), query),
        (relative, query),
        (both, mine),
    ):
        for act in (
            lambda actor=actor, one=one: fact_answers.kept_one(actor, one.public_id, now=NOW),
            lambda actor=actor, one=one: note(actor, one, found(page)),
            lambda actor=actor, one=one: answer(actor, one),
            lambda actor=actor, one=one: fact_answers.decline(actor, one.public_id, "不行", now=NOW),
            lambda actor=actor, one=one: fact_answers.revoke(actor, one.public_id, "wrong", "写错", now=NOW),
        ):
            with pytest.raises(Refused):
                act()
    assert [one.query for one in fact_answers.kept(both, now=NOW)] == [query]
    assert [one.query for one in fact_answers.kept(relative, now=NOW)] == [mine]


def test_nobody_approves_their_own_query_or_about_themselves_or_a_relative(page, dossier, owner):
    both = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    query = ask(both, dossier)
    for actor in (
        Actor(both.officer, Role.APPROVER, both.session),
        Actor(owner.officer, Role.APPROVER, owner.session),
        make_officer(Role.APPROVER, recused_from=dossier.subject),
        make_officer(Role.ARCHIVIST, custody=UNIT),
    ):
        with pytest.raises(Refused):
            fact_approvals.approve(actor, query.public_id, now=NOW)
        with pytest.raises(Refused):
            fact_approvals.opened(actor, query.public_id, now=NOW)


def test_a_finding_names_a_material_of_the_dossier_and_a_page_that_is_there(asker, keeper, page, dossier):
    query, elsewhere = ask(asker, dossier), make_material(make_dossier("李四"), "6", "入党志愿书")
    for wrong in (
        found(page, material_id=""),
        found(page, material_id=elsewhere.public_id, page=""),
        found(page, page=""),
        found(page, page="2"),
        found(page, page="一"),
        found(page, page="9" * 30),
        found(page, outcome=""),
        found(page, outcome="guessed"),
        found(page, date="大概 2001 年"),
    ):
        with pytest.raises(Invalid):
            note(keeper, query, wrong)
    with pytest.raises(Invalid):
        note(keeper, query, found(page), code="birth")
    with pytest.raises(Invalid):
        note(keeper, query, found(page), code="health")
    paper = make_material(dossier, "6", "党员登记表")
    note(keeper, query, found(page, material_id=paper.public_id, page=""))
    answer(keeper, query)
    assert told(asker, query).lines[0].source == "《党员登记表》"


def test_an_answer_is_whole_and_the_one_that_was_seen(asker, keeper, page, dossier):
    query = ask(asker, dossier, "party", "birth")
    with pytest.raises(Invalid, match="2 项"):
        answer(keeper, query)
    note(keeper, query, found(page))
    with pytest.raises(Invalid, match="1 项"):
        answer(keeper, query)
    note(keeper, query, Finding("disagree", "履历表与志愿书相差一年"), code="birth")
    seen = FactQuery.get_by_id(query.id).version
    note(keeper, query, Finding("absent"), code="birth")
    with pytest.raises(Conflict):
        fact_answers.answer(keeper, query.public_id, version=seen, now=NOW)
    answer(keeper, query)
    assert [(line.fact.code, line.outcome.value, line.told) for line in told(asker, query).lines] == [
        ("birth", "absent", ""),
        ("party", "confirmed", "2001年7月"),
    ]
    with pytest.raises(Conflict):
        note(keeper, query, found(page))


def test_a_material_that_was_removed_meanwhile_has_to_be_named_anew(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    note(keeper, query, found(page))
    FactLine.update(material=None, page=None).execute()
    with pytest.raises(Invalid, match="移走"):
        answer(keeper, query)


def test_nothing_is_told_to_who_may_not_know_any_more(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    note(keeper, query, found(page))
    Scope.delete().where(Scope.officer == asker.person).execute()
    with pytest.raises(Conflict, match="查阅范围"):
        answer(keeper, query)
    Recusal.create(officer=asker.person, subject=dossier.subject, relation="配偶")
    with pytest.raises(Conflict, match="不得了解"):
        answer(keeper, query)
    Recusal.delete().execute()
    Officer.update(role_names="approver").where(Officer.id == asker.person.id).execute()
    with pytest.raises(Conflict, match="角色"):
        answer(keeper, query)
    fact_answers.decline(keeper, query.public_id, "查询人已经调离", now=NOW)


def test_an_answer_is_closed_to_who_was_recused_after_it(asker, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    Recusal.create(officer=asker.person, subject=dossier.subject, relation="配偶")
    with pytest.raises(Refused):
        told(asker, query)


def test_an_answer_is_closed_while_the_right_it_was_told_by_is_gone(asker, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    Scope.delete().where(Scope.officer == asker.person).execute()
    assert told(asker, query).lines[0].told == ""
    assert "facts:told" not in actions()
    Scope.create(officer=asker.person, unit=dossier.subject.unit, kind="lookup")
    assert told(asker, query).lines[0].told == "2001年7月"
    rule(scope_6="roster")
    assert told(asker, query).lines[0].told == ""
    assert not facts.is_told(query, NOW)
    assert not facts.is_over(query, NOW)


def test_an_answer_that_was_approved_needs_no_right_besides(keeper, page, dossier):
    stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    query = ask(stranger, dossier)
    fact_approvals.approve(able(Role.APPROVER), query.public_id, now=NOW)
    answered(keeper, query, page)
    rule(scope_6="roster", approvers="2")
    assert told(stranger, query).lines[0].told == "2001年7月"


def test_an_official_is_told_for_thirty_days(asker, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    late = NOW + TOLD_FOR
    assert told(asker, query, now=late - timedelta(minutes=1)).lines[0].told
    assert told(asker, query, now=late).lines[0].told == ""


def test_a_paper_the_asker_may_not_know_of_is_not_named(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    guarded = make_page(make_material(dossier, "5", "入党时间认定的批复"))
    note(keeper, query, found(guarded))
    answer(keeper, query)
    (line,) = told(asker, query).lines
    assert (line.told, line.source) == ("2001年7月", UNLISTED)
    assert "批复" in fact_answers.kept_one(keeper, query.public_id, now=NOW).lines[0].source


def test_a_paper_that_its_subject_contests_is_marked(asker, owner, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    aim = corrections.Aim(material_id=page.material.public_id)
    corrections.ask(owner, aim, "入党时间写错了", now=NOW)
    assert told(asker, query).lines[0].source.endswith("本人有异议")


def test_a_removed_page_leaves_the_answer(asker, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    Page.delete().execute()
    assert told(asker, query).lines[0].source == "《入党志愿书》（2001年7月）"
    Upload.delete().execute()
    Material.delete().execute()
    assert (told(asker, query).lines[0].told, told(asker, query).lines[0].source) == (
        "2001年7月",
        "所依据的材料已经移走",
    )


def test_an_answer_is_taken_back_once_and_told_no_more(asker, keeper, page, dossier):
    query = answered(keeper, ask(asker, dossier), page)
    for code, words in (("", "写错了"), ("mistake", "写错了"), ("wrong", "")):
        with pytest.raises(Invalid):
            fact_answers.revoke(keeper, query.public_id, code, words, now=NOW)
    fact_answers.revoke(keeper, query.public_id, "wrong", "看成了转正时间", now=NOW)
    learnt = told(asker, query)
    assert (learnt.state, learnt.revocation, learnt.words) == (State.REVOKED, "内容有误", "看成了转正时间")
    assert learnt.lines[0].told == ""
    with pytest.raises(Conflict):
        fact_answers.revoke(keeper, query.public_id, "wrong", "再收一次", now=NOW)


def test_a_query_is_taken_back_only_before_it_is_answered(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    facts.withdraw(asker, query.public_id, now=NOW)
    assert notices.unread(keeper.person) == 0
    with pytest.raises(Conflict):
        note(keeper, query, found(page))
    with pytest.raises(Conflict):
        facts.withdraw(asker, query.public_id, now=NOW)
    other = answered(keeper, ask(asker, dossier), page)
    with pytest.raises(Conflict):
        facts.withdraw(asker, other.public_id, now=NOW)


def test_the_same_is_asked_once_at_a_time_and_few_things_at_once(asker, dossier):
    ask(asker, dossier, "party", "birth")
    for codes in (("party",), ("birth",), ("party", "birth")):
        with pytest.raises(Conflict):
            ask(asker, dossier, *codes)
    ask(asker, dossier, "party", "rank")
    for number in range(MOST_OPEN - 2):
        ask(asker, make_dossier(f"赵{number}"))
    with pytest.raises(Conflict, match=str(MOST_OPEN)):
        ask(asker, dossier, "post")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(frozenset(), DETAILS, "1"),
        Wanted(frozenset({"health"}), DETAILS, "1"),
        Wanted(frozenset({"party"}), "  ", "1"),
        Wanted(frozenset({"party"}), "长" * 501, "1"),
        Wanted(frozenset({"party"}), DETAILS, ""),
        Wanted(frozenset({"party"}), DETAILS, "own"),
    ],
)
def test_a_query_says_what_and_why(asker, dossier, wanted):
    with pytest.raises(Invalid):
        facts.ask(asker, dossier.public_id, wanted, now=NOW)
    assert not FactQuery.select().exists()


def test_individuals_ask_about_themselves_without_a_reason(owner, keeper, page, dossier):
    query = facts.ask(owner, dossier.public_id, Wanted(frozenset({"party"}), ""), now=NOW)
    assert (query.state, query.purpose, query.wants_certificate) == (State.WAITING, "own", True)
    answered(keeper, query, page)
    assert told(owner, query, now=NOW + 10 * TOLD_FOR).lines[0].told == "2001年7月"
    assert [one.notice.kind for one in notices.listed(owner)] == [NoticeKind.OWN_FACTS_SETTLED]
    with pytest.raises(Refused):
        facts.ask(owner, make_dossier("李四").public_id, WANTED, now=NOW)


def test_individuals_see_who_was_told_what_of_them(asker, owner, keeper, page, dossier):
    NoticeWish.create(officer=owner.person, wants_viewings=True)
    answered(keeper, facts.ask(owner, dossier.public_id, Wanted(frozenset({"party"}), ""), now=NOW), page)
    query = ask(asker, dossier)
    facts.withdraw(asker, ask(asker, dossier, "birth").public_id, now=NOW)
    assert facts.told_about(owner, now=NOW) == []
    answered(keeper, query, page)
    (learnt,) = facts.told_about(owner, now=NOW)
    assert (learnt.name, learnt.told.facts, learnt.told.purpose[:4]) == (
        asker.person.name,
        "入党时间",
        "政治审查",
    )
    assert NoticeKind.FACTS_TOLD in {one.notice.kind for one in notices.listed(owner)}
    fact_answers.revoke(keeper, query.public_id, "wrong", "看错了", now=NOW)
    assert len(facts.told_about(owner, now=NOW)) == 1
    decide(own_dossier="no")
    with pytest.raises(Refused):
        facts.told_about(owner, now=NOW)


def test_keepers_are_reminded_once_of_what_waits_too_long(asker, keeper, dossier):
    query = ask(asker, dossier)
    assert reminders.send(now=NOW + reminders.OVERDUE - timedelta(minutes=1)) == 0
    assert reminders.send(now=NOW + reminders.OVERDUE) == 1
    assert reminders.send(now=NOW + reminders.OVERDUE * 2) == 0
    assert {(one.notice.kind, one.notice.record) for one in notices.listed(keeper)} == {
        (NoticeKind.FACTS_WAITING, query.public_id),
        (NoticeKind.FACTS_OVERDUE, query.public_id),
    }


def test_approvers_are_reminded_as_well(dossier):
    stranger, approver = make_officer(Role.OFFICIAL, lookup=ELSEWHERE), able(Role.APPROVER)
    query = ask(stranger, dossier)
    assert reminders.send(now=NOW + reminders.OVERDUE) == 1
    assert NoticeKind.FACTS_UNDECIDED in {one.notice.kind for one in notices.listed(approver)}
    fact_approvals.decline(approver, query.public_id, "与工作无关", now=NOW)
    assert notices.unread(approver.person) == 0


def test_of_many_answers_at_once_one_counts(asker, keeper, page, dossier):
    query = ask(asker, dossier)
    note(keeper, query, found(page))
    version = FactQuery.get_by_id(query.id).version

    def act(number):
        with database.connection_context():
            try:
                if number % 3 == 0:
                    fact_answers.answer(keeper, query.public_id, version=version, now=NOW)
                elif number % 3 == 1:
                    fact_answers.decline(keeper, query.public_id, "不能答复", now=NOW)
                else:
                    facts.withdraw(asker, query.public_id, now=NOW)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(24))) == 1
    ends = {"facts:answered", "facts:declined", "facts:withdrawn"}
    assert sum(action in ends for action in actions()) == 1


def test_words_and_values_are_sealed_and_stay_out_of_log_and_notice(asker, keeper, page, dossier):
    query = ask(asker, dossier, "party", "birth")
    note(keeper, query, found(page))
    note(keeper, query, Finding("disagree", "履历表与志愿书相差一年"), code="birth")
    answer(keeper, query)
    told(asker, query)
    fact_answers.revoke(keeper, query.public_id, "other", "本人要求重新核对", now=NOW)
    rows = list(FactQuery.select().dicts()) + list(FactLine.select().dicts())
    held = b"".join(
        bytes(value) for row in rows for value in row.values() if isinstance(value, bytes | memoryview)
    )
    plain = repr(rows) + repr(list(audit.entries(limit=200))) + repr(list(Notice.select().dicts()))
    for words in (DETAILS, "2001", "相差一年", "重新核对", "入党志愿书", "disagree"):
        assert words.encode() not in held
        assert words not in repr(list(audit.entries(limit=200)))
    for words in (DETAILS, "相差一年", "重新核对", "入党志愿书"):
        assert words not in plain
