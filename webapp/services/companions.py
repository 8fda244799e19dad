"""Second officers who read along (同阅人): who is there at this moment.

Nothing runs to end their company: it is looked at whenever something is asked for, and is over with their sitting,
or when something comes up that would have kept them from joining.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from webapp.domain.errors import Refused
from webapp.domain.role import Role
from webapp.services import grants, sessions, ties
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


def bar(person: Officer, viewing: Viewing, *, at: datetime) -> Refused | None:
    """What keeps an officer from reading along: the dossier, its reader, or that they approved it."""
    subject = viewing.dossier.subject_id
    if person.subject_id == subject:
        return Refused("任何人不得以工作身份查阅本人档案，也不能同阅", rule="companion:own")
    if subject in ties.subjects(person):
        return Refused("您与该干部存在回避关系，不能同阅", rule="companion:recused")
    if viewing.officer_id in ties.officers(person):
        return Refused("您与查阅人存在回避关系，不能同阅", rule="companion:related")
    if person.id in _approvers(viewing, at):
        return Refused("批准这次查阅的人不能同阅，请另请一位", rule="companion:approver")
    return None


def names(viewing: Viewing) -> tuple[str, ...]:
    """Everybody who read along in a viewing at some time, in the order they came."""
    joined = Companion.select(Companion, Officer).join(Officer, on=Companion.officer == Officer.id)
    rows = joined.where(Companion.viewing == viewing).order_by(Companion.joined_at)
    return tuple({row.officer_id: row.officer.name for row in rows}.values())


def _approvers(viewing: Viewing, at: datetime) -> frozenset[int]:
    """Who gave the grants in force here: they are no witness of what they allowed."""
    reader = Actor(viewing.officer, Role(viewing.role), viewing.session)
    held = grants.in_force(reader, at=at, dossier=viewing.dossier)
    return grants.approvers(held.get(viewing.dossier_id, ()))


def _present(where: Any, at: datetime) -> Iterator[Companion]:
    """Those who joined, did not leave, are still signed in, and whom nothing keeps away since."""
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
        if is_here and bar(one.session.officer, one.viewing, at=at) is None:
            yield one
