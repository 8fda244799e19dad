"""What an approver decides by (待办): what waits, by urgency; what one request would disclose, and what is unusual."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.access_request import State
from webapp.services import approvals, asked, audit, deciders
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.services.asked import Named
from webapp.services.clues import Clues, Disclosed
from webapp.services.deciders import Say
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
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
    """A page of the list. number -- of the page, from 1; total -- how many wait in all."""

    listed: tuple[Todo, ...]
    number: int
    total: int

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
    rows = approvals.waiting(at=now)
    says = deciders.says(actor, rows, at=now)
    mine = [one for one in rows if says[one.id].bar is None]
    mine.sort(key=lambda one: not _is_urgent(one, now))
    number = max(1, min(page, -(-len(mine) // LISTED)))
    shown = mine[(number - 1) * LISTED : number * LISTED]
    return Todos(tuple(_cards(actor, shown, says, now)), number, len(mine))


def stranded(*, now: datetime) -> dict[int, int]:
    """How many requests wait that nobody may decide, by row id of the unit: those who give scopes are to help."""
    rows = approvals.waiting(at=now)
    able = deciders.able(rows, at=now)
    return dict(Counter(one.dossier.subject.unit_id for one in rows if not able[one.id]))


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


def _cards(
    actor: Actor, requests: Sequence[AccessRequest], says: Mapping[int, Say], now: datetime
) -> Iterator[Todo]:
    clues, named = Clues(now, actor.person), asked.named_in(requests)
    for request in requests:
        its = named[request.id]
        is_guarded = approvals.needs_code(request, its)
        terms = asked.terms_of(request)
        unusual = clues.of(request, Offer(its.scope, terms)) if terms and not is_guarded else ()
        absent = says[request.id].absent
        yield Todo(request, its, _is_urgent(request, now), is_guarded, unusual, absent)


def _is_urgent(request: AccessRequest, now: datetime) -> bool:
    return request.not_after - now < SOON or now - request.submitted_at > SOON
