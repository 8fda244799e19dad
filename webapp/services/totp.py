"""Time-based one-time codes (动态口令, RFC 6238): sealed secrets, and each code accepted once.

The step of the last accepted code is moved by one conditional UPDATE whose row count decides, so of several
simultaneous tries one wins, and an older code does not work after a newer one.
"""

import hmac
import unicodedata
from datetime import datetime
from enum import StrEnum

import pyotp

from webapp.storage.accounts import Officer
from webapp.vault.vault import vault

STEP_S = 30  # seconds
LOCKED_AFTER = 100  # wrong codes in a row: then only a new enrolment helps (NIST SP 800-63B 5.2.2)


class Outcome(StrEnum):
    """What became of a code; the value is the rule in the audit log."""

    RIGHT = "right"
    WRONG = "wrong-code"
    REPLAYED = "replayed-code"
    LOCKED = "codes-locked"


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def sealed(secret: str, officer: Officer) -> bytes:
    """The secret as it is stored."""
    return vault.seal_credential(secret.encode(), owner=_owner(officer))


def opened(sealed_secret: bytes, officer: Officer) -> str:
    """Inverse of sealed. Raises cipher.Tampered."""
    return vault.unseal_credential(bytes(sealed_secret), owner=_owner(officer)).decode()


def address_for_apps(secret: str, *, login: str) -> str:
    """The otpauth:// address that authenticator apps read from a QR code. Short, so that the code stays coarse."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="兰台")


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The step whose code this is: the current one or the one before, for slow typing. Never one to come."""
    typed = "".join(unicodedata.normalize("NFKC", code).split()).encode()
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (current, current - 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed):
            return step
    return None


def code_at(secret: str, *, now: datetime) -> str:
    """The code of this moment."""
    return pyotp.TOTP(secret).generate_otp(int(now.timestamp()) // STEP_S)


def spend(officer: Officer, code: str, *, now: datetime) -> Outcome:
    """Accept a code, once, or count it as wrong. Part of the caller's transaction, which must be kept either way."""
    unlocked = (
        (Officer.id == officer.id) & (Officer.failures < LOCKED_AFTER) & Officer.totp_secret.is_null(False)
    )
    if officer.totp_secret is None or not Officer.select().where(unlocked).exists():
        return Outcome.LOCKED
    step = matching_step(opened(officer.totp_secret, officer), code, now=now)
    if step is None:
        Officer.update(failures=Officer.failures + 1).where(Officer.id == officer.id).execute()
        return Outcome.WRONG
    fresh = unlocked & (Officer.totp_last_step < step)
    accepted = Officer.update(totp_last_step=step, failures=0).where(fresh).execute()
    return Outcome.RIGHT if accepted else Outcome.REPLAYED


def _owner(officer: Officer) -> str:
    return f"totp|{officer.public_id}"
