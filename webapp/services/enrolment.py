"""Enrolment (登记): a one-time link by which an officer sets a password and a phone; nobody else ever knows either.

A link begins with the password, then shows the secret for the phone and is used up by a right code. Links for the
phone alone begin with the secret. The step is read off the row: pending_totp is empty until the password is set.
A link issued to a sitting is stored under the hash of token and sitting: in any other hand its token finds nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.passwords import checked
from webapp.services import audit, devices, passkeys, passwords, recovery_codes, sessions, throttles, totp
from webapp.services.actor import Actor
from webapp.services.proof import note_refusal
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Enrolment, Officer, Session
from webapp.storage.database import transaction

LINK_LIFE = timedelta(hours=72)  # a link handed over on Friday works on Monday morning
FACTOR_LIFE = sessions.PHONE_WAIT  # after a recovery code or a change of phone: one goes on at once


@dataclass(frozen=True, slots=True)
class Phone:
    """What an authenticator app needs: the secret to type, and the otpauth:// address to scan."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A finished enrolment: the recovery codes, to be shown this once, and the sitting if one may sign in now."""

    officer: Officer
    codes: list[str]
    signed_in: SignedIn | None


def issue(officer: Officer, *, now: datetime) -> str:
    """A link's token for password and phone; older links are dead. Part of the caller's transaction."""
    return _issue(officer, now + LINK_LIFE, pending=None, now=now)


def issue_for_factor(
    officer: Officer, *, now: datetime, drop_old: bool, session: Session | None = None
) -> str:
    """A link's token for a new phone only. Part of the caller's transaction.

    drop_old -- the phone so far stops counting at once, not only when the new one is confirmed
    session -- the sitting without which the token is worth nothing; None: whoever has the token may go on
    """
    if drop_old:
        Officer.update(totp_secret=None).where(Officer.id == officer.id).execute()
    pending = totp.sealed(totp.new_secret(), officer)
    return _issue(officer, now + FACTOR_LIFE, pending=pending, session=session, now=now)


def find(token: str, *, session: Session | None = None, now: datetime) -> Enrolment:
    """The live link of a token, as the holder of a live sitting (None: nobody) may use it.

    Raises NotFound for one that is unknown, used, expired, of a disabled account, or issued to another sitting.
    """
    hashes = {_hash_of(token), _hash_of(token, session)}
    live = Enrolment.token_hash.in_(hashes) & Enrolment.used_at.is_null() & (Enrolment.expires_at > now)
    query = Enrolment.select(Enrolment, Officer).join(Officer).where(live & Officer.disabled_at.is_null())
    link = query.get_or_none()
    if link is None:
        raise NotFound("登记链接无效、已经用过或已过期。请向系统管理员要一个新链接")
    return link


def awaits_password(link: Enrolment) -> bool:
    """True for the first step, False when the phone is next."""
    return link.pending_totp is None


def set_password(token: str, password: str, *, session: Session | None = None, now: datetime) -> None:
    """The first step. Ends all sittings; the phone so far stops counting. Raises NotFound, Conflict or Invalid."""
    link = find(token, session=session, now=now)
    if not awaits_password(link):
        raise Conflict("密码已经设好，请继续登记手机")
    officer = link.officer
    phc = passwords.hashed(checked(password, login=officer.login, name=officer.name))
    pending = totp.sealed(totp.new_secret(), officer)
    with transaction():
        unset = _unused(link, now) & Enrolment.pending_totp.is_null()
        if not Enrolment.update(pending_totp=pending).where(unset).execute():
            raise Conflict("密码已经设好，请继续登记手机")
        Officer.update(password_hash=phc, totp_secret=None, failures=0).where(
            Officer.id == officer.id
        ).execute()
        sessions.end_all(officer, now=now)
        _log("password:set", officer, now)


def phone_of(link: Enrolment) -> Phone:
    """What to scan or type for the second step."""
    officer = link.officer
    secret = totp.opened(link.pending_totp, officer)
    return Phone(secret, totp.address_for_apps(secret, login=officer.login))


def confirm(
    token: str, code: str, *, session: Session | None = None, visitor: Visitor, now: datetime
) -> Enrolled:
    """The second step: a code of the new phone uses the link up. Ends all sittings, makes new recovery codes, removes
    all passkeys.

    Signs in, unless the account still waits to be authorised. Raises NotFound, Conflict, Refused (wrong code) or
    Throttled.
    """
    link = find(token, session=session, now=now)
    if awaits_password(link):
        raise Conflict("请先设置密码")
    officer = link.officer
    bucket = throttles.Bucket(f"enrolment|{link.id}", throttles.ACCOUNT)
    reserved = throttles.reserve([bucket], now=now)
    step = totp.matching_step(totp.opened(link.pending_totp, officer), code, now=now)
    if step is None:
        with transaction():
            actor = Actor(officer=officer, role=None)
            note_refusal("wrong-code", actor=actor, officer=officer, reserved=reserved, now=now)
        raise Refused("验证码不正确，请看手机上现在显示的 6 位数字", rule="wrong-code", is_logged=True)
    throttles.give_back(reserved)
    codes = recovery_codes.new_codes()
    hashed = recovery_codes.hashes_of(codes)
    with transaction():
        if not Enrolment.update(used_at=now).where(_unused(link, now)).execute():
            raise Conflict("这个登记链接刚刚已经用过")
        _take_phone(officer, link, step)
        recovery_codes.replace(officer, hashed)
        passkeys.remove_all(officer, actor=Actor(officer, None), now=now)
        if link.token_hash == _hash_of(token):  # handed to them, not got by somebody within a sitting
            devices.forget_all(officer)
        sessions.end_all(officer, now=now)
        _log("enrolment:completed", officer, now)
        officer = Officer.get_by_id(officer.id)
        may_enter = officer.may_sign_in
        signed_in = (
            sessions.open_full(officer, method="enrolment", visitor=visitor, now=now) if may_enter else None
        )
    return Enrolled(officer, codes, signed_in)


def _issue(
    officer: Officer,
    expires_at: datetime,
    *,
    pending: bytes | None,
    session: Session | None = None,
    now: datetime,
) -> str:
    token = secrets.token_urlsafe(32)
    unused = (Enrolment.officer == officer) & Enrolment.used_at.is_null()
    Enrolment.update(used_at=now).where(unused).execute()
    hashed = _hash_of(token, session)
    Enrolment.create(officer=officer, token_hash=hashed, pending_totp=pending, expires_at=expires_at)
    return token


def _take_phone(officer: Officer, link: Enrolment, step: int) -> None:
    """The pending secret becomes the factor; the code that confirmed it is spent."""
    Officer.update(totp_secret=link.pending_totp, totp_last_step=step, failures=0).where(
        Officer.id == officer.id
    ).execute()


def _unused(link: Enrolment, now: datetime) -> Any:
    return (Enrolment.id == link.id) & Enrolment.used_at.is_null() & (Enrolment.expires_at > now)


def _log(action: str, officer: Officer, now: datetime) -> None:
    actor = Actor(officer=officer, role=None)
    audit.append(action, actor=actor, at=now, kind="officer", record=officer.public_id)


def _hash_of(token: str, session: Session | None = None) -> str:
    """What is stored of a token. Neither a token nor a public id has a bar in it, so no two pairs read alike."""
    whole = token if session is None else f"{token}|{session.public_id}"
    return hashlib.sha256(whole.encode()).hexdigest()
