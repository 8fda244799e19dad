"""What a request says (申请内容): its state, scope, terms and the steps of its way, for both sides of the table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from webapp.domain import access_request as rules
from webapp.domain.access_request import Filed, State, Step, Terms
from webapp.domain.category import Category
from webapp.domain.disclosure import Level, Sensitivity
from webapp.domain.grant import Scope
from webapp.services import attachments, dossiers
from webapp.services.actor import Actor
from webapp.services.grants import LEVELS
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.attachments import Attachment
from webapp.storage.requests import AccessRequest, RequestScope, RequestStep


@dataclass(frozen=True, slots=True)
class Named:
    """What a request names: as a value, and the materials among it as they are now."""

    scope: Scope
    materials: tuple[Material, ...]

    @property
    def categories(self) -> list[str]:
        """The categories as they are printed, in the catalogue's order."""
        named = sorted(map(Category, self.scope.categories))
        return [f"{category.display} {category.title()}" for category in named]

    @property
    def filed(self) -> list[Filed]:
        """Where the materials named one by one are filed, and how they are guarded now."""
        return [(material.category, Sensitivity(material.sensitivity)) for material in self.materials]


def state_of(request: AccessRequest, now: datetime) -> State:
    """Where it stands at a moment."""
    return rules.state_at(State(request.state), request.not_after, now)


def named_in(requests: Sequence[AccessRequest]) -> dict[int, Named]:
    """What each names, by row id; one query for all."""
    scoped = RequestScope.select(RequestScope, Material).join(
        Material, JOIN.LEFT_OUTER, on=RequestScope.material == Material.id
    )
    parts: dict[int, list[RequestScope]] = defaultdict(list)
    for part in scoped.where(RequestScope.request.in_([one.id for one in requests])).order_by(
        RequestScope.id
    ):
        parts[part.request_id].append(part)
    return {one.id: _named(one, parts[one.id]) for one in requests}


def scope_of(request: AccessRequest) -> Scope:
    """What it names, as a value."""
    return named_in([request])[request.id].scope


def categories_in_words(request: AccessRequest) -> list[str]:
    """The categories it names as they are printed, in the catalogue's order."""
    return named_in([request])[request.id].categories


def terms_of(request: AccessRequest) -> Terms | None:
    """How far and how long it asks to read; None as long as that was not said."""
    if request.not_before is None or request.not_after is None:
        return None
    return Terms(
        LEVELS[request.level],
        request.not_before,
        request.not_after,
        request.minutes,
        request.may_copy,
    )


def steps_of(request: AccessRequest) -> list[RequestStep]:
    """What was done with it, the newest first."""
    absent = Officer.alias()
    steps = RequestStep.select(RequestStep, Officer, absent).where(RequestStep.request == request)
    steps = steps.join(Officer, on=RequestStep.officer == Officer.id).switch(RequestStep)
    steps = steps.join(absent, JOIN.LEFT_OUTER, on=RequestStep.absent == absent.id)
    return list(steps.order_by(RequestStep.id.desc()))


def note_step(
    request: AccessRequest,
    actor: Actor,
    step: Step,
    now: datetime,
    words: str = "",
    *,
    absent: Officer | None = None,
) -> None:
    """Write a step of its way down, and in whose name a deputy did it. Part of the caller's transaction."""
    RequestStep.create(request=request, officer=actor.person, absent=absent, kind=step, words=words, at=now)


def is_open_already(actor: Actor, request: AccessRequest, scope: Scope, terms: Terms) -> bool:
    """True when the standing right gives all that is asked for."""
    if scope.with_guarded or terms.level is Level.CLEAR or terms.may_copy:
        return False
    held = dossiers.rights(actor, request.dossier)
    named = Material.select().where(Material.public_id.in_(list(scope.materials)))
    decisions = [held.decide(material) for material in named]
    decisions += [
        held.decide_category(category, sensitivity)
        for category in map(Category, scope.categories)
        for sensitivity in ([Sensitivity.RESTRICTED] if scope.asks_guarded else [Sensitivity.ORDINARY])
    ]
    return all(decision.level >= terms.level for decision in decisions)


def new_letters(request: AccessRequest) -> list[Attachment]:
    """The letters that came since it was last handed in: nobody but the asker has seen them."""
    sent = request.submitted_at
    return [one for one in attachments.of(request) if sent is None or one.received_at > sent]


def with_dossiers() -> Any:
    """Requests with whose dossier they are about, and with who asks."""
    query = AccessRequest.select(AccessRequest, Dossier, Subject, Unit, Officer).join(Dossier).join(Subject)
    return query.join(Unit).switch(AccessRequest).join(Officer, on=AccessRequest.asker == Officer.id)


def waiting(*conditions: Any, at: datetime) -> list[AccessRequest]:
    """Those that wait at a moment, the one that waits longest first."""
    still = (AccessRequest.state == State.WAITING) & (AccessRequest.not_after > at)
    return list(
        with_dossiers().where(still, *conditions).order_by(AccessRequest.submitted_at, AccessRequest.id)
    )


def approvals_of(request: AccessRequest) -> list[RequestStep]:
    """The approvals that stand, in the order they were given."""
    steps = request.steps.order_by(RequestStep.id)
    return rules.standing_approvals((step.kind, step) for step in steps)


def _named(request: AccessRequest, parts: Iterable[RequestScope]) -> Named:
    materials = tuple(part.material for part in parts if part.material_id)
    codes = frozenset(part.category for part in parts if part.category)
    scope = Scope(frozenset(one.public_id for one in materials), codes, request.with_guarded)
    return Named(scope, materials)
