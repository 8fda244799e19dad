"""Requests and grants in few words, made by the real services."""

from datetime import datetime, timedelta

from tests.builders import able, make_officer
from tests.moment import NOW
from webapp.domain.access_request import Terms
from webapp.domain.disclosure import Level
from webapp.domain.grant import UNDO, Scope
from webapp.domain.role import Role
from webapp.services import approvals, delegations, requests
from webapp.services.actor import Actor
from webapp.services.delegations import Period
from webapp.services.requests import Reason
from webapp.storage.accounts import Session
from webapp.storage.archive import Material
from webapp.storage.delegations import Delegation
from webapp.storage.requests import AccessRequest, Grant

REASON = Reason("2", "任前考察，核对学历学位")
DAY = timedelta(days=1)


def terms(
    level: Level = Level.MASKED,
    *,
    minutes: int = 60,
    now: datetime = NOW,
    days: int = 3,
    may_copy: bool = False,
) -> Terms:
    return Terms(level, now, now + days * DAY, minutes, may_copy)


def make_draft(
    asker: Actor, *materials: Material, categories: str = "", with_guarded: bool = False, now: datetime = NOW
) -> AccessRequest:
    """A draft that names materials of one dossier, and categories by code; categories alone need a material too."""
    dossier = materials[0].dossier
    scope = Scope(
        frozenset() if categories else frozenset(one.public_id for one in materials),
        frozenset(categories.split()),
        with_guarded,
    )
    draft = requests.begin(asker, dossier.public_id, REASON, first=Scope(), now=now)
    requests.change_scope(asker, draft.public_id, scope, now=now)
    return draft


def make_request(
    asker: Actor,
    *materials: Material,
    level: Level = Level.MASKED,
    minutes: int = 60,
    days: int = 3,
    now: datetime = NOW,
    may_copy: bool = False,
    **scope,
) -> AccessRequest:
    """A request that waits for its approver."""
    draft = make_draft(asker, *materials, now=now, **scope)
    asked_for = terms(level, minutes=minutes, now=now, days=days, may_copy=may_copy)
    requests.change_terms(asker, draft.public_id, asked_for, now=now)
    return requests.submit(asker, draft.public_id, now=now)


def make_approver(*, is_proven: bool = True, now: datetime = NOW, is_able: bool = False, **more) -> Actor:
    """An approver who gave a code just now. is_able -- may sign in, so that they are told and may be a deputy"""
    actor = (able if is_able else make_officer)(Role.APPROVER, **more)
    if is_proven:
        Session.update(proved_at=now).where(Session.id == actor.session.id).execute()
    return Actor(actor.officer, actor.role, Session.get_by_id(actor.session.id))


def stand_in(deputy: Actor, absent: Actor, *, now: datetime = NOW, days: int = 7) -> Delegation:
    """The deputy decides for the absent one from now on. Both may sign in."""
    return delegations.name(absent, deputy.person.public_id, Period(now, now + days * DAY), "出差", now=now)


def approve(request: AccessRequest, *approvers: Actor, now: datetime = NOW, **more) -> Grant:
    """As many approvals as it needs; the grant is in force UNDO later."""
    held = approvers or tuple(make_approver(now=now) for _ in range(request.approvals_needed))
    for approver in held:
        version = AccessRequest.get_by_id(request.id).version
        grant = approvals.approve(approver, request.public_id, version=version, now=now, **more)
    return grant


def granted(asker: Actor, *materials: Material, now: datetime = NOW, **asked) -> Grant:
    """A grant that is in force at `now`."""
    before = now - UNDO
    return approve(make_request(asker, *materials, now=before, **asked), now=before)
