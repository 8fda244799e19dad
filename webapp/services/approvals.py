"""Deciding about requests (审批): approve whole or less, return with a question, reject with a reason, undo.

Nobody decides their own request or about their own or a relative's dossier. What is decided is what was seen: each
decision names the version of the request, and a conditional update whose row count decides lets one of many through.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from webapp.domain import access_request as rules
from webapp.domain.access_request import State, Step, Terms
from webapp.domain.disclosure import Level, Policy, Preset
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import UNDO, Scope
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import asked, audit, deciders, grants, notices, policy, sessions
from webapp.services.actor import Actor
from webapp.services.asked import Named
from webapp.storage.accounts import Officer
from webapp.storage.archive import Material
from webapp.storage.database import transaction
from webapp.storage.requests import AccessRequest, Grant, GrantScope, RequestStep

WAITING = (NoticeKind.REQUEST_WAITING, NoticeKind.DECISION_OVERDUE, NoticeKind.REQUEST_STRANDED)
_TOLD = {Step.RETURNED: NoticeKind.REQUEST_RETURNED, Step.REJECTED: NoticeKind.REQUEST_REJECTED}
QUESTION, REASON = "要补充的问题", "不予批准的理由"
_NAMES = {level: name for name, level in grants.LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Offer:
    """What an approver gives: what was asked for, or less."""

    scope: Scope
    terms: Terms


@transaction()
def approve(
    actor: Actor, request_id: str, *, version: int, now: datetime, less: Offer | None = None
) -> Grant:
    """Give one approval. The last one needed starts the undo window, after which the grant is in force.

    version -- of the request as the approver saw it; less -- what to give instead of all that was offered so far.
    Raises NotFound, Refused, Conflict when it was changed or decided since, Invalid when `less` is more.
    """
    request, absent = _decidable(actor, request_id, now)
    offered = offer_of(request)
    if request.approvals and _awaiting(request) is None:
        raise Conflict("第一位审批人的同意已经失效，请退回补充后重新审批")
    decided = policy.current().policy
    given = _narrowed(offered, less, decided, now) if less else _whole(offered, decided, now)
    if needs_code(request, decided=decided) and not sessions.is_proven(actor, now=now):
        raise Refused("批准前请先输入验证码", rule="step-up")
    approvals = request.approvals + 1
    is_last = approvals >= needed(request, decided=decided)
    state = {"state": State.APPROVED, "decided_at": now} if is_last else {}
    _move(request, version, now, approvals=approvals, **state)
    is_for_two = (
        given.terms.is_for_two or decided.preset is Preset.STRICT
    )  # stays, should the preset be loosened
    given = replace(given, terms=replace(given.terms, is_for_two=is_for_two))
    grant = _write_grant(request, given, is_double=approvals > 1, is_last=is_last, now=now)
    step = Step.APPROVED if is_last else Step.SECONDED
    asked.note_step(request, actor, step, now, absent=absent)
    notices.settle(WAITING, request_id, now=now)
    if is_last:
        notices.notify(request.asker, NoticeKind.REQUEST_APPROVED, request_id, now=now)
    else:
        tell_approvers(find(request_id), now=now)
    more = {"grant": grant.public_id, "less": less is not None, **_in_the_name_of(absent)}
    _log(f"request:{step}", request, actor, now, more)
    return grant


@transaction()
def approve_all(actor: Actor, chosen: list[tuple[str, int]], *, now: datetime) -> list[Grant]:
    """Approve requests of one occasion in one go: all or none. Raises as approve does; Refused for guarded ones.

    chosen -- public id and version of each
    """
    requests = [find(request_id) for request_id, _ in chosen]
    if len({request.occasion for request in requests}) != 1:
        raise Refused("只有同一事项的申请可以一并批准", rule="batch:occasion")
    if any(needs_code(request) for request in requests):
        raise Refused("需要两级审批或查看原样的申请要逐份审批", rule="batch:guarded")
    return [approve(actor, request_id, version=version, now=now) for request_id, version in chosen]


@transaction()
def send_back(actor: Actor, request_id: str, question: str, *, version: int, now: datetime) -> None:
    """Return a request to its asker with a question. Raises NotFound, Refused, Conflict, Invalid."""
    words = rules.checked_words(question, what=QUESTION)
    request, absent = _decidable(actor, request_id, now)
    _move(request, version, now, state=State.RETURNED, approvals=0)
    asked.note_step(request, actor, Step.RETURNED, now, words, absent=absent)
    _end(request, Step.RETURNED, actor, now, absent)


@transaction()
def reject(actor: Actor, request_id: str, reason: str, *, version: int, now: datetime) -> None:
    """Turn a request down, with a reason its asker sees. Raises NotFound, Refused, Conflict, Invalid."""
    words = rules.checked_words(reason, what=REASON)
    request, absent = _decidable(actor, request_id, now)
    _move(request, version, now, state=State.REJECTED, decided_at=now)
    asked.note_step(request, actor, Step.REJECTED, now, words, absent=absent)
    _end(request, Step.REJECTED, actor, now, absent)


@transaction()
def undo(actor: Actor, request_id: str, *, now: datetime) -> None:
    """Take one's own approval back within the undo window. Raises NotFound, Refused, Conflict afterwards."""
    request = find(request_id)
    if (last := _own_approval(actor, request)) is None:
        raise Refused("只能撤销自己刚刚作出的批准", rule="approval:undo")
    pending = (Grant.request == request) & Grant.revoked_at.is_null() & (Grant.in_force_at > now)
    is_double = request.approvals > 1
    back = (
        {"in_force_at": None, "is_double": False}
        if is_double
        else {"revoked_at": now, "revoked_by": actor.person}
    )
    if not Grant.update(**back).where(pending).execute():
        raise Conflict("批准已经生效，不能撤销；需要时可以收回授权")
    AccessRequest.update(
        state=State.WAITING,
        approvals=request.approvals - 1,
        decided_at=None,
        version=AccessRequest.version + 1,
    ).where((AccessRequest.id == request.id) & (AccessRequest.state == State.APPROVED)).execute()
    asked.note_step(request, actor, Step.UNDONE, now, absent=last.absent)
    notices.settle([NoticeKind.REQUEST_APPROVED], request_id, now=now)
    tell_approvers(find(request_id), now=now)
    _log("request:undone", request, actor, now, _in_the_name_of(last.absent))


def find(request_id: str) -> AccessRequest:
    """A request that was handed in, with whose dossier it is about. Raises NotFound, also for a draft."""
    request = asked.with_dossiers().where(AccessRequest.public_id == request_id).get_or_none()
    if request is None or request.submitted_at is None:
        raise NotFound("没有这份申请")
    return request


def tell_approvers(request: AccessRequest, *, now: datetime) -> None:
    """Tell whoever may decide that a request waits; the security officers if nobody may. Part of a transaction."""
    able, kind = deciders.able([request], at=now)[request.id], NoticeKind.REQUEST_WAITING
    if not able:
        able, kind = notices.officers_in(Role.SECURITY_OFFICER), NoticeKind.REQUEST_STRANDED
    notices.notify_all(able, kind, request.public_id, now=now)


def offer_of(request: AccessRequest) -> Offer:
    """What would be given now: what was asked for, or the less that the first approver left."""
    scope, terms = asked.scope_of(request), asked.terms_of(request)
    if terms is None:
        raise Invalid("这份申请没有写明查阅期限")
    held = _awaiting(request)
    if held is None:
        return Offer(scope, terms)
    grant = held.grant
    minutes = grant.allowed_ms // 60_000
    times = (grant.not_before, grant.not_after, minutes)
    return Offer(grant.scope, Terms(grant.level, *times, grant.may_copy, grant.is_for_two))


def needed(request: AccessRequest, *, named: Named | None = None, decided: Policy | None = None) -> int:
    """How many approvals it takes: materials may have become guarded since it was handed in, and rules tighter.

    named, decided -- what it names, and the policy in force, when they were looked up already
    """
    named = named or asked.named_in([request])[request.id]
    decided = decided or policy.current().policy
    level = grants.LEVELS[request.level]
    return max(request.approvals_needed, rules.approvals_needed(named.scope, named.filed, level, decided))


def needs_code(request: AccessRequest, *, named: Named | None = None, decided: Policy | None = None) -> bool:
    """True for what is not approved by one tap: guarded papers, clear pages, anything that leaves the screen."""
    is_clear = grants.LEVELS[request.level] is Level.CLEAR
    return needed(request, named=named, decided=decided) > 1 or is_clear or request.may_copy


def undoable(actor: Actor, request_id: str, *, at: datetime) -> AccessRequest | None:
    """The request, if the actor has just approved it and may take that back."""
    pending = Grant.select(Grant.request).where(Grant.revoked_at.is_null() & (Grant.in_force_at > at))
    named = (AccessRequest.public_id == request_id) & AccessRequest.id.in_(pending)
    request = AccessRequest.get_or_none(named)
    return request if request is not None and _own_approval(actor, request) else None


def _own_approval(actor: Actor, request: AccessRequest) -> RequestStep | None:
    """The last step, if it is the actor's approval."""
    last = request.steps.order_by(RequestStep.id.desc()).first()
    is_own = last is not None and last.kind == Step.APPROVED and last.officer_id == actor.person.id
    return last if is_own else None


def _decidable(actor: Actor, request_id: str, now: datetime) -> tuple[AccessRequest, Officer | None]:
    """The request, and in whose name the actor decides about it."""
    request = find(request_id)
    return request, deciders.require(actor, request, at=now)


def _in_the_name_of(absent: Officer | None) -> dict[str, Any]:
    return {"absent": absent.public_id} if absent else {}


def _end(request: AccessRequest, step: Step, actor: Actor, now: datetime, absent: Officer | None) -> None:
    """The other way out: what a first approver left is void."""
    grants.void(request, actor=actor, now=now)
    notices.settle(WAITING, request.public_id, now=now)
    notices.notify(request.asker, _TOLD[step], request.public_id, now=now)
    _log(f"request:{step}", request, actor, now, _in_the_name_of(absent))


def _move(request: AccessRequest, version: int, now: datetime, **columns: Any) -> None:
    """Decide about the version that was seen, once. Raises Conflict."""
    as_seen = (AccessRequest.id == request.id) & (AccessRequest.state == State.WAITING)
    as_seen &= (AccessRequest.version == version) & (AccessRequest.not_after > now)
    if not AccessRequest.update(version=version + 1, **columns).where(as_seen).execute():
        state = asked.state_of(AccessRequest.get_by_id(request.id), now)
        words = "有了新的内容，请重新打开再看" if state is State.WAITING else f"{state.label}，不用再审批"
        raise Conflict(f"这份申请{words}")


def _whole(offered: Offer, decided: Policy, now: datetime) -> Offer:
    """All that is offered, if the policy still allows it: it may be tighter than when it was asked for."""
    if beyond := rules.excess(offered.terms, decided, now):
        raise Invalid(f"按现行规则，{beyond}。请只批准一部分，或者退回补充")
    return offered


def _narrowed(offered: Offer, less: Offer, decided: Policy, now: datetime) -> Offer:
    if less.scope.is_empty:
        raise Invalid("请至少留下一类或一份材料；都不给的，请选不予批准")
    if not less.scope.within(offered.scope) or not less.terms.no_wider_than(offered.terms):
        raise Invalid("只能在申请的范围以内批准")
    rules.checked_terms(less.terms, decided, now)
    return less


def _write_grant(
    request: AccessRequest, given: Offer, *, is_double: bool, is_last: bool, now: datetime
) -> Grant:
    """The grant of a first approval, or the one it left, narrowed and set going by the second."""
    terms = given.terms
    columns = {
        "level": _NAMES[terms.level],
        "may_copy": terms.may_copy,
        "is_for_two": terms.is_for_two,
        "with_guarded": given.scope.with_guarded,
        "is_double": is_double,
        "in_force_at": now + UNDO if is_last else None,
        "not_before": terms.not_before,
        "not_after": terms.not_after,
        "allowed_ms": terms.minutes * 60_000,
    }
    held = _awaiting(request)
    if held is None:
        grant = Grant.create(
            request=request, officer=request.asker, dossier=request.dossier, created_at=now, **columns
        )
    else:
        grant = held.row
        Grant.update(**columns).where(Grant.id == grant.id).execute()
        GrantScope.delete().where(GrantScope.grant == grant).execute()
    for public_id in sorted(given.scope.materials):
        GrantScope.create(grant=grant, material=Material.get(Material.public_id == public_id))
    for code in sorted(given.scope.categories):
        GrantScope.create(grant=grant, category=code)
    return Grant.get_by_id(grant.id)


def _awaiting(request: AccessRequest) -> grants.Held | None:
    """The grant a first approver left for the second."""
    left = (Grant.request == request) & Grant.in_force_at.is_null() & Grant.revoked_at.is_null()
    return next(iter(grants.with_scopes(Grant.select().where(left))), None)


def _log(
    action: str, request: AccessRequest, actor: Actor, now: datetime, more: dict[str, Any] | None = None
) -> None:
    audit.append(action, actor=actor, at=now, kind="request", record=request.public_id, purpose=request.purpose,
                 details={"dossier": request.dossier.public_id, **(more or {})})  # fmt: skip
