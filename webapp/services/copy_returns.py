"""Copies that are still out (未交回的复制件): their dossier's keeper notes when one was handed back or destroyed."""

from datetime import datetime
from typing import Any

from webapp.domain import copy_end
from webapp.domain.copy_end import End
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, dossiers
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Subject, Unit
from webapp.storage.copies import Copy
from webapp.storage.database import transaction
from webapp.storage.requests import Grant

LISTED = 100  # copies shown; those due first, so that the others come up as these are settled


def waiting(actor: Actor) -> int:
    """How many copies of dossiers the actor keeps are out."""
    return len(_kept(actor))


def listed(actor: Actor, *, now: datetime) -> list[Copy]:
    """The same, those due first; logged, for it names officers and dossiers. Raises Refused."""
    found = _kept(actor)[:LISTED]
    with transaction():
        audit.append("copies:listed", actor=actor, at=now, kind="copy", details={"copies": len(found)})
    return found


@transaction()
def settle(actor: Actor, copy_id: str, end: str, *, now: datetime) -> None:
    """Note that a copy was handed back or destroyed, once. Raises NotFound, Refused, Invalid, Conflict."""
    its = copy_end.checked(end)
    made = _copies().where(Copy.public_id == copy_id).get_or_none()
    if made is None:
        raise NotFound("没有这份复制件")
    dossiers.require_custody(actor, made.grant.dossier)
    if made.grant.officer_id == actor.person.id:
        raise Refused("自己制作的复制件由其他管理员登记去向", rule="copies:own")
    out = (Copy.id == made.id) & Copy.settled_at.is_null()
    if not Copy.update(settled_as=its, settled_at=now, settled_by=actor.person).where(out).execute():
        raise Conflict("这份复制件的去向已经登记过了")
    audit.append("copy:settled", actor=actor, at=now, kind="copy", record=copy_id, viewing=made.viewing.number,
                 details={"end": its.value, "copy": made.number})  # fmt: skip


def label(made: Copy) -> str:
    """What became of a copy, in words; empty while it is out."""
    return End(made.settled_as).label if made.settled_as else ""


def _kept(actor: Actor) -> list[Copy]:
    if actor.role is not Role.ARCHIVIST:
        raise Refused("复制件由档案管理员登记去向", rule="copies:role")
    standings = dossiers.standings(actor)
    out = _copies().where(Copy.settled_at.is_null()).order_by(Grant.not_after, Copy.id)
    others = out.where(Grant.officer != actor.person)
    return [made for made in others if standings.of(made.grant.dossier_id) is Standing.CUSTODY]


def _copies() -> Any:
    query = Copy.select(Copy, Grant, Dossier, Subject, Unit, Officer).join(Grant).join(Dossier).join(Subject)
    return query.join(Unit).switch(Grant).join(Officer, on=Grant.officer == Officer.id)
