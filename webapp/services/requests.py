"""Asking to read (查阅申请), the asker's side: draft, submit, answer a question, withdraw, ask again.

A draft is kept at every step, so that nothing is lost when the phone is. What may not be asked is refused at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain import access_request as rules
from webapp.domain import purpose as purposes
from webapp.domain.access_request import State, Step, Terms
from webapp.domain.category import Category
from webapp.domain.disclosure import FINAL, Decision
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import Scope
from webapp.domain.notice import NoticeKind
from webapp.services import approvals, attachments, audit, dossiers, grants, notices, pieces, policy
from webapp.services.actor import Actor
from webapp.services.asked import (
    is_open_already,
    named_in,
    new_letters,
    note_step,
    scope_of,
    state_of,
    terms_of,
)
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import new_public_id, transaction
from webapp.storage.requests import AccessRequest, RequestScope

DETAILS, ANSWER = "具体事项", "补充说明"
_EDITABLE = (State.DRAFT, State.RETURNED)
_ABOUT = (*approvals.WAITING, NoticeKind.REQUEST_RETURNED)
_NAMES = {level: name for name, level in grants.LEVELS.items()}


@dataclass(frozen=True, slots=True)
class Reason:
    """What for: a code of Art. 31, details in words, and the public id of an own request for the same matter."""

    purpose: str
    details: str
    like: str = ""


def begin(
    actor: Actor, dossier_id: str, reason: Reason, *, first: Scope, now: datetime, is_whole: bool = True
) -> AccessRequest:
    """Keep a new draft. first -- what the asker came from, to be confirmed in the next step.

    is_whole -- false keeps an unfinished reason. Raises NotFound, Refused, Invalid; Conflict for too many open ones.
    """
    dossier = dossiers.find(dossier_id)
    require_may_ask(actor, dossier)
    purpose, details = _checked(reason) if is_whole else _bounded(reason)
    materials = _materials(dossier, first.materials)
    with transaction():
        _require_room(actor, now)
        request = AccessRequest.create(
            asker=actor.person,
            dossier=dossier,
            occasion=_occasion(actor, reason.like),
            state=State.DRAFT,
            purpose=purpose,
            details=details,
            created_at=now,
        )
        _write_scope(request, materials, first)
        _log("request:drafted", request, actor, now)
    return request


def change_reason(
    actor: Actor, request_id: str, reason: Reason, *, now: datetime, is_whole: bool = True
) -> None:
    """State the reason anew; is_whole as in begin. Raises NotFound, Conflict unless it is the asker's turn, Invalid."""
    purpose, details = _checked(reason) if is_whole else _bounded(reason)
    with transaction():
        request = own(actor, request_id)
        columns = {"purpose": purpose, "details": details}
        if reason.like:
            columns["occasion"] = _occasion(actor, reason.like)
        _change(request, actor, now, **columns)


def change_scope(actor: Actor, request_id: str, scope: Scope, *, now: datetime) -> None:
    """Name other materials or categories. Raises NotFound, Conflict, Invalid for nothing or the unknown."""
    if scope.is_empty:
        raise Invalid("请至少选择一类或一份材料")
    for code in scope.categories:
        Category(code)
    with transaction():
        request = own(actor, request_id)
        materials = _materials(request.dossier, scope.materials)
        _change(request, actor, now, with_guarded=scope.with_guarded)
        RequestScope.delete().where(RequestScope.request == request).execute()
        _write_scope(request, materials, scope)


def change_terms(actor: Actor, request_id: str, terms: Terms, *, now: datetime) -> None:
    """Ask for another level or time. Raises NotFound, Conflict, Invalid."""
    rules.checked_terms(terms, policy.current().policy, now)
    with transaction():
        request = own(actor, request_id)
        _change(
            request,
            actor,
            now,
            level=_NAMES[terms.level],
            not_before=terms.not_before,
            not_after=terms.not_after,
            minutes=terms.minutes,
            may_copy=terms.may_copy,
        )


@transaction()
def submit(actor: Actor, request_id: str, *, now: datetime, words: str = "") -> AccessRequest:
    """Hand the request to the approvers; one that was returned is handed in again with an answer in `words`.

    Raises NotFound, Refused, Invalid when incomplete or not needed, Conflict when it is not the asker's turn.
    """
    request = own(actor, request_id)
    require_may_ask(actor, request.dossier)
    stored = state_of(request, now)
    if stored not in _EDITABLE:
        raise Conflict(f"这份申请{stored.label}，不能再提交")
    is_answer = stored is State.RETURNED
    said = rules.checked_words(words, what=ANSWER) if is_answer else ""
    needed = _checked_whole(actor, request, now)
    moved = _moved(
        request, _EDITABLE, state=State.WAITING, approvals=0, approvals_needed=needed, submitted_at=now
    )
    if not moved:
        raise Conflict("这份申请刚刚有了变化，请刷新后再看")
    step = Step.ANSWERED if is_answer else Step.SUBMITTED
    note_step(request, actor, step, now, said)
    notices.settle([NoticeKind.REQUEST_RETURNED], request_id, now=now)
    approvals.tell_approvers(approvals.find(request_id), now=now)
    audit.append(f"request:{step}", actor=actor, at=now, kind="request", record=request.public_id,
                 purpose=request.purpose, details={"dossier": request.dossier.public_id})  # fmt: skip
    return own(actor, request_id)


def withdraw(actor: Actor, request_id: str, *, now: datetime) -> None:
    """Take a request back before it is decided; what went with a draft goes with it. Raises NotFound, Conflict."""
    with transaction():
        request = own(actor, request_id)
        if not _moved(request, rules.before(State.WITHDRAWN), state=State.WITHDRAWN, decided_at=now):
            raise Conflict(f"这份申请{state_of(own(actor, request_id), now).label}，不能撤回")
        spent = (
            [] if request.submitted_at else attachments.forget(attachments.of(request), actor=actor, now=now)
        )
        grants.void(request, actor=actor, now=now)
        note_step(request, actor, Step.WITHDRAWN, now)
        notices.settle(_ABOUT, request_id, now=now)
        _log("request:withdrawn", request, actor, now)
    for blob in spent:
        pieces.discard(blob)


@transaction()
def again(actor: Actor, request_id: str, *, now: datetime) -> AccessRequest:
    """A new draft with reason and scope of an earlier request. Raises NotFound, Refused, Conflict."""
    earlier = own(actor, request_id)
    require_may_ask(actor, earlier.dossier)
    _require_room(actor, now)
    columns = ("dossier", "occasion", "purpose", "details", "with_guarded", "level", "minutes")
    draft = AccessRequest.create(
        asker=actor.person,
        earlier=earlier,
        state=State.DRAFT,
        created_at=now,
        **{name: getattr(earlier, name) for name in columns},
    )
    for part in earlier.scopes:
        RequestScope.create(request=draft, material=part.material, category=part.category)
    _log("request:drafted", draft, actor, now)
    return draft


def own(actor: Actor, request_id: str) -> AccessRequest:
    """One of the actor's own requests. Raises NotFound for any other."""
    request = AccessRequest.get_or_none(
        (AccessRequest.public_id == request_id) & (AccessRequest.asker == actor.person)
    )
    if request is None:
        raise NotFound("没有这份申请")
    return request


def listing(actor: Actor, *, limit: int = 100) -> list[AccessRequest]:
    """The actor's own requests: drafts, which wait for nobody else, then the others, the newest first."""
    query = AccessRequest.select(AccessRequest, Dossier, Subject, Unit).join(Dossier).join(Subject).join(Unit)
    newest = (AccessRequest.state == State.DRAFT).desc(), AccessRequest.id.desc()
    return list(query.where(AccessRequest.asker == actor.person).order_by(*newest).limit(limit))


def dossier_of(material_id: str) -> str:
    """Public id of the dossier a material lies in. Raises NotFound."""
    material = Material.get_or_none(Material.public_id == material_id)
    if material is None:
        raise NotFound("没有这份材料")
    return str(material.dossier.public_id)


def require_may_ask(actor: Actor, dossier: Dossier) -> Decision:
    """The standing right, if asking could add to it. Raises Refused with the reason where nothing may be asked."""
    decision = dossiers.decide_for(actor, dossier)
    if decision.rule in FINAL or not decision.shows_roster:
        raise Refused(decision.reason, rule=decision.rule)
    return decision


def _require_room(actor: Actor, now: datetime) -> None:
    """Return only if one more may be begun: whatever is handed in was a draft first."""
    mine = (AccessRequest.asker == actor.person) & AccessRequest.state.in_([one.value for one in rules.OPEN])
    held = sum(state_of(request, now) in rules.OPEN for request in AccessRequest.select().where(mine))
    if held >= rules.MOST_OPEN:
        raise Conflict(
            f"您已有 {rules.MOST_OPEN} 份申请没有办完（草稿也算），请等有了结果，或先撤回、放弃不用的，再提新的"
        )


def _checked(reason: Reason) -> tuple[str, str]:
    return purposes.checked(reason.purpose), rules.checked_words(reason.details, what=DETAILS)


def _bounded(reason: Reason) -> tuple[str, str]:
    """As far as it was said."""
    known = reason.purpose if reason.purpose in purposes.PURPOSES else ""
    return known, reason.details.strip()[: rules.LONGEST_WORDS]


def _checked_whole(actor: Actor, request: AccessRequest, now: datetime) -> int:
    """How many approvals a complete request needs. Raises Invalid, Conflict."""
    _checked(Reason(request.purpose, request.details))
    if any(one.state == "refused" for one in new_letters(request)):
        raise Invalid("附的介绍信或公函没有收下，请回到“事由”移除，或者换一个文件")
    named, terms, decided = named_in([request])[request.id], terms_of(request), policy.current().policy
    scope = named.scope
    if scope.is_empty:
        raise Invalid("请至少选择一类或一份材料")
    if terms is None:
        raise Invalid("请填写查阅期限")
    rules.checked_terms(terms, decided, now)
    if is_open_already(actor, request, scope, terms):
        raise Invalid("这些材料您现在就可以查看，不用申请")
    waiting = AccessRequest.select().where(
        (AccessRequest.asker == actor.person)
        & (AccessRequest.dossier == request.dossier)
        & (AccessRequest.state == State.WAITING)
        & (AccessRequest.not_after > now)
    )
    if any(scope_of(other) == scope and other.level == request.level for other in waiting):
        raise Conflict("您已有一份同样的申请在等待审批")
    return rules.approvals_needed(scope, named.filed, terms.level, decided)


def _materials(dossier: Dossier, public_ids: Collection[str]) -> list[Material]:
    named = Material.public_id.in_(list(public_ids)) & (Material.dossier == dossier)
    found = list(Material.select().where(named)) if public_ids else []
    if len(found) != len(public_ids):
        raise Invalid("所选的材料已经不在这份档案里，请重新选择")
    return found


def _write_scope(request: AccessRequest, materials: Collection[Material], scope: Scope) -> None:
    for material in materials:
        RequestScope.create(request=request, material=material)
    for code in sorted(scope.categories):
        RequestScope.create(request=request, category=Category(code).code)


def _occasion(actor: Actor, like: str) -> str:
    return str(own(actor, like).occasion) if like else new_public_id()


def _change(request: AccessRequest, actor: Actor, now: datetime, **columns: Any) -> None:
    stands = state_of(request, now)
    if stands not in _EDITABLE or not _moved(request, _EDITABLE, **columns):
        raise Conflict(f"这份申请{stands.label}，不能再改")
    _log("request:changed", request, actor, now)


def _moved(request: AccessRequest, states: Collection[State], **columns: Any) -> int:
    """Change a request if it is still in one of these states; how many rows were, which decides."""
    still = (AccessRequest.id == request.id) & AccessRequest.state.in_([state.value for state in states])
    return int(AccessRequest.update(version=AccessRequest.version + 1, **columns).where(still).execute())


def _log(action: str, request: AccessRequest, actor: Actor, now: datetime) -> None:
    audit.append(action, actor=actor, at=now, kind="request", record=request.public_id,
                 details={"dossier": request.dossier.public_id})  # fmt: skip
