"""What an approver decides by (待办): what waits, by urgency; what one request would disclose, and what is unusual."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from webapp.services.deciders import Say
from webapp.services.fact_queries import Told
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.delegations import Delegation
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
    absent: Officer | None  # in whose name a deputy decides it


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
    absent -- in whose name a deputy decides it
    """

    request: AccessRequest
    state: State
    offer: Offer
    disclosed: tuple[Disclosed, ...]
    unusual: tuple[str, ...]
    needs_code: bool
    needed: int
    steps: tuple[RequestStep, ...]
    absent: Officer | None

    @property
    def pages(self) -> int:
        """Pages that would be opened."""
        return sum(each.pages for each in self.disclosed)


def todo(actor: Actor, *, now: datetime, page: int = 1) -> Todos:
    """A page of what the actor may decide: urgent ones first, then by how long they wait. Raises Refused.

    page -- from 1; the last one when there are fewer
    """
    rows, says = _waiting(actor, now)
    mine = sorted(rows, key=lambda one: not _is_urgent(one, now))
    number = max(1, min(page, -(-len(mine) // LISTED)))
    shown = mine[(number - 1) * LISTED : number * LISTED]
    queries = fact_approvals.waiting(actor, at=now)
    cards = tuple(_cards(actor, shown, says, now))
    return Todos(cards, tuple(queries), number, len(mine), _mark(rows, queries))


def stranded(*, now: datetime) -> dict[int, int]:
    """How many requests wait that nobody may decide, by row id of the unit: those who give scopes are to help."""
    rows = asked.waiting(at=now)
    able = deciders.able(rows, at=now)
    left: list[AccessRequest | FactQuery] = [one for one in rows if not able[one.id]]
    left += fact_approvals.stranded(at=now)
    return dict(Counter(one.dossier.subject.unit_id for one in left))


class Watch:
    """What waits for one approver, looked at again and again: cheap as long as nothing that was asked takes a step."""

    def __init__(self, actor: Actor):
        self._actor, self._mark = actor, ""
        self._seen: tuple[int, ...] = ()

    def mark(self, *, now: datetime) -> str:
        """Another text whenever another list waits for this approver; it tells nothing of what is on it."""
        awaited = fn.SUM(FactQuery.state == FactState.AWAITED)
        step = RequestStep.select(fn.MAX(RequestStep.id)).scalar() or 0
        stood_in = Delegation.select(fn.COUNT(Delegation.id), fn.COUNT(Delegation.ended_at)).tuples().get()
        seen = (step, *stood_in, *FactQuery.select(fn.MAX(FactQuery.id), awaited).tuples().get())
        if seen != self._seen:
            self._seen = seen
            self._mark = _mark(_waiting(self._actor, now)[0], fact_approvals.waiting(self._actor, at=now))
        return self._mark


def opened(actor: Actor, request_id: str, *, now: datetime) -> Case:
    """One request in full; logged, since it names titles. Raises NotFound, Refused for who may not decide it."""
    request = approvals.find(request_id)
    absent = deciders.require(actor, request, at=now)
    offer, state = approvals.offer_of(request), asked.state_of(request, now)
    clues, waits = Clues(now, actor.person), state is State.WAITING
    with transaction():
        name = {"absent": absent.public_id} if absent else {}
        audit.append("request:opened", actor=actor, at=now, kind="request", record=request.public_id,
                     details={"dossier": request.dossier.public_id, **name})  # fmt: skip
    return Case(
        request,
        state,
        offer,
        clues.disclosed(request.dossier, offer.scope) if waits else (),
        clues.of(request, offer) if waits else (),
        approvals.needs_code(request),
        approvals.needed(request),
        tuple(asked.steps_of(request)),
        absent,
    )


def _waiting(actor: Actor, now: datetime) -> tuple[list[AccessRequest], dict[int, Say]]:
    """What the actor may decide, by how long it waits, and in whose name. Raises Refused."""
    rows = asked.waiting(at=now)
    says = deciders.says(actor, rows, at=now)
    return [one for one in rows if says[one.id].bar is None], says


def _mark(waiting: Iterable[AccessRequest], queries: Iterable[Told]) -> str:
    requests = (f"{one.public_id}/{one.version}" for one in waiting)
    seen = " ".join((*requests, *(told.query.public_id for told in queries)))
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _cards(
    actor: Actor, requests: Sequence[AccessRequest], says: Mapping[int, Say], now: datetime
) -> Iterator[Todo]:
    clues, named = Clues(now, actor.person), asked.named_in(requests)
    decided = policy.current().policy
    for request in requests:
        its = named[request.id]
        is_guarded = approvals.needs_code(request, named=its, decided=decided)
        terms = asked.terms_of(request)
        unusual = clues.of(request, Offer(its.scope, terms)) if terms and not is_guarded else ()
        absent = says[request.id].absent
        yield Todo(request, its, _is_urgent(request, now), is_guarded, unusual, absent)


def _is_urgent(request: AccessRequest, now: datetime) -> bool:
    return request.not_after - now < SOON or now - request.submitted_at > SOON
