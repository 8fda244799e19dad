"""Push to a device (推送): what a browser gave us to reach it by, kept sealed as long as its sitting was not ended.

A sitting that ran out leaves the device subscribed, else nobody would be told anything; one that was ended does not.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.errors import Invalid
from webapp.domain.push_hub import checked_endpoint
from webapp.services import audit
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import new_public_id, transaction
from webapp.storage.notices import PushSubscription
from webapp.vault import web_push
from webapp.vault.keyring import Purpose
from webapp.vault.vault import vault

KEPT = timedelta(days=30)  # after the device was used last
_LONGEST = 4096  # characters of what a browser sends
_BROKEN = "浏览器没有给出完整的推送地址，请再试一次"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A device, as its browser described it: where to push, its public key, and the secret shared with it."""

    endpoint: str
    public_key: bytes
    auth: bytes


def public_key() -> str:
    """The key by which hubs know this instance, as browsers take it."""
    return web_push.encoded(web_push.public_bytes(web_push.key_of(vault.ring.key(Purpose.PUSH))))


@transaction()
def subscribe(actor: Actor, told: str, *, hosts: Sequence[str], now: datetime) -> None:
    """Push to the actor's device from now on.

    told -- PushSubscription.toJSON() of its browser; hosts -- to which hubs may be pushed. Raises Invalid.
    """
    receiver = _receiver(told, hosts)
    stop_here(actor)
    fingerprint = vault.blind_index("push", receiver.endpoint)
    PushSubscription.delete().where(
        PushSubscription.fingerprint == fingerprint
    ).execute()  # another's, before
    public_id = new_public_id()
    PushSubscription.create(
        public_id=public_id,
        officer=actor.person,
        session=actor.session,
        fingerprint=fingerprint,
        sealed=vault.seal_credential(_packed(receiver), owner=_owner(public_id)),
        created_at=now,
    )
    _log("push:subscribed", actor, now)


@transaction()
def unsubscribe(actor: Actor, *, now: datetime) -> None:
    """Push to the actor's device no more."""
    stop_here(actor)
    _log("push:stopped", actor, now)


def stop_here(actor: Actor) -> None:
    """Forget what reaches the actor's device. Part of the caller's transaction."""
    PushSubscription.delete().where(PushSubscription.session.in_(_sittings_here(actor.session))).execute()


def is_on(actor: Actor) -> bool:
    """True when the actor's device is pushed to."""
    here = PushSubscription.session.in_(_sittings_here(actor.session))
    return bool(PushSubscription.select().where(here & PushSubscription.session.in_(_live())).exists())


def carry_over(session: Session) -> None:
    """A new sitting on a device takes over what its earlier ones left. Part of the caller's transaction."""
    left = PushSubscription.session.in_(_sittings_here(session)) & PushSubscription.session.in_(_live())
    PushSubscription.update(session=session).where(left).execute()


def ids_of(officer: Officer) -> list[str]:
    """Public ids of an officer's subscriptions."""
    mine = (PushSubscription.officer == officer) & PushSubscription.session.in_(_live())
    return [row.public_id for row in PushSubscription.select().where(mine)]


def receiver_of(public_id: str) -> Receiver | None:
    """The device of a subscription; None when it is gone, its sitting was ended, or its officer may not sign in."""
    live = (PushSubscription.public_id == public_id) & PushSubscription.session.in_(_live())
    row = PushSubscription.select(PushSubscription, Officer).join(Officer).where(live).get_or_none()
    if row is None or not row.officer.may_sign_in:
        return None
    return _unpacked(vault.unseal_credential(bytes(row.sealed), owner=_owner(public_id)))


def gone(public_id: str) -> None:
    """Its hub knows the device no more."""
    with transaction():
        PushSubscription.delete().where(PushSubscription.public_id == public_id).execute()


def sweep(*, now: datetime) -> int:
    """Forget devices whose sitting was ended, or that were not used for long. How many."""
    stale = Session.select(Session.id).where(Session.ended_at.is_null(False) | (Session.seen_at < now - KEPT))
    with transaction():
        return int(PushSubscription.delete().where(PushSubscription.session.in_(stale)).execute())


def _live() -> Any:
    return Session.select(Session.id).where(Session.ended_at.is_null())


def _sittings_here(session: Session | None) -> Any:
    """The sittings of an officer on the device of this one."""
    if session is None:
        return []
    same = Session.id == session.id
    if session.device_hash:
        same |= (Session.officer == session.officer_id) & (Session.device_hash == session.device_hash)
    return Session.select(Session.id).where(same)


def _receiver(told: str, hosts: Sequence[str]) -> Receiver:
    if len(told) > _LONGEST:
        raise Invalid(_BROKEN)
    try:
        sent = json.loads(told)
        keys = sent["keys"]
        receiver = Receiver(str(sent["endpoint"]), _decoded(keys["p256dh"]), _decoded(keys["auth"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Invalid(_BROKEN) from error
    if not web_push.is_public_key(receiver.public_key) or len(receiver.auth) != web_push.AUTH_BYTES:
        raise Invalid(_BROKEN)
    checked_endpoint(receiver.endpoint, hosts)
    return receiver


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _packed(receiver: Receiver) -> bytes:
    parts = [receiver.endpoint, receiver.public_key.hex(), receiver.auth.hex()]
    return json.dumps(parts).encode()


def _unpacked(content: bytes) -> Receiver:
    endpoint, public, auth = json.loads(content)
    return Receiver(endpoint, bytes.fromhex(public), bytes.fromhex(auth))


def _owner(public_id: str) -> str:
    return f"push:{public_id}"


def _log(action: str, actor: Actor, now: datetime) -> None:
    record = actor.session.public_id if actor.session else ""
    audit.append(action, actor=actor, at=now, kind="session", record=record)
