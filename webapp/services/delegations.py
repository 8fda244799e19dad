"""Standing in for an approver who is away (审批代理): named by the one who is away, ended by either of the two.

A deputy gets the absent one's units for a while and nothing else: their own recusals hold, and so do the absent one's.
What was delegated is not delegated on: nobody is away and a deputy at the same time.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from webapp.domain.access_request import checked_words
from webapp.domain.delegation import State, checked_period, state_at
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.permission import Permission, permits
from webapp.domain.role import Role, may_be_held_together
from webapp.services import audit, notices, remits
from webapp.services.actor import Actor
from webapp.services.remits import Remit
from webapp.storage.accounts import Officer
from webapp.storage.archive import Unit
from webapp.storage.database import transaction
from webapp.storage.delegations import Delegation

REASON = "委托代理的原因"
LISTED = 100


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment to a moment, aware UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A delegation and where it stands."""

    delegation: Delegation
    state: State

    @property
    def is_open(self) -> bool:
        """True while it may still be ended by hand."""
        return self.state is not State.OVER


def standing_in(deputy: Officer, *, at: datetime) -> list[Delegation]:
    """Those by which an officer decides for others at a moment.

    What the absent one may not do any more, because the account or the role is gone, nobody does for them.
    """
    rows = _named().where((Delegation.deputy == deputy) & _running(at)).order_by(Delegation.id)
    return [one for one in rows if _is_able(one.officer)]


def away(officer: Officer, *, at: datetime) -> Delegation | None:
    """The one by which another decides for this officer at a moment."""
    return _named().where((Delegation.officer == officer) & _running(at)).get_or_none()


def reach(officer: Officer, *, at: datetime) -> Remit:
    """Where an approver decides at a moment: in their own units, and in those of whom they stand in for."""
    found = remits.of(officer)
    for delegation in standing_in(officer, at=at):
        found |= remits.of(delegation.officer)
    return found


def candidates(actor: Actor) -> list[Officer]:
    """Whom the actor may name, by name. Raises Refused."""
    _require_approver(actor)
    able = [one for one in notices.officers_in(Role.APPROVER) if one.id != actor.person.id and _is_able(one)]
    return sorted(able, key=lambda one: (one.name, one.id))


@transaction()
def name(actor: Actor, deputy_id: str, period: Period, reason: str, *, now: datetime) -> Delegation:
    """Name a deputy for a time. Raises Refused, NotFound, Invalid; Conflict where it would make a chain or overlap."""
    _require_approver(actor)
    begins, ends = checked_period(period.begins, period.ends, now)
    words = checked_words(reason, what=REASON)
    if not deputy_id:
        raise Invalid("请选择由谁代理")
    deputy = Officer.get_or_none(Officer.public_id == deputy_id)
    if deputy is None:
        raise NotFound("没有这个账号")
    if deputy.id == actor.person.id or not _is_able(deputy):
        raise Invalid("只能请另一位可以登录的审批人代理")
    _require_no_chain(actor.person, deputy, Period(begins, ends), now)
    delegation = Delegation.create(officer=actor.person, deputy=deputy, reason=words, begins_at=begins,
                                   ends_at=ends, created_at=now)  # fmt: skip
    notices.notify(deputy, NoticeKind.DELEGATION_NAMED, delegation.public_id, now=now)
    watching = notices.officers_in(Role.SECURITY_OFFICER)
    notices.notify_all(watching, NoticeKind.DELEGATION_WATCHED, delegation.public_id, now=now)
    _log("delegation:named", delegation, actor, now)
    return delegation


@transaction()
def end(actor: Actor, public_id: str, *, now: datetime) -> None:
    """End one at once: the absent one, the deputy, or a security officer. Raises NotFound, Refused, Conflict."""
    is_watching = _is_watching(actor)
    if not is_watching:
        _require_approver(actor)
    delegation = Delegation.get_or_none(Delegation.public_id == public_id)
    both = (delegation.officer, delegation.deputy) if delegation else ()
    if delegation is None or not (is_watching or actor.person in both):
        raise NotFound("没有这项代理")
    still = (Delegation.id == delegation.id) & Delegation.ended_at.is_null() & (Delegation.ends_at > now)
    if not Delegation.update(ended_at=now, ended_by=actor.person).where(still).execute():
        raise Conflict("这项代理已经结束")
    others = [one for one in both if one != actor.person]
    notices.settle([NoticeKind.DELEGATION_NAMED], public_id, now=now)
    notices.notify_all(others, NoticeKind.DELEGATION_ENDED, public_id, now=now)
    _log("delegation:ended", delegation, actor, now)


def own(actor: Actor, *, at: datetime) -> list[Told]:
    """The actor's own, as the absent one and as the deputy, the newest first. Raises Refused."""
    _require_approver(actor)
    mine = (Delegation.officer == actor.person) | (Delegation.deputy == actor.person)
    return _told(_named().where(mine), at)


def listed(actor: Actor, *, now: datetime) -> list[Told]:
    """All of them for the security officer, the newest first; logged. Raises Refused."""
    if not _is_watching(actor):
        raise Refused("您当前的角色不能使用这项功能", rule=f"permission:{Permission.ROLES}")
    found = _told(_named(), now)
    with transaction():
        audit.append(
            "delegations:listed", actor=actor, at=now, kind="delegation", details={"count": len(found)}
        )
    return found


def _require_no_chain(absent: Officer, deputy: Officer, period: Period, now: datetime) -> None:
    """Return only if neither of the two is on the other side of another delegation in that time. Raises Conflict."""
    open_then = Delegation.ended_at.is_null() & (Delegation.ends_at > max(period.begins, now))
    open_then &= Delegation.begins_at < period.ends
    then = Delegation.select().where(open_then)
    if then.where(Delegation.officer == absent).exists():
        raise Conflict("这段时间您已经委托了代理；要换人，请先结束原来的代理")
    if then.where(Delegation.deputy == absent).exists():
        raise Conflict("这段时间您正为别人代理，代理不能再转给他人；请先结束那项代理，由对方另请他人")
    if then.where(Delegation.officer == deputy).exists():
        raise Conflict("这位审批人这段时间也委托了他人代理，请另选一位")


def _is_watching(actor: Actor) -> bool:
    return actor.role is not None and permits(actor.role, Permission.ROLES)


def _require_approver(actor: Actor) -> None:
    if actor.role is not Role.APPROVER:
        raise Refused("只有审批人可以委托代理", rule="delegation:role")


def _is_able(officer: Officer) -> bool:
    """True for one who signs in as an approver, and holds no role that an approver may not."""
    fits = all(may_be_held_together(Role.APPROVER, role) for role in officer.roles)
    return officer.may_sign_in and Role.APPROVER in officer.roles and fits


def _running(at: datetime) -> Any:
    return Delegation.ended_at.is_null() & (Delegation.begins_at <= at) & (Delegation.ends_at > at)


def _named() -> Any:
    """Delegations with both officers and their units."""
    deputy, unit, its_unit = Officer.alias(), Unit.alias(), Unit.alias()
    query = Delegation.select(Delegation, Officer, unit, deputy, its_unit)
    query = query.join(Officer, on=Delegation.officer == Officer.id).join(unit, JOIN.LEFT_OUTER)
    query = query.switch(Delegation).join(deputy, on=Delegation.deputy == deputy.id)
    return query.join(its_unit, JOIN.LEFT_OUTER)


def _told(query: Any, at: datetime) -> list[Told]:
    rows = query.order_by(Delegation.id.desc()).limit(LISTED)
    return [Told(one, state_at(one.begins_at, one.ends_at, one.ended_at, at)) for one in rows]


def _log(action: str, delegation: Delegation, actor: Actor, at: datetime) -> None:
    details = {
        "absent": delegation.officer.public_id,
        "deputy": delegation.deputy.public_id,
        "begins": delegation.begins_at.isoformat(),
        "ends": delegation.ends_at.isoformat(),
    }
    audit.append(action, actor=actor, at=at, kind="delegation", record=delegation.public_id, details=details)
