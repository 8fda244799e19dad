"""Entries of the register of borrowed paper in few words, made by the real services."""

from datetime import datetime, timedelta

from tests.builders import keeper_of
from tests.moment import NOW
from webapp.domain.local_time import day
from webapp.services import loans
from webapp.services.actor import Actor
from webapp.services.loans import Entry
from webapp.storage.archive import Dossier, Material
from webapp.storage.loans import Loan

WEEK = timedelta(days=7)


def entry(taker: Actor | str = "", *, now: datetime = NOW, **more) -> Entry:
    """A whole dossier borrowed today for a week by a form on paper, unless `more` says otherwise."""
    said = {
        "kind": "borrow",
        "taker": taker if isinstance(taker, str) else taker.person.login,
        "purpose": "2",
        "paper_number": "云组查〔2026〕12号",
        "out_on": day(now),
        "due_on": day(now) + WEEK,
        "is_checked": True,
    }
    return Entry(**(said | more))


def enter(keeper: Actor, dossier: Dossier, filled: Entry, *, now: datetime = NOW, days: int = 7) -> Loan:
    return loans.enter(keeper, dossier.public_id, filled, days=days, now=now)


def lent(paper: Dossier | Material, taker: Actor | str, *, now: datetime = NOW, **more) -> Loan:
    """A dossier, or one material of it, lent by its keeper."""
    dossier = paper if isinstance(paper, Dossier) else paper.dossier
    if isinstance(paper, Material):
        more.setdefault("material_ids", frozenset({paper.public_id}))
    return enter(keeper_of(dossier), dossier, entry(taker, now=now, **more), now=now)
