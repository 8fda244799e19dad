"""Naming a deputy: for a while, to one who could decide anyway, without chains, told to all concerned."""

import pytest

from tests.asking import DAY, make_approver, stand_in
from tests.builders import ELSEWHERE, UNIT, able, make_officer
from tests.moment import NOW
from webapp.domain.delegation import State
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, delegations
from webapp.services.delegations import Period
from webapp.storage.accounts import Officer
from webapp.storage.delegations import Delegation
from webapp.storage.notices import Notice


@pytest.fixture
def absent(archive):
    return make_approver(is_able=True, approval=UNIT)


@pytest.fixture
def deputy(archive):
    return make_approver(is_able=True, approval=ELSEWHERE)


def told(actor):
    return [notice.kind for notice in Notice.select().where(Notice.officer == actor.person)]


def name(absent, deputy, begins=NOW, ends=NOW + 7 * DAY, reason="出差"):
    return delegations.name(absent, deputy.person.public_id, Period(begins, ends), reason, now=NOW)


def test_it_is_told_to_the_deputy_and_to_the_security_officers_and_logged_without_words(absent, deputy):
    security = able(Role.SECURITY_OFFICER)
    held = name(absent, deputy)
    assert told(deputy) == ["delegation-named"]
    assert told(security) == ["delegation-watched"]
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("delegation:named", held.public_id)
    assert "出差" not in str(entry)
    assert [one.delegation for one in delegations.listed(security, now=NOW)] == [held]
    assert next(audit.entries(limit=1))["action"] == "delegations:listed"
    for actor in (absent, make_officer(Role.AUDITOR)):
        with pytest.raises(Refused):
            delegations.listed(actor, now=NOW)


def test_it_runs_from_its_first_to_its_last_moment(absent, deputy):
    held = name(absent, deputy, begins=NOW + DAY, ends=NOW + 2 * DAY)
    moments = [NOW, NOW + DAY, NOW + 2 * DAY]
    assert [len(delegations.standing_in(deputy.person, at=at)) for at in moments] == [0, 1, 0]
    assert [delegations.away(absent.person, at=at) for at in moments] == [None, held, None]
    states = [delegations.own(actor, at=at)[0].state for actor in (absent, deputy) for at in moments]
    assert states == [State.COMING, State.RUNNING, State.OVER] * 2
    assert delegations.own(make_approver(), at=NOW) == []


@pytest.mark.parametrize("who", ["absent", "deputy", "security"])
def test_either_of_the_two_ends_it_at_once_and_the_other_is_told(absent, deputy, who):
    held = name(absent, deputy)
    actor = {"absent": absent, "deputy": deputy, "security": able(Role.SECURITY_OFFICER)}[who]
    delegations.end(actor, held.public_id, now=NOW + DAY)
    assert delegations.standing_in(deputy.person, at=NOW + DAY) == []
    for other in (absent, deputy):
        assert ("delegation-ended" in told(other)) == (other is not actor)
    assert next(audit.entries(limit=1))["action"] == "delegation:ended"
    with pytest.raises(Conflict):
        delegations.end(actor, held.public_id, now=NOW + DAY)
    name(absent, deputy)


def test_nobody_else_ends_it(absent, deputy):
    held = name(absent, deputy)
    with pytest.raises(NotFound):
        delegations.end(make_approver(), held.public_id, now=NOW)
    for role in (Role.OFFICIAL, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        with pytest.raises(Refused):
            delegations.end(make_officer(role), held.public_id, now=NOW)


@pytest.mark.parametrize(
    ("begins", "ends", "reason", "words"),
    [
        (NOW, NOW + 91 * DAY, "出差", "90 天"),
        (NOW + 91 * DAY, NOW + 92 * DAY, "出差", "90 天"),
        (NOW - 2 * DAY, NOW, "出差", "最后一天"),
        (NOW, NOW + DAY, "  ", "原因"),
    ],
)
def test_a_period_and_a_reason_are_needed(absent, deputy, begins, ends, reason, words):
    with pytest.raises(Invalid, match=words):
        name(absent, deputy, begins, ends, reason)
    assert not Delegation.select().exists()


def test_only_another_approver_who_may_sign_in_is_named(absent, deputy):
    assert delegations.candidates(absent) == [deputy.person]
    unfit = [make_approver(), able(Role.OFFICIAL, lookup=UNIT), able(Role.SECURITY_OFFICER), absent]
    for role_names in ("approver security_officer", "approver auditor"):
        one = make_approver(is_able=True)
        Officer.update(role_names=role_names).where(Officer.id == one.person.id).execute()
        unfit.append(one)
    for one in unfit:
        assert one.person not in delegations.candidates(absent)
        with pytest.raises(Invalid, match="审批人"):
            name(absent, one)
    with pytest.raises(NotFound):
        delegations.name(absent, "no-such-officer-", Period(NOW, NOW + DAY), "出差", now=NOW)
    for role in Role:
        if role is not Role.APPROVER:
            with pytest.raises(Refused):
                name(able(role), deputy)


def test_nobody_is_away_and_a_deputy_at_the_same_time(absent, deputy):
    third = make_approver(is_able=True)
    name(absent, deputy)
    with pytest.raises(Conflict, match="已经委托"):
        name(absent, third)
    with pytest.raises(Conflict, match="不能再转给"):
        name(deputy, third)
    with pytest.raises(Conflict, match="另选一位"):
        name(third, absent)
    name(deputy, third, begins=NOW + 7 * DAY, ends=NOW + 8 * DAY)
    stand_in(deputy, third)


def test_a_deputy_of_two_reaches_the_units_of_both_and_their_own(absent, deputy):
    second = make_approver(is_able=True, approval="市民政局")
    stand_in(deputy, absent)
    stand_in(deputy, second)
    assert len(delegations.reach(deputy.person, at=NOW).paths) == 3
    stand_in(deputy, make_approver(is_able=True))
    assert delegations.reach(deputy.person, at=NOW).paths is None
