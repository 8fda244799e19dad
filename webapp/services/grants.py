"""Grants in force (授权): what they open at this moment, how their reading time is counted, who takes them back.

Nothing ends a grant but the clock, the count and a revocation, and each is looked at whenever something is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN

from webapp.domain.access_request import Filed, Step, approvals_needed, standing_approvals
from webapp.domain.disclosure import Level, Policy, Sensitivity
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.grant import Grant, GrantState, Scope, counted_ms
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, delegations, loan_reminders, notices, remits, ties, units
from webapp.services.actor import Actor
from webapp.services.remits import Remit
from webapp.storage import requests as stored
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction

LISTED = 50  # grants in force on one page of their list
LEVELS = {"masked": Level.MASKED, "clear": Level.CLEAR}
_REVOKERS = frozenset({Role.APPROVER, Role.SECURITY_OFFICER})
_ENDED = {
    GrantState.EXPIRED: "查阅授权已到期，还需要查阅的请重新申请",
    GrantState.USED_UP: "批准的阅读时长已用完，还需要查阅的请重新申请",
    GrantState.REVOKED: "查阅授权已被收回",
    GrantState.PENDING: "查阅授权还没有生效",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A stored grant and what it says, for lists of them."""

    row: stored.Grant
    grant: Grant


def in_force(actor: Actor, *, at: datetime, dossier: Dossier | None = None) -> dict[int, tuple[Grant, ...]]:
    """The actor's grants in force, by row id of the dossier; of one, or of all. Only officials read by grant."""
    if actor.role is not Role.OFFICIAL:
        return {}
    row = stored.Grant
    wanted = (row.officer == actor.person) & row.revoked_at.is_null() & row.in_force_at.is_null(False)
    wanted &= row.not_after > at
    if dossier is not None:
        wanted &= row.dossier == dossier
    found: dict[int, list[Grant]] = defaultdict(list)
    for held in with_scopes(row.select().where(wanted)):
        if held.grant.state_at(at) is GrantState.ACTIVE:
            found[held.row.dossier_id].append(held.grant)
    return {number: tuple(grants) for number, grants in found.items()}


def opening(grants: Iterable[Grant], material: Material) -> Grant | None:
    """Of grants in force, the one that opens a material: the highest, then for one alone, then what ends first."""
    sensitivity = Sensitivity(material.sensitivity)
    open_to = [
        (grant.level_for(material.public_id, material.category, sensitivity), grant) for grant in grants
    ]
    fitting = [(level, grant) for level, grant in open_to if level > Level.NOTHING]
    if not fitting:
        return None
    return max(fitting, key=lambda each: (each[0], not each[1].is_for_two, -each[1].not_after.timestamp()))[1]


def purpose_of(grant: Grant) -> str:
    """The purpose its request stated, a code of Art. 31."""
    row = stored.Grant.get(stored.Grant.public_id == grant.public_id)
    return str(row.request.purpose)


def approvers(granted: Iterable[Grant]) -> frozenset[int]:
    """Row ids of the officers who gave these, and of those in whose name a deputy did."""
    ids, row, step = [grant.public_id for grant in granted], stored.Grant, stored.RequestStep
    asked = row.select(row.request).where(row.public_id.in_(ids))
    done: dict[int, list[tuple[str, tuple[int | None, ...]]]] = defaultdict(list)
    steps = step.select(step.request, step.kind, step.officer, step.absent).where(step.request.in_(asked))
    for request, kind, *names in steps.order_by(step.id).tuples():
        done[request].append((kind, tuple(names)))
    standing = (names for steps_of in done.values() for names in standing_approvals(steps_of))
    return frozenset(name for names in standing for name in names if name is not None)


def count(public_id: str, *, actor: Actor, now: datetime) -> None:
    """Count the time since the last contact with this grant, by the server's clock alone.

    In the caller's transaction, of its own: what it ends stays ended when the act that follows is refused.
    """
    row = stored.Grant.get(stored.Grant.public_id == public_id)
    left = row.allowed_ms - row.used_ms
    spent = min(counted_ms(row.contact_at, now), left)
    latest = max(filter(None, (row.contact_at, now)))
    stored.Grant.update(used_ms=row.used_ms + spent, contact_at=latest).where(
        stored.Grant.id == row.id
    ).execute()
    if left > 0 and spent == left:
        audit.append("grant:used-up", actor=actor, at=now, kind="grant", record=public_id)


def ended(actor: Actor, material: Material, *, at: datetime) -> tuple[str, str]:
    """Why the newest grant that named this material opens it no more: words and rule; empty when there was none."""
    if actor.role is not Role.OFFICIAL:
        return "", ""
    row = stored.Grant
    newest = row.select().where((row.officer == actor.person) & (row.dossier == material.dossier))
    sensitivity = Sensitivity(material.sensitivity)
    for held in with_scopes(newest.order_by(row.id.desc()).limit(20)):
        state = held.grant.state_at(at)
        if state in _ENDED and held.grant.scope.covers(material.public_id, material.category, sensitivity):
            return _ENDED[state], f"grant-{state.value.replace('_', '-')}"
    return "", ""


@transaction()
def revoke(public_id: str, *, actor: Actor, now: datetime) -> stored.Grant:
    """Take a grant back; the next request under it is refused. Raises NotFound, Refused, Conflict when it ended."""
    if actor.role not in _REVOKERS:
        raise Refused("只有审批人和安全保密员可以收回授权", rule="grant:revoker")
    row = stored.Grant.get_or_none(stored.Grant.public_id == public_id)
    if row is None:
        raise NotFound("没有这项授权")
    if row.officer_id == actor.person.id:
        raise Refused("自己的授权由其他审批人处理", rule="grant:own")
    if row.dossier.subject_id in ties.subjects(actor.person):
        raise Refused("本人和须回避的人的档案，查阅授权由其他人处理", rule="grant:kept-away")
    absent = _require_reach(actor, row.dossier, now)
    given = stored.Grant.revoked_at.is_null() & stored.Grant.in_force_at.is_null(False)
    running = (stored.Grant.id == row.id) & given & (stored.Grant.not_after > now)
    taken = stored.Grant.update(revoked_at=now, revoked_by=actor.person).where(running)
    if not taken.execute():
        raise Conflict("这项授权没有生效，或者已经结束，不用收回")
    stored.RequestStep.create(
        request=row.request, officer=actor.person, absent=absent, kind=Step.REVOKED, at=now
    )
    notices.notify(row.officer, NoticeKind.GRANT_REVOKED, row.request.public_id, now=now)
    loan_reminders.recall(row.request, now=now)
    details = {"absent": absent.public_id} if absent else None
    audit.append("grant:revoked", actor=actor, at=now, kind="grant", record=public_id, details=details)
    return stored.Grant.get_by_id(row.id)


def void(request: stored.AccessRequest, *, actor: Actor, now: datetime) -> None:
    """End what a first approver left for a second who is not to come. Part of the caller's transaction."""
    left = (stored.Grant.request == request) & stored.Grant.in_force_at.is_null()
    left &= stored.Grant.revoked_at.is_null()
    stored.Grant.update(revoked_at=now, revoked_by=actor.person).where(left).execute()


def of_officer(actor: Actor, *, at: datetime) -> list[Held]:
    """The actor's own grants that are in force or will be, the one that ends first on top."""
    row = stored.Grant
    mine = (row.officer == actor.person) & (row.not_after > at) & row.revoked_at.is_null()
    mine &= row.in_force_at.is_null(False) & (row.used_ms < row.allowed_ms)
    return with_scopes(_named().where(mine))


def running(actor: Actor, *, at: datetime, page: int = 1, more: int = 0) -> list[Held]:
    """A page of the grants that the actor may take back, the one that ends first on top. Raises Refused.

    page -- from 1; more -- how many of the next page to add
    """
    return with_scopes(_revocable(actor, at).offset((page - 1) * LISTED).limit(LISTED + more))


def beyond(actor: Actor, decided: Policy, *, at: datetime) -> list[Held]:
    """Of the grants that the actor may take back, those that could not be given under these rules. Raises Refused."""
    live = with_scopes(_revocable(actor, at))
    named = {public_id for held in live for public_id in held.grant.scope.materials}
    rows = Material.select(Material.public_id, Material.category, Material.sensitivity)
    rows = rows.where(Material.public_id.in_(list(named))).tuples() if named else ()
    filed = {public_id: (category, Sensitivity(guarded)) for public_id, category, guarded in rows}
    return [held for held in live if _is_beyond(held.grant, filed, decided)]


def listed(actor: Actor, *, now: datetime, page: int = 1) -> tuple[list[Held], bool]:
    """A page of the same for somebody who looks at it, and whether more follow.

    It names officers and dossiers, so the look is logged. Raises Refused.
    """
    found = running(actor, at=now, page=page, more=1)
    shown = found[:LISTED]
    with transaction():
        audit.append("grants:listed", actor=actor, at=now, kind="grant", details={"grants": len(shown)})
    return shown, len(found) > LISTED


def told_of(request: stored.AccessRequest, *, at: datetime) -> list[tuple[Held, GrantState]]:
    """A request's grants with their states, the newest first; none that was undone before anybody could read by it."""
    rows = request.grants.order_by(stored.Grant.id.desc())
    real = [row for row in rows if row.revoked_at is None or _was_in_force(row)]
    return [(held, held.grant.state_at(at)) for held in with_scopes(real)]


def with_scopes(rows: Iterable[stored.Grant]) -> list[Held]:
    """Stored grants as values, their scopes read in one query."""
    held = list(rows)
    materials: dict[int, set[str]] = defaultdict(set)
    categories: dict[int, set[str]] = defaultdict(set)
    for grant, material, category in _scope_rows([row.id for row in held]):
        if material:
            materials[grant].add(material)
        elif category:
            categories[grant].add(category)
    return [Held(row, _value(row, materials[row.id], categories[row.id])) for row in held]


def _is_beyond(grant: Grant, filed: Mapping[str, Filed], decided: Policy) -> bool:
    """True when its term, its reading time or the number of its approvers is not what the policy asks."""
    named = [filed[public_id] for public_id in grant.scope.materials if public_id in filed]
    return (
        grant.not_after - grant.not_before > timedelta(days=decided.longest_days)
        or grant.allowed_ms > decided.longest_minutes * 60_000
        or (approvals_needed(grant.scope, named, grant.level, decided) > 1 and not grant.is_double)
    )


def _was_in_force(row: stored.Grant) -> bool:
    return row.in_force_at is not None and row.revoked_at >= row.in_force_at


def _scope_rows(ids: Sequence[int]) -> Iterable[tuple[int, str | None, str]]:
    if not ids:
        return ()
    part = stored.GrantScope
    query = part.select(part.grant, Material.public_id, part.category).join(
        Material, JOIN.LEFT_OUTER, on=part.material == Material.id
    )
    return query.where(part.grant.in_(list(ids))).tuples()


def _value(row: stored.Grant, materials: set[str], categories: set[str]) -> Grant:
    return Grant(
        public_id=row.public_id,
        scope=Scope(frozenset(materials), frozenset(categories), row.with_guarded),
        level=LEVELS[row.level],
        is_double=row.is_double,
        in_force_at=row.in_force_at,
        not_before=row.not_before,
        not_after=row.not_after,
        allowed_ms=row.allowed_ms,
        used_ms=row.used_ms,
        is_revoked=row.revoked_at is not None,
        is_for_two=row.is_for_two,
        may_copy=row.may_copy,
    )


def _reach(actor: Actor, at: datetime) -> Remit:
    """Whose grants one may take back: an approver those of their units, the security officer all."""
    return delegations.reach(actor.person, at=at) if actor.role is Role.APPROVER else Remit(None)


def _require_reach(actor: Actor, dossier: Dossier, at: datetime) -> Officer | None:
    """In whose name the actor takes back a grant here, None for their own. Raises Refused outside their units."""
    path = dossier.subject.unit.path
    if actor.role is not Role.APPROVER or remits.of(actor.person).covers(path):
        return None
    for delegation in delegations.standing_in(actor.person, at=at):
        if remits.of(delegation.officer).covers(path):
            return delegation.officer
    raise Refused("这名干部的单位不在您的审批范围内", rule="grant:units")


def _revocable(actor: Actor, at: datetime) -> Any:
    """What is in force or will be, without what the actor is kept from."""
    if actor.role not in _REVOKERS:
        raise Refused("您当前的角色不能使用这项功能", rule="grant:revoker")
    row = stored.Grant
    live = (row.not_after > at) & row.revoked_at.is_null() & row.in_force_at.is_null(False)
    live &= (row.used_ms < row.allowed_ms) & (row.officer != actor.person)
    live &= Dossier.subject.not_in(list(ties.subjects(actor.person)))
    if (paths := _reach(actor, at).paths) is not None:
        live &= units.within(paths)
    return _named().where(live)


def _named() -> Any:
    """Grants with whose they are and whose dossier they open."""
    row = stored.Grant
    query = row.select(row, Officer, Dossier, Subject).join(Officer, on=row.officer == Officer.id)
    return query.switch(row).join(Dossier).join(Subject).join(Unit).order_by(row.not_after, row.id)
