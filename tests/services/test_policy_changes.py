"""The rules: changed by two people, one change at a time, kept as versions, told and logged."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.builders import able, make_officer
from tests.moment import NOW
from tests.ruling import changed, proposed, rule, with_rules
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, notices, policy, policy_changes
from webapp.storage.accounts import Officer
from webapp.storage.database import database, migrations
from webapp.storage.notices import Notice
from webapp.storage.policy import PolicyChange, Setting

LATER = timedelta(minutes=10)


@pytest.fixture
def security(archive):
    return able(Role.SECURITY_OFFICER)


@pytest.fixture
def second(security):
    return able(Role.SECURITY_OFFICER)


def entries(action: str) -> list[dict]:
    return [entry for entry in audit.entries(limit=50) if entry["action"] == action]


def told(actor) -> list[str]:
    return [one.kind for one in Notice.select().where(Notice.officer == actor.person).order_by(Notice.id)]


def test_a_change_holds_once_a_second_person_confirms_it(security, second):
    change = proposed(security, preset="strict", longest_days="7")
    assert policy.current().policy.longest_days == 15
    policy_changes.confirm(second, change.public_id, now=NOW + LATER)
    in_force = policy.current().policy
    assert (in_force.preset, in_force.longest_days) == ("strict", 7)
    standing = policy_changes.standing(security, now=NOW)
    newest, first = standing.versions
    assert (newest.row.version, first.row.version, standing.waiting) == (2, 1, None)
    assert [each.rule.key for each in newest.differences] == ["preset", "longest_days"]
    assert (newest.row.proposed_by, newest.row.decided_by) == (security.person, second.person)
    assert (newest.row.reason, newest.row.decided_at) == ("按上级要求", NOW + LATER)
    assert newest.policy == in_force
    assert first.differences == ()


def test_nobody_confirms_their_own(security):
    change = proposed(security, preset="strict")
    with pytest.raises(Refused) as refusal:
        policy_changes.confirm(security, change.public_id, now=NOW)
    assert refusal.value.rule == "policy:second-person"
    assert policy.current().policy.preset == "standard"


@pytest.mark.parametrize("lost", [{"role_names": "official"}, {"disabled_at": NOW}])
def test_what_was_proposed_by_somebody_who_lost_the_right_since_is_not_confirmed(security, second, lost):
    change = proposed(security, preset="strict")
    Officer.update(**lost).where(Officer.id == security.person.id).execute()
    with pytest.raises(Conflict):
        policy_changes.confirm(second, change.public_id, now=NOW)
    assert policy.current().policy.preset == "standard"
    policy_changes.drop(second, change.public_id, now=NOW)


def test_one_waits_at_a_time_and_is_decided_once(security, second):
    change = proposed(security, longest_days="7")
    with pytest.raises(Conflict, match="等着确认"):
        proposed(second, longest_days="9")
    policy_changes.confirm(second, change.public_id, now=NOW)
    for act in (policy_changes.confirm, policy_changes.drop):
        with pytest.raises(Conflict):
            act(second, change.public_id, now=NOW)
    proposed(second, longest_days="9")


def test_what_was_written_against_an_older_version_is_not_taken(security, second):
    seen = policy_changes.standing(security, now=NOW).in_force.row.version
    changed(longest_days="7")
    with pytest.raises(Conflict, match="第 2 版"):
        policy_changes.propose(security, with_rules(approvers="2"), "理由", based_on=seen, now=NOW)
    assert policy_changes.standing(security, now=NOW).waiting is None


def test_what_is_dropped_leaves_all_as_it_was(security, second):
    for by in (security, second):
        change = proposed(security, preset="strict")
        policy_changes.drop(by, change.public_id, now=NOW)
        standing = policy_changes.standing(security, now=NOW)
        assert (standing.waiting, len(standing.versions)) == (None, 1)
        with pytest.raises(Conflict):
            policy_changes.confirm(second, change.public_id, now=NOW)
    assert policy.current().policy.preset == "standard"
    assert PolicyChange.select().where(PolicyChange.state == "dropped").count() == 2


def test_without_a_reason_or_a_difference_nothing_is_proposed(security):
    for new, reason in ((with_rules(approvers="2"), " "), (with_rules(), "理由")):
        with pytest.raises(Invalid):
            policy_changes.propose(security, new, reason, based_on=1, now=NOW)
    with pytest.raises(NotFound):
        policy_changes.confirm(security, "no-such-change--", now=NOW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SECURITY_OFFICER])
def test_only_security_officers_change_the_rules_and_auditors_read_them(security, role):
    other, change = make_officer(role), proposed(security, preset="strict")
    for act in (
        lambda: policy_changes.propose(other, with_rules(approvers="2"), "理由", based_on=1, now=NOW),
        lambda: policy_changes.confirm(other, change.public_id, now=NOW),
        lambda: policy_changes.drop(other, change.public_id, now=NOW),
    ):
        with pytest.raises(Refused):
            act()
    if role is Role.AUDITOR:
        assert policy_changes.standing(other, now=NOW).waiting.row == change
    else:
        with pytest.raises(Refused):
            policy_changes.standing(other, now=NOW)


def test_of_many_confirmations_and_refusals_at_once_one_counts(security):
    change = proposed(security, longest_days="7")
    others = [make_officer(Role.SECURITY_OFFICER) for _ in range(8)]
    together = threading.Barrier(len(others))

    def decide(number: int) -> bool:
        act = policy_changes.drop if number % 2 else policy_changes.confirm
        with database.connection_context():
            together.wait()
            try:
                act(others[number], change.public_id, now=NOW)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(len(others)) as pool:
        assert sum(pool.map(decide, range(len(others)))) == 1
    days = policy.current().policy.longest_days
    assert days == (7 if entries("policy:changed") else 15)
    assert len(entries("policy:changed") + entries("policy:kept")) == 1


def test_each_step_is_logged_with_codes_alone(security, second):
    change = proposed(security, scope_4_1="roster", longest_days="7")
    policy_changes.confirm(second, change.public_id, now=NOW)
    codes = {"longest_days": ["15", "7"], "scope-4-1": ["masked", "roster"]}
    (asked_for,), (made,) = entries("policy:proposed"), entries("policy:changed")
    assert asked_for["details"] == {"version": 2, "rules": codes}
    assert made["details"] == {"version": 2, "rules": codes, "proposed_by": security.person.public_id}
    assert made["record"] == change.public_id
    assert "上级" not in str(made) + str(asked_for)


def test_the_others_are_told_what_waits_and_all_what_was_decided(security, second):
    third = make_officer(Role.SECURITY_OFFICER)  # has never signed in
    change = proposed(security, preset="strict")
    assert (told(security), told(second), told(third)) == ([], [NoticeKind.POLICY_WAITING], [])
    policy_changes.confirm(second, change.public_id, now=NOW)
    assert told(security) == [NoticeKind.POLICY_CHANGED]
    assert told(second) == [NoticeKind.POLICY_WAITING, NoticeKind.POLICY_CHANGED]
    assert notices.unread(second.person) == 1
    policy_changes.drop(second, proposed(security, preset="standard").public_id, now=NOW)
    assert told(security)[1:] == [NoticeKind.POLICY_DROPPED]


def test_whether_anybody_could_confirm_is_known(security):
    assert not policy_changes.standing(security, now=NOW).has_second
    able(Role.SECURITY_OFFICER)
    assert policy_changes.standing(security, now=NOW).has_second


def test_a_rule_that_is_as_usual_again_leaves_nothing_behind(security):
    changed(scope_2="roster", two_3="yes")
    changed(scope_2="masked", two_3="no")
    assert not Setting.select().where(Setting.name.startswith("scope-") | Setting.name.startswith("two-"))
    assert json.loads(PolicyChange.get(PolicyChange.version == 3).rules) == json.loads(
        PolicyChange.get(PolicyChange.version == 1).rules
    )


def test_an_instance_of_before_has_its_first_version_from_what_it_decided(archive):
    rule(preset="strict")
    migrations().down("0015_policy_changes")
    Setting.delete().where(Setting.name.not_in(["preset", "own_dossier", "auto_masks"])).execute()
    migrations().up()
    Setting.insert_many(
        [{"name": name, "value": "no", "decided_at": NOW} for name in ("organisation", "demonstration")]
    ).execute()
    (first,) = policy_changes.standing(make_officer(Role.AUDITOR), now=NOW).versions
    assert (first.row.version, first.policy) == (1, policy.current().policy)
    assert policy.current().policy.preset == "strict"
