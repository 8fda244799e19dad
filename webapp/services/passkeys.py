"""An officer's passkeys (通行密钥): added, named, removed by themselves. The phone's codes stay beside them always.

A new enrolment removes them all: what somebody else may have added to an account does not outlive it.
"""

from datetime import datetime
from unicodedata import normalize

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_attestation_object
from webauthn.helpers.structs import CredentialDeviceType
from webauthn.registration.verify_registration_response import VerifiedRegistration

from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.services import audit, ceremonies, notices, sessions
from webapp.services.actor import Actor
from webapp.services.ceremonies import UNREADABLE, Act, Answer
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.passkeys import Passkey

MOST = 10  # of one officer: a phone, a computer, a security key, and room for the next ones
LONGEST_NAME = 32
_FORMATS = ("none", "packed")  # no maker's word is asked for; a browser may send a passkey's own
_TRANSPORTS = ("internal", "hybrid", "usb", "nfc", "ble", "cable")
_NOT_MADE = "通行密钥没有添加成功，请再试一次"


def own(actor: Actor) -> list[Passkey]:
    """The actor's passkeys, the oldest first."""
    return list(Passkey.select().where(Passkey.officer == actor.person).order_by(Passkey.id))


def exist_for(officer: Officer) -> bool:
    """True when the officer has a passkey to prove with."""
    return Passkey.select().where((Passkey.officer == officer) & Passkey.suspended_at.is_null()).exists()


def find(public_id: str, *, actor: Actor) -> Passkey:
    """One of the actor's passkeys. Raises NotFound."""
    found = Passkey.get_or_none((Passkey.public_id == public_id) & (Passkey.officer == actor.person))
    if found is None:
        raise NotFound("没有这个通行密钥，或者它已经移除")
    return found


def add(answer: str, name: str, *, actor: Actor, holder: str, visitor: Visitor, now: datetime) -> Passkey:
    """Keep the public half of a new passkey. Only within sessions.STEP_UP of a proof.

    answer -- what the browser answered to ceremonies.registration_request, JSON
    name -- as its owner calls it; the browser's when blank
    Raises Refused (no fresh proof, or an answer that is not right) or Conflict.
    """
    require_fresh_proof(actor, now=now)
    read = Answer.read(answer)
    with transaction():
        is_asked = read is not None and ceremonies.spend(read, Act.REGISTRATION, holder=holder, now=now)
    if read is None or not is_asked:
        raise Refused("等待时间太长，请再试一次", rule=ceremonies.Fault.CHALLENGE.value)
    made = _verified(read, visitor)
    credential_id = bytes_to_base64url(made.credential_id)
    with transaction():
        if Passkey.select().where(Passkey.officer == actor.person).count() >= MOST:
            raise Conflict(f"最多 {MOST} 个通行密钥，请先移除不用的")
        if Passkey.select().where(Passkey.credential_id == credential_id).exists():
            raise Conflict("这个通行密钥已经添加过")
        passkey = Passkey.create(
            officer=actor.person,
            credential_id=credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=_transports(read),
            is_synced=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            name=_checked_name(name or visitor.browser or "通行密钥"),
            device_hash=actor.session.device_hash if actor.session else "",
            created_at=now,
        )
        _log("passkey:added", passkey, actor, now)
        notices.notify(actor.person, NoticeKind.PASSKEY_ADDED, passkey.public_id, now=now)
    return passkey


@transaction()
def rename(public_id: str, name: str, *, actor: Actor, now: datetime) -> Passkey:
    """Call a passkey something else. Raises NotFound or Invalid."""
    passkey = find(public_id, actor=actor)
    passkey.name = _checked_name(name)
    Passkey.update(name=passkey.name).where(Passkey.id == passkey.id).execute()
    _log("passkey:renamed", passkey, actor, now)
    return passkey


@transaction()
def remove(public_id: str, *, actor: Actor, now: datetime) -> None:
    """Forget a passkey; sittings on other devices end. Raises NotFound, or Refused without a fresh proof."""
    require_fresh_proof(actor, now=now)
    passkey = find(public_id, actor=actor)
    passkey.delete_instance()
    sessions.end_all(actor.person, now=now, keep=actor.session)
    _log("passkey:removed", passkey, actor, now)


def remove_all(officer: Officer, *, actor: Actor, now: datetime) -> None:
    """Forget every passkey of an officer. Part of the caller's transaction."""
    for passkey in Passkey.select().where(Passkey.officer == officer).order_by(Passkey.id):
        passkey.delete_instance()
        _log("passkey:removed", passkey, actor, now)


def require_fresh_proof(actor: Actor, *, now: datetime) -> None:
    """Raises Refused unless the actor proved within sessions.STEP_UP who they are."""
    if actor.session is None or not sessions.proven_recently(actor.session, now=now):
        raise Refused("请先确认是您本人", rule="no-fresh-proof")


def _verified(read: Answer, visitor: Visitor) -> VerifiedRegistration:
    """What a right answer holds. Raises Refused."""
    try:
        stated = parse_attestation_object(base64url_to_bytes(read.fields["response"]["attestationObject"]))
        if stated.fmt not in _FORMATS:
            raise Refused(_NOT_MADE, rule="passkey-format")
        return webauthn.verify_registration_response(
            credential=read.fields,
            expected_challenge=base64url_to_bytes(read.challenge),
            expected_rp_id=visitor.relying_party,
            expected_origin=visitor.site,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise Refused(_NOT_MADE, rule=ceremonies.Fault.WRONG.value) from error


def _transports(read: Answer) -> str:
    told = read.fields["response"].get("transports")
    return " ".join(name for name in _TRANSPORTS if isinstance(told, list) and name in told)


def _checked_name(name: str) -> str:
    plain = " ".join(normalize("NFC", name).split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise Invalid(f"名称须为 1 到 {LONGEST_NAME} 个字")
    return plain


def _log(action: str, passkey: Passkey, actor: Actor, now: datetime) -> None:
    audit.append(action, actor=actor, at=now, kind="passkey", record=passkey.public_id)
