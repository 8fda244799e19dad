"""Who decides about whom: by unit, in another's name for a while, and never nobody without anybody knowing."""

from dataclasses import replace

import pytest

from tests.asking import approve, make_approver, make_request, stand_in
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.errors import Refused
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import approvals, asked, audit, caseload, deciders, grants, reminders
from webapp.services.reminders import OVERDUE
from webapp.storage.accounts import Officer, Recusal, Scope
from webapp.storage.notices import Notice
from webapp.storage.requests import AccessRequest


@pytest.fixture
def dossier(archive):
    return make_dossier("钱强丽")  # in UNIT


@pytest.fixture
def material(dossier):
    return make_material(dossier, "4-1", "高等学校毕业生登记表")


@pytest.fixture
def restricted(dossier):
    return make_material(dossier, "8", "处分决定")


@pytest.fixture
def asker(dossier):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def told(actor):
    return {notice.kind for notice in Notice.select().where(Notice.officer == actor.person)}


def bar(actor, request, at=NOW):
    """The rule that keeps the actor away; None for none."""
    say = deciders.says(actor, [approvals.find(request.public_id)], at=at)[request.id]
    return say.bar.rule if say.bar else None


def test_an_approver_of_units_is_told_of_and_decides_about_these_and_what_is_below(asker, material):
    here, above = (make_approver(is_able=True, approval=path) for path in (UNIT, UNIT.split("/")[0]))
    elsewhere, everywhere = make_approver(is_able=True, approval=ELSEWHERE), make_approver(is_able=True)
    request = make_request(asker, material)
    for actor in (here, above, everywhere):
        assert told(actor) == {"request-waiting"}
        assert caseload.todo(actor, now=NOW).total == 1
        assert bar(actor, request) is None
    assert told(elsewhere) == set()
    assert caseload.todo(elsewhere, now=NOW).total == 0
    for act in (
        lambda: caseload.opened(elsewhere, request.public_id, now=NOW),
        lambda: approve(request, elsewhere),
        lambda: approvals.approve_all(elsewhere, [(request.public_id, request.version)], now=NOW),
        lambda: approvals.reject(elsewhere, request.public_id, "不必", version=request.version, now=NOW),
    ):
        with pytest.raises(Refused, match="审批范围"):
            act()
    reminders.send(now=NOW + OVERDUE)
    assert "decision-overdue" in told(here)
    assert told(elsewhere) == set()


def test_a_unit_whose_name_only_begins_alike_is_another(asker, material):
    unit = material.dossier.subject.unit
    other = make_approver(approval=ELSEWHERE)
    assert not unit.path.startswith(Scope.get(Scope.officer == other.person).unit.path)
    assert bar(other, make_request(asker, material)) == "approval:units"


def test_grants_of_other_units_are_neither_listed_nor_taken_back(asker, material):
    grant = approve(make_request(asker, material))
    later = NOW + UNDO
    here, elsewhere = make_approver(approval=UNIT), make_approver(approval=ELSEWHERE)
    assert [held.row for held in grants.running(here, at=later)] == [grant]
    assert grants.running(elsewhere, at=later) == []
    with pytest.raises(Refused, match="审批范围"):
        grants.revoke(grant.public_id, actor=elsewhere, now=later)
    security = make_officer(Role.SECURITY_OFFICER)
    assert [held.row for held in grants.running(security, at=later)] == [grant]
    grants.revoke(grant.public_id, actor=here, now=later)


def test_a_request_that_nobody_may_decide_is_told_to_the_security_officers(asker, material, dossier):
    security = able(Role.SECURITY_OFFICER)
    make_approver(is_able=True, approval=ELSEWHERE)
    kept_away = make_approver(is_able=True, approval=UNIT, recused_from=dossier.subject)
    request = make_request(asker, material)
    assert told(security) == {"request-stranded"}
    assert told(kept_away) == set()
    assert caseload.stranded(now=NOW) == {dossier.subject.unit_id: 1}
    helper = make_approver(is_able=True, approval=UNIT)
    assert caseload.stranded(now=NOW) == {}
    approvals.reject(helper, request.public_id, "不必", version=request.version, now=NOW)
    assert Notice.get(Notice.officer == security.person).read_at == NOW


def test_who_becomes_barred_afterwards_is_noticed_by_the_reminder(asker, material, dossier):
    security, only = able(Role.SECURITY_OFFICER), make_approver(is_able=True)
    make_request(asker, material)
    assert told(security) == set()
    Recusal.create(officer=only.person, subject=dossier.subject, relation="妹妹")
    assert [reminders.send(now=NOW + OVERDUE) for _ in range(2)] == [1, 0]
    assert told(security) == {"request-stranded"}


def test_a_second_approval_that_nobody_can_give_is_told_too(asker, restricted):
    security, only = able(Role.SECURITY_OFFICER), make_approver(is_able=True)
    approve(make_request(asker, restricted), only)
    assert told(security) == {"request-stranded"}


def test_a_deputy_decides_in_the_name_of_the_absent_and_every_place_says_so(asker, material):
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    Officer.update(name="张某").where(Officer.id == absent.person.id).execute()
    stand_in(deputy, absent)
    request = make_request(asker, material)
    assert told(deputy) == {"delegation-named", "request-waiting"}
    (card,) = caseload.todo(deputy, now=NOW).listed
    assert card.absent == absent.person
    assert caseload.opened(deputy, request.public_id, now=NOW).absent == absent.person
    approve(request, deputy)
    step = asked.steps_of(request)[0]
    assert (step.officer, step.absent) == (deputy.person, absent.person)
    assert step.by.endswith("（代 张某 审批）")
    entry = next(audit.entries(limit=1))
    assert entry["action"] == "request:approved"
    assert entry["details"]["absent"] == absent.person.public_id


def test_what_a_deputy_takes_back_is_logged_in_the_same_name(asker, material):
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    stand_in(deputy, absent)
    request = make_request(asker, material)
    approve(request, deputy)
    approvals.undo(deputy, request.public_id, now=NOW)
    undone = next(audit.entries(limit=1))
    assert undone["action"] == "request:undone"
    assert undone["details"]["absent"] == absent.person.public_id
    grant = approve(request, absent)
    grants.revoke(grant.public_id, actor=deputy, now=NOW)
    assert asked.steps_of(request)[0].absent == absent.person
    revoked = next(audit.entries(limit=1))
    assert (revoked["action"], revoked["details"]) == ("grant:revoked", {"absent": absent.person.public_id})


def test_who_takes_back_in_their_own_units_names_nobody_else(asker, material):
    absent, deputy = make_approver(is_able=True, approval=UNIT), make_approver(is_able=True)
    stand_in(deputy, absent)
    request = make_request(asker, material)
    grant = approve(request, absent)
    grants.revoke(grant.public_id, actor=deputy, now=NOW)
    assert asked.steps_of(request)[0].absent is None
    assert "details" not in next(audit.entries(limit=1))


def test_who_may_decide_by_themselves_does_so_in_their_own_name(asker, material):
    absent, deputy = make_approver(is_able=True, approval=UNIT), make_approver(is_able=True)
    stand_in(deputy, absent)
    request = make_request(asker, material)
    approve(request, deputy)
    assert asked.steps_of(request)[0].absent is None
    assert "absent" not in next(audit.entries(limit=1))["details"]


@pytest.mark.parametrize("reason", ["ended", "over", "not yet", "account shut", "role gone"])
def test_a_deputy_decides_no_longer_than_the_absent_one_says_or_could(asker, material, reason):
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    held = stand_in(deputy, absent, days=2)
    request = make_request(asker, material)
    assert bar(deputy, request) is None
    if reason == "ended":
        type(held).update(ended_at=NOW).execute()
    if reason == "over":
        type(held).update(ends_at=NOW).execute()
    if reason == "not yet":
        type(held).update(begins_at=NOW.replace(year=NOW.year + 1)).execute()
    if reason == "account shut":
        Officer.update(disabled_at=NOW).where(Officer.id == absent.person.id).execute()
    if reason == "role gone":
        Officer.update(role_names="official").where(Officer.id == absent.person.id).execute()
    assert bar(deputy, request) == "approval:units"


def test_neither_the_deputys_nor_the_absent_ones_recusals_are_got_round(dossier, material):
    asker = able(Role.OFFICIAL, lookup=ELSEWHERE)
    Officer.update(role_names="official approver").where(Officer.id == asker.person.id).execute()
    asking = Officer.get_by_id(asker.person.id)
    Scope.create(officer=asking, unit=dossier.subject.unit, kind="approval")
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    stand_in(replace(asker, officer=asking, role=Role.APPROVER), absent)
    request = make_request(replace(asker, officer=asking), material)
    assert bar(replace(asker, officer=asking, role=Role.APPROVER), request) == "approval:own-request"
    delegation = stand_in(deputy, make_approver(is_able=True, approval=UNIT, recused_from=dossier.subject))
    assert bar(deputy, request) == "approval:absent-kept-away"
    type(delegation).update(officer=asking).where(type(delegation).id == delegation.id).execute()
    assert bar(deputy, request) == "approval:absent-kept-away"
    type(delegation).update(officer=absent.person).where(type(delegation).id == delegation.id).execute()
    assert bar(deputy, request) is None
    Recusal.create(officer=deputy.person, subject=dossier.subject, relation="弟弟")
    assert bar(deputy, request) == "approval:recused"


def test_of_two_approvals_no_person_gives_or_lends_their_name_to_both(asker, restricted):
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    other = make_approver(is_able=True, approval=UNIT)
    stand_in(deputy, absent)
    by_deputy = make_request(asker, restricted)
    by_absent = make_request(asker, make_material(restricted.dossier, "8", "另一份处分决定"))
    approve(by_deputy, deputy)
    approve(by_absent, absent)
    assert [bar(who, by_deputy) for who in (deputy, absent, other)] == ["approval:same-approver"] * 2 + [None]
    assert [bar(who, by_absent) for who in (deputy, absent, other)] == [
        "approval:absent-kept-away",
        "approval:same-approver",
        None,
    ]
    for request in (by_deputy, by_absent):
        approve(AccessRequest.get_by_id(request.id), other)


def test_a_list_of_many_requests_takes_a_few_looks(asker, material, caplog):
    absent, deputy = (
        make_approver(is_able=True, approval=UNIT),
        make_approver(is_able=True, approval=ELSEWHERE),
    )
    stand_in(deputy, absent)

    def looks():
        caplog.clear()
        with caplog.at_level("DEBUG", logger="peewee"):
            deciders.says(deputy, asked.waiting(at=NOW), at=NOW)
        return sum(record.name == "peewee" for record in caplog.records)

    make_request(asker, material)
    few = looks()
    for number in range(5):
        make_request(asker, make_material(material.dossier, "1", f"履历表{number}"))
    assert looks() == few
