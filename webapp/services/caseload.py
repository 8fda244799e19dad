"""What an approver decides by (待办): what waits, by urgency; what one request would disclose, and what is unusual."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from webapp.domain.access_request import State
from webapp.domain.fact import State as FactState
from webapp.services import approvals, asked, audit, deciders, fact_approvals, policy
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.services.asked import Named
from webapp.services.clues import Clues, Disclosed
from webapp.services.fact_queries import Told
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.facts import FactQuery
from webapp.storage.requests import AccessRequest, RequestStep

LISTED = 20  # requests on one page of the list
SOON = timedelta(
    hours=24
)  # urgent: the time asked for is almost over, or the asker waits for longer than this


@dataclass(frozen=True, slots=True)
class Todo:
    """A request on the list, with what is to be seen before it is decided there."""

    request: AccessRequest
    named: Named
    is_urgent: bool
    is_guarded: bool  # no tap and no batch will do
    unusual: tuple[str, ...]  # clues, where one tap decides; the others are opened first


@dataclass(frozen=True, slots=True)
class Todos:
    """A page of the list. number -- of the page, from 1; total -- how many wait in all; mark -- see Watch.

    queries -- for facts, which wait beside the requests on every page
    """

    listed: tuple[Todo, ...]
    queries: tuple[Told, ...]
    number: int
    total: int
    mark: str

    @property
    def is_more(self) -> bool:
        """True when another page follows."""
        return self.number * LISTED < self.total


@dataclass(frozen=True, slots=True)
class Case:
    """One request before its approver.

    offer -- what would be given now
    disclosed, unusual -- what that opens, and clues; empty once it is decided: who decided looks no further
    """

    request: AccessRequest
    state: State
    offer: Offer
    disclosed: tuple[Disclosed, ...]
    unusual: tuple[str, ...]
    needs_code: bool
    needed: int
    steps: tuple[RequestStep, ...]

    @property
    def pages(self) -> int:
        """Pages that would be opened."""
        return sum(each.pages for each in self.disclosed)


def todo(actor: Actor, *, now: datetime, page: int = 1) -> Todos:
    """A page of what the actor may decide: urgent ones first, then by how long they wait. Raises Refused.

    page -- from 1; the last one when there are fewer
    """
    waiting = _waiting(actor, now)
    mine = sorted(waiting, key=lambda one: not _is_urgent(one, now))
    number = max(1, min(page, -(-len(mine) // LISTED)))
    shown = mine[(number - 1) * LISTED : number * LISTED]
    queries = fact_approvals.waiting(actor)
    return Todos(tuple(_cards(shown, now)), tuple(queries), number, len(mine), _mark(waiting, queries))


class Watch:
    """What waits for one approver, looked at again and again: cheap as long as nothing that was asked takes a step."""

    def __init__(self, actor: Actor):
        self._actor, self._mark = actor, ""
        self._seen: tuple[int, ...] = ()

    def mark(self, *, now: datetime) -> str:
        """Another text whenever another list waits for this approver; it tells nothing of what is on it."""
        awaited = fn.SUM(FactQuery.state == FactState.AWAITED)
        step = RequestStep.select(fn.MAX(RequestStep.id)).scalar() or 0
        seen = (step, *FactQuery.select(fn.MAX(FactQuery.id), awaited).tuples().get())
        if seen != self._seen:
            self._seen = seen
            self._mark = _mark(_waiting(self._actor, now), fact_approvals.waiting(self._actor))
        return self._mark


def opened(actor: Actor, request_id: str, *, now: datetime) -> Case:
    """One request in full; logged, since it names titles. Raises NotFound, Refused for who may not decide it."""
    request = approvals.find(request_id)
    deciders.require(actor, request)
    offer, state = approvals.offer_of(request), asked.state_of(request, now)
    clues, waits = Clues(now), state is State.WAITING
    with transaction():
        audit.append("request:opened", actor=actor, at=now, kind="request", record=request.public_id,
                     details={"dossier": request.dossier.public_id})  # fmt: skip
    return Case(
        request,
        state,
        offer,
        clues.disclosed(request.dossier, offer.scope) if waits else (),
        clues.of(request, offer) if waits else (),
        approvals.needs_code(request),
        approvals.needed(request),
        tuple(asked.steps_of(request)),
    )


def _waiting(actor: Actor, now: datetime) -> list[AccessRequest]:
    """What the actor may decide, by how long it waits. Raises Refused."""
    query = AccessRequest.select(AccessRequest, Dossier, Subject, Unit, Officer).join(Dossier).join(Subject)
    query = query.join(Unit).switch(AccessRequest).join(Officer, on=AccessRequest.asker == Officer.id)
    waiting = (AccessRequest.state == State.WAITING) & (AccessRequest.not_after > now)
    rows = list(query.where(waiting).order_by(AccessRequest.submitted_at, AccessRequest.id))
    barred = deciders.bars(actor, rows)
    return [one for one in rows if one.id not in barred]


def _mark(waiting: Iterable[AccessRequest], queries: Iterable[Told]) -> str:
    requests = (f"{one.public_id}/{one.version}" for one in waiting)
    seen = " ".join((*requests, *(told.query.public_id for told in queries)))
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _cards(requests: Sequence[AccessRequest], now: datetime) -> Iterator[Todo]:
    clues, named, decided = Clues(now), asked.named_in(requests), policy.current().policy
    for request in requests:
        its = named[request.id]
        is_guarded = approvals.needs_code(request, named=its, decided=decided)
        terms = asked.terms_of(request)
        unusual = clues.of(request, Offer(its.scope, terms)) if terms and not is_guarded else ()
        yield Todo(request, its, _is_urgent(request, now), is_guarded, unusual)


def _is_urgent(request: AccessRequest, now: datetime) -> bool:
    return request.not_after - now < SOON or now - request.submitted_at > SOON
