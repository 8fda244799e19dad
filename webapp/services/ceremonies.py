"""What a passkey is asked to sign and what it answers (通行密钥的请求与应答, WebAuthn ceremonies).

The server asks with a challenge that it keeps for the browser it was given to. The first answer that names it uses it
up, right or wrong. An answer counts only from our own pages, with the person verified by the phone (fingerprint, face
or PIN): so it is possession and person at once, as password and code are.
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from webapp.domain.notice import NoticeKind
from webapp.services import audit, notices
from webapp.services.actor import Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction
from webapp.storage.passkeys import Passkey, PasskeyChallenge

LIFE = timedelta(minutes=5)  # from asking to the finger on the sensor
LONGEST_ANSWER = 16 * 1024  # characters; those of phones have some 1,500
REQUIRED = UserVerificationRequirement.REQUIRED
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # nothing else of an answer goes near the database
# What answers made to go wrong can set off below our checks, besides the library's own.
UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class Act(StrEnum):
    """What a challenge is good for; an answer for one is none for another."""

    SIGN_IN = "sign-in"
    PROOF = "proof"
    REGISTRATION = "registration"


class Fault(StrEnum):
    """Why an answer is not taken; the value is the rule in the audit log."""

    CHALLENGE = "challenge-unknown"  # used, too old, or of another browser
    UNKNOWN = "passkey-unknown"
    WRONG = "passkey-wrong"  # signature, origin or relying party; or nobody was verified
    SUSPENDED = "passkey-suspended"
    COPIED = "passkey-counter"


@dataclass(frozen=True, slots=True)
class Answer:
    """A browser's answer, read but not believed. `fields` is what it sent; the rest is taken out of it."""

    fields: dict[str, Any]
    credential_id: str
    challenge: str
    owner: str  # public id of the officer the passkey says it is for; empty when it says nothing

    @classmethod
    def read(cls, text: str) -> "Answer | None":
        """None when it is not even the shape of one."""
        try:
            fields = json.loads(text) if len(text) <= LONGEST_ANSWER else {}
            response = fields["response"]
            client = json.loads(base64url_to_bytes(response["clientDataJSON"]))
            owner = base64url_to_bytes(response.get("userHandle") or "").decode()
            named, challenge = fields["id"], client["challenge"]
            is_plain = _BASE64URL.fullmatch(named) and _BASE64URL.fullmatch(challenge)
            return cls(fields, named, challenge, owner) if is_plain else None
        except UNREADABLE:
            return None


def sign_in_request(*, holder: str, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What to ask any passkey for this site: the browser lets the person choose, so nobody says who they are."""
    return _request(Act.SIGN_IN, [], holder=holder, visitor=visitor, now=now)


def proof_request(officer: Officer, *, holder: str, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What to ask one of the officer's passkeys for."""
    held = Passkey.select().where((Passkey.officer == officer) & Passkey.suspended_at.is_null())
    return _request(Act.PROOF, list(held), holder=holder, visitor=visitor, now=now)


def registration_request(officer: Officer, *, holder: str, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What to ask an authenticator for a new passkey: one that is found without a login and verifies its person.

    It is told the login and a random id. Not the name: passkeys are copied to the clouds of those who make phones.
    """
    held = Passkey.select().where(Passkey.officer == officer)
    options = webauthn.generate_registration_options(
        rp_id=visitor.relying_party,
        rp_name="兰台",
        user_id=officer.public_id.encode(),
        user_name=officer.login,
        challenge=_new_challenge(Act.REGISTRATION, holder, now),
        timeout=_ms(LIFE),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[_descriptor(passkey) for passkey in held],
    )
    return webauthn.helpers.options_to_json_dict(options)


def judge(
    answer: Answer | None, act: Act, *, holder: str, visitor: Visitor, now: datetime
) -> Passkey | Fault:
    """The passkey that has rightly answered, or why the answer is not taken.

    Part of the caller's transaction, which must be kept either way: the challenge is used up, and a passkey whose
    counter went backwards is suspended, since it may have been copied.
    """
    if answer is None or not spend(answer, act, holder=holder, now=now):
        return Fault.CHALLENGE
    passkey = find(answer)
    if passkey is None:
        return Fault.UNKNOWN
    count = _verified_count(answer, passkey, visitor)
    if count is None or answer.owner not in ("", passkey.officer.public_id):
        return Fault.WRONG
    if passkey.suspended_at is not None:
        return Fault.SUSPENDED
    if not _count(passkey, count, now):
        _suspend(passkey, now)
        return Fault.COPIED
    return passkey


def find(answer: Answer | None) -> Passkey | None:
    """The passkey that an answer names, whether or not it is right."""
    named = Passkey.credential_id == (answer.credential_id if answer else "")
    return Passkey.select(Passkey, Officer).join(Officer).where(named).get_or_none()


def spend(answer: Answer, act: Act, *, holder: str, now: datetime) -> bool:
    """Use up the challenge that an answer names: one DELETE, whose row count decides. In the caller's transaction."""
    asked = (PasskeyChallenge.challenge == answer.challenge) & (PasskeyChallenge.act == act.value)
    live = (PasskeyChallenge.holder == holder) & (PasskeyChallenge.expires_at > now)
    return bool(PasskeyChallenge.delete().where(asked & live).execute())


def _request(
    act: Act, allowed: list[Passkey], *, holder: str, visitor: Visitor, now: datetime
) -> dict[str, Any]:
    options = webauthn.generate_authentication_options(
        rp_id=visitor.relying_party,
        challenge=_new_challenge(act, holder, now),
        timeout=_ms(LIFE),
        allow_credentials=[_descriptor(passkey) for passkey in allowed],
        user_verification=REQUIRED,
    )
    return webauthn.helpers.options_to_json_dict(options)


@transaction()
def _new_challenge(act: Act, holder: str, now: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    PasskeyChallenge.delete().where(PasskeyChallenge.expires_at <= now).execute()
    PasskeyChallenge.create(
        challenge=bytes_to_base64url(challenge), act=act.value, holder=holder, expires_at=now + LIFE
    )
    return challenge


def _verified_count(answer: Answer, passkey: Passkey, visitor: Visitor) -> int | None:
    """The counter of a rightly signed answer, None for any other.

    The library would look at the counter before the signature; a stranger could then have a passkey suspended.
    """
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer.fields,
            expected_challenge=base64url_to_bytes(answer.challenge),
            expected_rp_id=visitor.relying_party,
            expected_origin=visitor.site,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None
    return signed.new_sign_count


def _count(passkey: Passkey, count: int, now: datetime) -> bool:
    """Take the counter forward; False when it did not move. Who does not count is always at 0 (WebAuthn 6.1.1)."""
    forward = (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0))
    same = (Passkey.id == passkey.id) & Passkey.suspended_at.is_null()
    return bool(Passkey.update(sign_count=count, used_at=now).where(same & forward).execute())


def _suspend(passkey: Passkey, now: datetime) -> None:
    """Take a passkey out of use and end all sittings of its officer: nobody can tell the copy from the original."""
    Passkey.update(suspended_at=now).where(Passkey.id == passkey.id).execute()
    sittings = (Session.officer == passkey.officer) & Session.ended_at.is_null()
    Session.update(ended_at=now).where(sittings).execute()
    actor = Actor(passkey.officer, None)
    audit.append("passkey:suspended", actor=actor, at=now, kind="passkey", record=passkey.public_id)
    notices.notify(passkey.officer, NoticeKind.PASSKEY_SUSPENDED, passkey.public_id, now=now)


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports.split()]
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential_id), transports=transports or None
    )


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
