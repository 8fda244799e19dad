"""The pages whose masks wait for a person (待核对): those first that a reader came for, then the oldest."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN, Expression, ModelSelect, fn

from webapp.domain.disclosure import MaskState, Standing
from webapp.domain.role import Role
from webapp.services import audit, dossiers, policy, units
from webapp.services.actor import Actor
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.masking import AwaitedPage
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in the queue. `number` counts from 1; None when it does not wait."""

    number: int | None
    total: int
    following: (
        Page | None
    )  # the next that waits, from the first again after the last; None when no other does


def queue(actor: Actor, *, limit: int = 50) -> tuple[list[Page], int]:
    """The first pages in the actor's custody that wait for a person to look, and how many wait in all.

    Withheld ones; where the policy shows no page on a machine's word alone, those masked by machine too.
    """
    query = waiting(actor)
    return list(query.limit(limit)), query.count()


def listed(actor: Actor, *, now: datetime) -> tuple[list[Page], int]:
    """The queue for somebody who looks at it: it names people and titles, so the look is logged."""
    pages, total = queue(actor)
    with transaction():
        audit.append("masks:listed", actor=actor, at=now, kind="page", details={"pages": len(pages)})
    return pages, total


def place_of(actor: Actor, page: Page) -> Place:
    """Where a page stands among those that wait, and which comes after it."""
    everything = waiting(actor)
    total = everything.count()
    others = everything.where(Page.id != page.id)
    after = others.where(_comes_after(page))
    is_waiting = everything.where(Page.id == page.id).exists()
    number = total - after.count() if is_waiting else None
    return Place(number, total, after.limit(1).first() or others.limit(1).first())


def checked_since(actor: Actor, began: datetime) -> int:
    """How many pages the actor has checked since a time."""
    mine = (Page.verified_by == actor.person) & (Page.verified_at >= began)
    return int(Page.select().where(mine & (Page.mask_state == MaskState.VERIFIED.value)).count())


def counts() -> dict[str, int]:
    """How many pages of the archive are in each mask state."""
    return dict(Page.select(Page.mask_state, fn.COUNT(Page.id)).group_by(Page.mask_state).tuples())


def awaited(pages: Iterable[Page]) -> dict[int, datetime]:
    """Of these pages those that a reader came for and since when, by row id."""
    rows = AwaitedPage.select(AwaitedPage.page, AwaitedPage.since).where(AwaitedPage.page.in_(list(pages)))
    return dict(rows.tuples())


def await_pages(actor: Actor, viewing: Viewing, pages: Collection[Page], *, now: datetime) -> None:
    """A reader came for pages that are withheld: they go to the front of the queue, the first time with an entry."""
    known = awaited(pages)
    fresh = [page for page in pages if page.id not in known]
    if not fresh:
        return
    with transaction():
        for page in fresh:
            AwaitedPage.insert(page=page, since=now).on_conflict_ignore().execute()
            audit.append("page:awaited", actor=actor, at=now, kind="page", record=page.public_id,
                         viewing=viewing.number, purpose=viewing.purpose)  # fmt: skip


def waiting(actor: Actor) -> ModelSelect:
    """Every page that the actor should check, in the order of the queue."""
    kept = dossiers.scope_paths(actor, dossiers.CUSTODY) if actor.role is Role.ARCHIVIST else []
    states = [MaskState.WITHHELD.value]
    if not policy.current().policy.auto_masks:
        states.append(MaskState.AUTO.value)
    others = [
        i for i, standing in dossiers.standings(actor).by_dossier.items() if standing is not Standing.CUSTODY
    ]
    return (
        Page.select(Page, Material, Dossier, Subject)
        .join(Material)
        .join(Dossier)
        .join(Subject)
        .join(Unit)
        .join_from(Page, AwaitedPage, JOIN.LEFT_OUTER)
        .where(Page.mask_state.in_(states) & units.within(kept))
        .where(Dossier.id.not_in(others))
        .order_by(AwaitedPage.since.is_null(), AwaitedPage.since, Page.id)
    )


def _comes_after(page: Page) -> Expression:
    """Pages behind this one in that order."""
    since = awaited([page]).get(page.id)
    later = AwaitedPage.since.is_null()
    if since is None:
        return later & (Page.id > page.id)
    return later | (AwaitedPage.since > since) | ((AwaitedPage.since == since) & (Page.id > page.id))
