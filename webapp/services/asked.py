"""What a request says (申请内容): its state, scope, terms and the steps of its way, for both sides of the table."""

from datetime import datetime

from peewee import JOIN

from webapp.domain import access_request as rules
from webapp.domain.access_request import State, Step, Terms
from webapp.domain.category import Category
from webapp.domain.disclosure import Sensitivity
from webapp.domain.grant import Scope
from webapp.services.actor import Actor
from webapp.services.grants import LEVELS
from webapp.storage.archive import Material
from webapp.storage.requests import AccessRequest, RequestScope, RequestStep


def state_of(request: AccessRequest, now: datetime) -> State:
    """Where it stands at a moment."""
    return rules.state_at(State(request.state), request.not_after, now)


def scope_of(request: AccessRequest) -> Scope:
    """What it names, as a value."""
    parts = RequestScope.select(Material.public_id, RequestScope.category).join(
        Material, JOIN.LEFT_OUTER, on=RequestScope.material == Material.id
    )
    rows = list(parts.where(RequestScope.request == request).tuples())
    materials, categories = {material for material, _ in rows}, {category for _, category in rows}
    return Scope(frozenset(materials - {None}), frozenset(categories - {""}), request.with_guarded)


def categories_in_words(request: AccessRequest) -> list[str]:
    """The categories it names as they are printed, in the catalogue's order."""
    named = sorted(map(Category, scope_of(request).categories))
    return [f"{category.display} {category.title()}" for category in named]


def terms_of(request: AccessRequest) -> Terms | None:
    """How far and how long it asks to read; None as long as that was not said."""
    if request.not_before is None or request.not_after is None:
        return None
    return Terms(
        LEVELS[request.level],
        request.not_before,
        request.not_after,
        request.minutes,
        request.may_print,
        request.may_export,
    )


def steps_of(request: AccessRequest) -> list[RequestStep]:
    """What was done with it, the newest first."""
    return list(request.steps.order_by(RequestStep.id.desc()))


def note_step(request: AccessRequest, actor: Actor, step: Step, now: datetime, words: str = "") -> None:
    """Write a step of its way down. Part of the caller's transaction."""
    RequestStep.create(request=request, officer=actor.person, kind=step, words=words, at=now)


def sensitivities(request: AccessRequest) -> frozenset[Sensitivity]:
    """How the materials it names one by one are guarded now."""
    named = Material.select(Material.sensitivity).join(RequestScope, on=RequestScope.material == Material.id)
    rows = named.where(RequestScope.request == request).tuples()
    return frozenset(Sensitivity(value) for (value,) in rows)
