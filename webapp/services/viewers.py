"""Who viewed one's dossier (谁看过我的档案): the viewings, and of each what was really sent, read from the log; and who
used its paper, from the register.

All are listed. Names in catalogues and search results, which open no page, are not viewings. Of materials
that are not listed to their subject nothing is told, and nothing shows that it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain import purpose as purposes
from webapp.domain.disclosure import Level
from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, corrections, dossiers, loan_register, units
from webapp.services.actor import Actor
from webapp.services.loan_register import Told
from webapp.services.sessions import ABSOLUTE
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.loans import Loan
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.storage.requests import Grant

SHOWN = 30  # viewings of one list

Sent = tuple[dict[str, Any], Page]  # the log's entry of a page that was sent, and the page


@dataclass(frozen=True, slots=True)
class Viewed:
    """One viewing as its subject is told of it."""

    viewing: Viewing
    unit_name: str

    @property
    def name(self) -> str:
        """Who viewed."""
        return str(self.viewing.officer.name)

    @property
    def role(self) -> str:
        """As what."""
        return Role(self.viewing.role).label

    @property
    def purpose(self) -> str:
        """What for, in words."""
        return purposes.label(self.viewing.purpose)


@dataclass(frozen=True, slots=True)
class Read:
    """What was sent of one material; page numbers in order."""

    title: str
    pages: tuple[int, ...]
    was_clear: bool  # unmasked
    was_copied: bool  # pages of it went into a copy that left the house


@dataclass(frozen=True, slots=True)
class Account:
    """A viewing in full, as far as its reads may be told: all else is said of these alone.

    approved_at -- when the request behind them was decided; None where the standing right sufficed
    last_at -- when the last of their pages was sent; None without any
    seconds -- names of those who read along
    """

    viewed: Viewed
    reads: tuple[Read, ...]
    approved_at: datetime | None
    last_at: datetime | None
    seconds: tuple[str, ...] = ()


def open_own(actor: Actor) -> Dossier:
    """The actor's own dossier, as far as who viewed it is theirs to know. Raises Refused, NotFound."""
    dossier = corrections.own_dossier(actor)
    decision = dossiers.decide_for(actor, dossier)
    if decision.level < Level.ROSTER:
        raise Refused(decision.reason, rule=decision.rule)
    return dossier


def count(dossier: Dossier) -> int:
    """How often others opened a dossier's pages or used its paper."""
    return int(_of(dossier, is_own=False).count() + Loan.select().where(Loan.dossier == dossier).count())


def listed(
    actor: Actor, *, is_own: bool = False, before: int | None = None, now: datetime
) -> tuple[list[Viewed], int | None]:
    """Viewings of the actor's dossier by others, or by the actor, newest first; logged. Raises Refused, NotFound.

    before -- the number that the list before gave as its second value; None there when there are no more.
    """
    dossier = open_own(actor)
    query = _of(dossier, is_own=is_own).order_by(Viewing.id.desc()).limit(SHOWN + 1)
    rows = list(query.where(Viewing.id < before) if before else query)
    with transaction():
        audit.append("viewers:listed", actor=actor, at=now, kind="dossier", record=dossier.public_id)
    names = units.full_names()
    found = [Viewed(row, names.get(row.officer.unit_id, "")) for row in rows[:SHOWN]]
    return found, rows[SHOWN - 1].id if len(rows) > SHOWN else None


def lent(actor: Actor, *, now: datetime) -> list[Told]:
    """Who borrowed, extracted from or copied the actor's dossier, newest first; logged. Raises Refused, NotFound.

    Whether it was whole may be said, but no title and no number: to name some materials tells of those it does not.
    """
    dossier = open_own(actor)
    with transaction():
        audit.append("viewers:listed", actor=actor, at=now, kind="dossier", record=dossier.public_id,
                     details={"of": "paper"})  # fmt: skip
    used = loan_register.with_dossiers().where(Loan.dossier == dossier)
    return loan_register.told(used.order_by(Loan.out_on.desc(), Loan.id.desc()), now=now)


def account(actor: Actor, viewing_id: str) -> Account:
    """One viewing of the actor's dossier, by its public id. Raises Refused, NotFound."""
    corrections.require_individual(actor)
    viewing = Viewing.get_or_none(Viewing.public_id == viewing_id)
    if viewing is None:
        raise NotFound("没有这次查阅的记录")
    if viewing.dossier != dossiers.own(actor):
        raise NotFound("没有这次查阅的记录", rule="viewing:not-own")
    dossier = open_own(actor)
    told = _told(actor, dossier, viewing)
    approved, along = _named(told, "grant"), _named(told, "second")
    grant = Grant.get_or_none(Grant.public_id.in_(approved)) if approved else None
    seconds = Officer.select().where(Officer.public_id.in_(along)).order_by(Officer.id) if along else ()
    name = units.full_name(viewing.officer.unit) if viewing.officer.unit else ""
    return Account(
        Viewed(viewing, name),
        tuple(_reads(told)),
        grant and grant.request.decided_at,
        datetime.fromisoformat(told[-1][0]["at"]) if told else None,
        tuple(officer.name for officer in seconds),
    )


def _of(dossier: Dossier, *, is_own: bool) -> Any:
    own = Viewing.purpose == purposes.OWN
    query = Viewing.select(Viewing, Officer).join(Officer).where(Viewing.dossier == dossier)
    return query.where(own if is_own else ~own)


def _sent(viewing: Viewing) -> Iterator[dict[str, Any]]:
    """The log's entries of pages that were sent in a viewing, in order. A sitting ends it, one way or another."""
    opened: datetime = viewing.opened_at
    ended: datetime | None = viewing.session.ended_at
    entries = audit.of_viewing(viewing.number, since=opened, until=ended or opened + ABSOLUTE)
    return (entry for entry in entries if entry["action"] == "page:delivered")


def _told(actor: Actor, dossier: Dossier, viewing: Viewing) -> list[Sent]:
    """What was sent, in order: pages that are still there, of materials that their subject may know of."""
    sent = list(_sent(viewing))
    held = Page.public_id.in_(list({entry["record"] for entry in sent}))
    rights = dossiers.rights(actor, dossier)
    pages = {
        page.public_id: page
        for page in Page.select(Page, Material).join(Material).where(held)
        if rights.decide(page.material).shows_catalogue
    }
    return [(entry, pages[entry["record"]]) for entry in sent if entry["record"] in pages]


def _named(told: list[Sent], what: str) -> list[str]:
    """The ids of one kind in the details of these entries."""
    return list({named for entry, _ in told if (named := entry.get("details", {}).get(what))})


def _reads(told: list[Sent]) -> Iterator[Read]:
    """The same by material, in the order it was opened."""
    by_material: dict[Material, list[Sent]] = {}
    for entry, page in told:
        by_material.setdefault(page.material, []).append((entry, page))
    for material, shown in by_material.items():
        numbers = tuple(sorted({page.number for _, page in shown}))
        details = [entry.get("details", {}) for entry, _ in shown]
        was_clear = any(each.get("rendition") == "clear" for each in details)
        yield Read(material.title, numbers, was_clear, any("copy" in each for each in details))
