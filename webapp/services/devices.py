"""Devices an officer has signed in on (登录设备): the first time on a new one is told to the officer.

Known is who holds the device cookie; the database has a keyed hash of it for each officer, and no trait of the device.
"""

from datetime import datetime, timedelta

from webapp.domain.errors import NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.services import audit, notices
from webapp.services.actor import Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction
from webapp.storage.passkeys import Device
from webapp.vault.vault import vault

REMEMBERED = timedelta(days=365)  # as long as the cookie lives


def note(session: Session, device_id: str, *, now: datetime) -> None:
    """Note a completed sign-in; tell the officer when it is the first on this device. In the caller's transaction.

    The very first device of an officer is the one they enrol on, and no news.
    """
    officer = session.officer
    Device.delete().where((Device.officer == officer) & (Device.seen_at < now - REMEMBERED)).execute()
    known = (Device.officer == officer) & (Device.device_hash == _hash_of(device_id, officer))
    if Device.update(seen_at=now).where(known).execute():
        return
    is_first = not Device.select().where(Device.officer == officer).exists()
    Device.create(
        officer=officer,
        device_hash=_hash_of(device_id, officer),
        session=session,
        seen_at=now,
        settled_at=now if is_first else None,
    )
    if not is_first:
        actor = Actor(officer, None, session)
        audit.append("device:new", actor=actor, at=now, kind="session", record=session.public_id)
        notices.notify(officer, NoticeKind.NEW_DEVICE, session.public_id, now=now)


def unsettled(actor: Actor, visitor: Visitor) -> list[Device]:
    """New devices the actor is still to be asked about, the newest first. Never the one they sit at."""
    here = _hash_of(visitor.device_id, actor.person)
    query = Device.select(Device, Session).join(Session).where(Device.officer == actor.person)
    query = query.where(Device.settled_at.is_null(), Device.device_hash != here)
    return list(query.order_by(Device.id.desc()))


@transaction()
def accept(public_id: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """It was me. Raises NotFound for what is not the actor's, is settled, or is the device they sit at."""
    _settle(public_id, actor=actor, visitor=visitor, now=now)
    audit.append("device:accepted", actor=actor, at=now, kind="device", record=public_id)


@transaction()
def refuse(public_id: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """It was not me: every other sitting ends, and the device is a stranger again. Raises NotFound as accept does."""
    if actor.session is None:
        raise Refused("请先登录", rule="no-session")
    device = _settle(public_id, actor=actor, visitor=visitor, now=now)
    Session.update(ended_at=now).where(
        (Session.officer == actor.person) & Session.ended_at.is_null() & (Session.id != actor.session.id)
    ).execute()
    audit.append("device:refused", actor=actor, at=now, kind="session", record=device.session.public_id)
    device.delete_instance()


def _settle(public_id: str, *, actor: Actor, visitor: Visitor, now: datetime) -> Device:
    device = next((one for one in unsettled(actor, visitor) if one.public_id == public_id), None)
    if device is None:
        raise NotFound("没有这条登录提醒，或者已经处理过")
    Device.update(settled_at=now).where(Device.id == device.id).execute()
    notices.settle([NoticeKind.NEW_DEVICE], device.session.public_id, now=now)
    return device


def _hash_of(device_id: str, officer: Officer) -> str:
    return vault.blind_index("device", f"{device_id}|{officer.public_id}")
