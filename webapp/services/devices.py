"""Devices an officer has signed in on (登录设备): the first time on a new one is told to the officer.

Known is who holds the device cookie; the database has a keyed hash of it for each officer, and no trait of the device.
Every sitting keeps the hash it was signed in with: whose device it is on does not rest on what is sent later.
"""

from datetime import datetime, timedelta

from webapp.domain.errors import NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.services import audit, notices, push
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction
from webapp.storage.passkeys import Device, Passkey
from webapp.vault.vault import vault

REMEMBERED = timedelta(days=365)  # as long as the cookie lives


def note(session: Session, device_id: str, *, now: datetime) -> None:
    """Note a completed sign-in; tell the officer when it is the first on this device. In the caller's transaction.

    The very first device of an officer is the one they enrol on, and no news.
    """
    officer = session.officer
    Device.delete().where((Device.officer == officer) & (Device.seen_at < now - REMEMBERED)).execute()
    session.device_hash = _hash_of(device_id, officer)
    Session.update(device_hash=session.device_hash).where(Session.id == session.id).execute()
    push.carry_over(session)
    known = (Device.officer == officer) & (Device.device_hash == session.device_hash)
    if Device.update(seen_at=now).where(known).execute():
        return
    is_first = not Device.select().where(Device.officer == officer).exists()
    Device.create(
        officer=officer,
        device_hash=session.device_hash,
        session=session,
        seen_at=now,
        settled_at=now if is_first else None,
    )
    if not is_first:
        actor = Actor(officer, None, session)
        audit.append("device:new", actor=actor, at=now, kind="session", record=session.public_id)
        notices.notify(officer, NoticeKind.NEW_DEVICE, session.public_id, now=now)


def unsettled(actor: Actor) -> list[Device]:
    """New devices the actor is still to be asked about, the newest first. Never the one of their sitting."""
    query = Device.select(Device, Session).join(Session).where(Device.officer == actor.person)
    query = query.where(Device.settled_at.is_null(), Device.device_hash != _here(actor))
    return list(query.order_by(Device.id.desc()))


def find(public_id: str, *, actor: Actor) -> Device:
    """One of them. Raises NotFound for what is not the actor's, is settled, or is the device of their sitting."""
    found = next((device for device in unsettled(actor) if device.public_id == public_id), None)
    if found is None:
        raise NotFound("没有这条登录提醒，或者已经处理过")
    return found


def may_accept(actor: Actor) -> bool:
    """True on a settled device: a new one speaks for no other, else a stranger's second would for their first."""
    here = (Device.officer == actor.person) & (Device.device_hash == _here(actor))
    return Device.select().where(here & Device.settled_at.is_null(False)).exists()


@transaction()
def accept(public_id: str, *, actor: Actor, now: datetime) -> None:
    """It was me. Raises NotFound as find does, or Refused where the actor's own device is not settled."""
    device = find(public_id, actor=actor)
    if not may_accept(actor):
        raise Refused("请到您以前用过的设备上确认", rule="device-unsettled")
    Device.update(settled_at=now).where(Device.id == device.id).execute()
    notices.settle([NoticeKind.NEW_DEVICE], device.session.public_id, now=now)
    audit.append("device:accepted", actor=actor, at=now, kind="device", record=public_id)


@transaction()
def refuse(public_id: str, *, actor: Actor, now: datetime) -> None:
    """It was not me: every other sitting ends, and the device is a stranger again, without the passkeys added there.

    Raises NotFound as find does.
    """
    if actor.session is None:
        raise Refused("请先登录", rule="no-session")
    device = find(public_id, actor=actor)
    Session.update(ended_at=now).where(
        (Session.officer == actor.person) & Session.ended_at.is_null() & (Session.id != actor.session.id)
    ).execute()
    added_there = (Passkey.officer == actor.person) & (Passkey.device_hash == device.device_hash)
    for passkey in Passkey.select().where(added_there).order_by(Passkey.id):
        passkey.delete_instance()
        audit.append("passkey:removed", actor=actor, at=now, kind="passkey", record=passkey.public_id)
    device.delete_instance()
    notices.settle([NoticeKind.NEW_DEVICE], device.session.public_id, now=now)
    audit.append("device:refused", actor=actor, at=now, kind="session", record=device.session.public_id)


def forget_all(officer: Officer) -> None:
    """Know none of an officer's devices: the next one they sign in on is their first. In the caller's transaction."""
    Device.delete().where(Device.officer == officer).execute()


def _here(actor: Actor) -> str:
    """The device of the actor's sitting, as was noted when it began: a cookie can be taken away since."""
    return str(actor.session.device_hash) if actor.session else ""


def _hash_of(device_id: str, officer: Officer) -> str:
    return vault.blind_index("device", f"{device_id}|{officer.public_id}")
