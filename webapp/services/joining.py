"""Joining a viewing as its second officer (同阅): a place with a code, taken once, left at any time.

The code is not stored: it follows from the place by a key, so that the reader's screen can show it again.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain import companion as rules
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.services import audit, companions, dossiers, readable, sessions, throttles
from webapp.services.actor import Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.archive import Dossier, Subject
from webapp.storage.database import transaction
from webapp.storage.reading import Companion, Viewing
from webapp.vault.vault import vault

WRONG_CODE = "没有这个同阅码，或者它已经用过、过期。请看查阅人手机上现在显示的 8 位数字"


@dataclass(frozen=True, slots=True)
class Place:
    """The place for a second officer in a viewing, with its code, as long as nobody took it."""

    viewing: Viewing
    code: str
    until: datetime


@transaction()
def invite(actor: Actor, material_id: str, *, now: datetime) -> None:
    """Make a place for a second officer in the actor's viewing of this material's dossier; an earlier one is void.

    Raises NotFound, Refused; Conflict without a viewing, or where nobody is awaited.
    """
    material = readable.material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=now)
    readable.require_pages(actor, material, rights.decide(material), now)
    viewing = readable.viewing_of(actor, material.dossier)
    if viewing is None or not rights.wants_company:
        raise Conflict("这次查阅现在不用请人同阅，请返回重新打开材料")
    Companion.delete().where((Companion.viewing == viewing) & Companion.joined_at.is_null()).execute()
    Companion.create(viewing=viewing, invited_at=now)
    _log("companion:invited", actor, viewing, now)


def place_in(viewing: Viewing, *, at: datetime) -> Place | None:
    """The place that is free in a viewing of one's own; None when there is none, or its time is over."""
    row = Companion.get_or_none((Companion.viewing == viewing) & _is_free(at))
    return Place(viewing, _code(row), row.invited_at + rules.WAIT) if row else None


def look(actor: Actor, code: str, *, visitor: Visitor, now: datetime) -> Viewing:
    """Whose viewing of whose dossier a code invites to; logged. A wrong code counts against the throttle.

    Raises Refused for a wrong code and for who may not join, Throttled.
    """
    viewing = _invited(actor, code, visitor, now).viewing
    with transaction():
        _require_may_join(actor, viewing, now)
        _log("companion:looked", actor, viewing, now)
    return viewing


def join(actor: Actor, code: str, *, visitor: Visitor, now: datetime) -> None:
    """Take the place, once. Raises as look does; Conflict when it was taken since; Refused without a fresh proof."""
    row = _invited(actor, code, visitor, now)
    with transaction():
        _require_may_join(actor, row.viewing, now)
        if not sessions.is_proven(actor, now=now):
            raise Refused("确认同阅前请先输入验证码", rule="step-up")
        place = (Companion.id == row.id) & _is_free(now)
        taken = {"officer": actor.person, "session": actor.session, "joined_at": now}
        if not Companion.update(taken).where(place).execute():
            raise Conflict("这个同阅码刚刚失效，请查阅人重新生成")
        _log("companion:joined", actor, row.viewing, now)


@transaction()
def leave(actor: Actor, companion_id: str, *, now: datetime) -> None:
    """Read along no longer. Raises NotFound for another's place, Conflict when it ended."""
    row = Companion.get_or_none(Companion.public_id == companion_id)
    if row is None or row.officer_id != actor.person.id:
        raise NotFound("没有这次同阅")
    here = (Companion.id == row.id) & Companion.left_at.is_null()
    if not Companion.update(left_at=now).where(here).execute():
        raise Conflict("这次同阅已经结束")
    _log("companion:left", actor, row.viewing, now)


def _invited(actor: Actor, code: str, visitor: Visitor, now: datetime) -> Companion:
    """The free place that a code names. In transactions of its own: a wrong try stays counted."""
    typed = rules.code_typed(code)
    reserved = throttles.reserve(
        throttles.buckets("join", actor.person.login, actor.person, visitor), now=now
    )
    query = (
        Companion.select(Companion, Viewing, Officer, Session, Dossier, Subject)
        .join(Viewing)
        .join(Officer, on=Viewing.officer == Officer.id)
        .switch(Viewing)
        .join(Session, on=Viewing.session == Session.id)
        .switch(Viewing)
        .join(Dossier)
        .join(Subject)
    )
    named = [
        row for row in query.where(_is_free(now)) if hmac.compare_digest(_code(row).encode(), typed.encode())
    ]
    if len(named) != 1 or not sessions.is_live(named[0].viewing.session, now=now):
        raise Refused(WRONG_CODE, rule="companion:code")
    throttles.give_back(reserved)
    return named[0]


def _require_may_join(actor: Actor, viewing: Viewing, now: datetime) -> None:
    """Return only for another officer at work, whom nothing keeps from the dossier, its reader or its approval."""
    if actor.role not in companions.ROLES:
        raise Refused("查阅人员或档案管理员才能同阅", rule="companion:role")
    if viewing.officer_id == actor.person.id:
        raise Refused("同阅的要是另一个人", rule="companion:self")
    if bar := companions.bar(actor.person, viewing, at=now):
        raise bar


def _is_free(at: datetime) -> Any:
    return Companion.joined_at.is_null() & (Companion.invited_at > at - rules.WAIT)


def _code(row: Companion) -> str:
    return rules.code_of(vault.blind_index("companion", row.public_id))


def _log(action: str, actor: Actor, viewing: Viewing, now: datetime) -> None:
    audit.append(action, actor=actor, at=now, kind="viewing", record=viewing.public_id, viewing=viewing.number,
                 purpose=viewing.purpose)  # fmt: skip
