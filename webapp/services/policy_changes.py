"""Changing the rules (规则变更): one security officer proposes a whole policy, a second one confirms or drops it.

A proposal names the version it was made against, and takes the next number: so one waits at a time, what is confirmed
is what was proposed, and nothing comes between. It holds from the next request on; versions are kept.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from webapp.domain import policy as rules
from webapp.domain.access_request import checked_words
from webapp.domain.disclosure import Policy
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.permission import Permission, permits
from webapp.domain.policy import ChangeState, Difference
from webapp.domain.role import Role
from webapp.services import audit, grants, notices, policy
from webapp.services.actor import Actor
from webapp.services.grants import Held
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.policy import PolicyChange

LISTED = 50  # versions, the newest first


@dataclass(frozen=True, slots=True)
class Change:
    """A version or a proposal, and what it sets differently from the version before it."""

    row: PolicyChange
    differences: tuple[Difference, ...]

    @property
    def policy(self) -> Policy:
        """All of its rules."""
        return _policy_of(self.row)


@dataclass(frozen=True, slots=True)
class Standing:
    """The rules as they stand.

    versions -- the newest first, which is in force; waiting -- a proposal that awaits a second person
    has_second -- somebody else could confirm what this officer proposes
    beyond -- how many grants could not be given under the rules in force, beyond_waiting -- under those that wait; 0
        for who takes back none
    """

    versions: tuple[Change, ...]
    waiting: Change | None
    has_second: bool
    beyond: int = 0
    beyond_waiting: int = 0

    @property
    def in_force(self) -> Change:
        """What holds now."""
        return self.versions[0]


def standing(actor: Actor, *, now: datetime) -> Standing:
    """The rules in force, their versions, and what waits. Raises Refused."""
    _allow(actor, Permission.POLICY)
    made = list(_changes(ChangeState.MADE).limit(LISTED + 1))
    told = [Change(new, _between(old, new)) for new, old in zip(made, [*made[1:], None], strict=True)]
    found = next(iter(_changes(ChangeState.WAITING)), None)
    waiting = Change(found, _between(made[0], found)) if found else None
    others = [one for one in notices.officers_in(Role.SECURITY_OFFICER) if one.id != actor.person.id]
    return Standing(
        tuple(told[:LISTED]),
        waiting,
        bool(others),
        beyond=_count_beyond(actor, told[0], now),
        beyond_waiting=_count_beyond(actor, waiting, now),
    )


def beyond(actor: Actor, *, now: datetime) -> list[Held]:
    """Grants in force that could not be given under the present rules; it names people, so it is logged.

    Raises Refused.
    """
    found = grants.beyond(actor, policy.current().policy, at=now)
    with transaction():
        audit.append("grants:listed", actor=actor, at=now, kind="grant", details={"grants": len(found)})
    return found


@transaction()
def propose(actor: Actor, new: Policy, reason: str, *, based_on: int, now: datetime) -> PolicyChange:
    """Propose a whole policy, which holds once a second security officer confirms.

    based_on -- number of the version in force as its author saw it.
    Raises Refused; Invalid without a reason or a difference; Conflict when there is a newer version or one waits.
    """
    _allow(actor, Permission.POLICY_CHANGES)
    words = checked_words(reason, what="变更的理由")
    in_force = _changes(ChangeState.MADE).get()
    require_newest(in_force, based_on)
    if _changes(ChangeState.WAITING).exists():
        raise Conflict("已经有一项变更等着确认，请先确认或者放弃它")
    changed = rules.differences(_policy_of(in_force), new)
    if not changed:
        raise Invalid("与现行规则没有不同，不用变更")
    change = PolicyChange.create(
        version=based_on + 1,
        state=ChangeState.WAITING,
        rules=json.dumps(rules.coded(new)),
        reason=words,
        proposed_by=actor.person,
        proposed_at=now,
    )
    _tell(NoticeKind.POLICY_WAITING, change, now, but=actor.person)
    _log("policy:proposed", actor, change, now, changed)
    return change


@transaction()
def confirm(actor: Actor, change_id: str, *, now: datetime) -> None:
    """Put in force what another security officer proposed. Raises Refused, NotFound, Conflict when it was decided."""
    _allow(actor, Permission.POLICY_CHANGES)
    change = _find(change_id)
    if change.proposed_by_id == actor.person.id:
        raise Refused("须由另一位安全保密员确认", rule="policy:second-person")
    if change.proposed_by.disabled_at is not None or Role.SECURITY_OFFICER not in change.proposed_by.roles:
        raise Conflict("提出人已经不是安全保密员，这项变更不能再确认，请放弃它，另行提出")
    changed = rules.differences(policy.current().policy, _policy_of(change))
    _decide(change, actor, now, state=ChangeState.MADE)
    policy.replace(_policy_of(change), at=now)
    _tell(NoticeKind.POLICY_CHANGED, change, now)
    _log("policy:changed", actor, change, now, changed, proposed_by=change.proposed_by.public_id)


@transaction()
def drop(actor: Actor, change_id: str, *, now: datetime) -> None:
    """Leave the rules as they are after all. Raises Refused, NotFound, Conflict when it was decided."""
    _allow(actor, Permission.POLICY_CHANGES)
    change = _find(change_id)
    _decide(change, actor, now, state=ChangeState.DROPPED, version=None)
    if change.proposed_by_id != actor.person.id:
        notices.notify(change.proposed_by, NoticeKind.POLICY_DROPPED, change.public_id, now=now)
    _log("policy:kept", actor, change, now, ())


def require_newest(in_force: PolicyChange, based_on: int) -> None:
    """Return only if this version is in force. Raises Conflict."""
    if in_force.version != based_on:
        raise Conflict(f"规则刚刚变更为第 {in_force.version} 版，请对照新的规则再看一遍填写的内容")


def _count_beyond(actor: Actor, change: Change | None, now: datetime) -> int:
    if change is None or actor.role is None or not permits(actor.role, Permission.GRANTS):
        return 0
    return len(grants.beyond(actor, change.policy, at=now))


def _decide(change: PolicyChange, actor: Actor, now: datetime, **columns: Any) -> None:
    """Decide about a proposal that waits, once. Raises Conflict."""
    waits = (PolicyChange.id == change.id) & (PolicyChange.state == ChangeState.WAITING)
    decided = {"decided_by": actor.person, "decided_at": now, **columns}
    if not PolicyChange.update(**decided).where(waits).execute():
        raise Conflict("这项变更已经办过了")
    notices.settle([NoticeKind.POLICY_WAITING], change.public_id, now=now)


def _changes(state: ChangeState) -> Any:
    """Rows of a state, the newest version first, with who proposed and who decided."""
    proposer, decider = Officer.alias(), Officer.alias()
    query = PolicyChange.select(PolicyChange, proposer, decider)
    query = query.join(proposer, JOIN.LEFT_OUTER, on=PolicyChange.proposed_by == proposer.id)
    query = query.switch(PolicyChange).join(
        decider, JOIN.LEFT_OUTER, on=PolicyChange.decided_by == decider.id
    )
    return query.where(PolicyChange.state == state).order_by(PolicyChange.version.desc())


def _find(change_id: str) -> PolicyChange:
    change = PolicyChange.get_or_none(PolicyChange.public_id == change_id)
    if change is None:
        raise NotFound("没有这项变更")
    return change


def _policy_of(change: PolicyChange) -> Policy:
    return rules.decoded(json.loads(change.rules))


def _between(old: PolicyChange | None, new: PolicyChange) -> tuple[Difference, ...]:
    return rules.differences(_policy_of(old), _policy_of(new)) if old else ()


def _tell(kind: NoticeKind, change: PolicyChange, now: datetime, *, but: Officer | None = None) -> None:
    able = notices.officers_in(Role.SECURITY_OFFICER)
    told = [one for one in able if but is None or one.id != but.id]
    notices.notify_all(told, kind, change.public_id, now=now)


def _allow(actor: Actor, permission: Permission) -> None:
    if actor.role is None or not permits(actor.role, permission):
        raise Refused("您当前的角色不能使用这项功能", rule=f"permission:{permission}")


def _log(
    action: str,
    actor: Actor,
    change: PolicyChange,
    now: datetime,
    changed: Iterable[Difference],
    **more: str,
) -> None:
    codes = {each.rule.key: [each.old, each.new] for each in changed}
    audit.append(action, actor=actor, at=now, kind="policy", record=change.public_id,
                 details={"version": change.version, **more, **({"rules": codes} if codes else {})})  # fmt: skip
