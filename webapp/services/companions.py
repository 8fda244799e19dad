"""Second officers who read along (同阅人): who is there at this moment.

Nothing runs to end their company: it is looked at whenever something is asked for, and is over with their sitting.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from webapp.domain.role import Role
from webapp.services import sessions, ties
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.archive import Dossier
from webapp.storage.reading import Companion, Viewing

ROLES = frozenset({Role.OFFICIAL, Role.ARCHIVIST})


def accompanied(actor: Actor, *, at: datetime) -> frozenset[int]:
    """Row ids of the dossiers that a second officer reads along now, in this sitting and role."""
    mine = (Viewing.session == actor.session) & (Viewing.role == actor.role)
    return frozenset(one.viewing.dossier_id for one in _present(mine, at))


def of(viewing: Viewing, *, at: datetime) -> Companion | None:
    """Who reads along in a viewing now; None when nobody does."""
    return next(_present(Viewing.id == viewing.id, at), None)


def beside(session: Session, *, at: datetime) -> list[Companion]:
    """The viewings in which the officer of this sitting reads along now."""
    return list(_present(Companion.session == session, at))


def names(viewing: Viewing) -> tuple[str, ...]:
    """Everybody who read along in a viewing at some time, in the order they came."""
    joined = Companion.select(Companion, Officer).join(Officer, on=Companion.officer == Officer.id)
    rows = joined.where(Companion.viewing == viewing).order_by(Companion.joined_at)
    return tuple({row.officer_id: row.officer.name for row in rows}.values())


def _present(where: Any, at: datetime) -> Iterator[Companion]:
    """Those who joined, did not leave, are still signed in, and were not told to keep away since."""
    query = (
        Companion.select(Companion, Viewing, Dossier, Session, Officer)
        .join(Viewing)
        .join(Dossier)
        .switch(Companion)
        .join(Session, on=Companion.session == Session.id)
        .join(Officer)
    )
    for one in query.where(where & Companion.joined_at.is_null(False) & Companion.left_at.is_null()):
        is_here = sessions.is_live(one.session, now=at) and one.session.role in ROLES
        if is_here and one.viewing.dossier.subject_id not in ties.subjects(one.session.officer):
            yield one
