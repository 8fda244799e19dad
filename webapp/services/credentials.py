"""What an officer changes about their own sign-in (本人的密码、手机、恢复码); each needs a fresh proof."""

from datetime import datetime

from webapp.domain.errors import Refused
from webapp.domain.passwords import checked
from webapp.services import audit, enrolment, passwords, recovery_codes, sessions, throttles
from webapp.services.actor import Actor
from webapp.services.proof import note_refusal, require
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction


def change_password(
    current: str, chosen: str, given: str, *, actor: Actor, visitor: Visitor, now: datetime
) -> SignedIn:
    """Set another password. All sittings end; this device gets a new one. Raises Invalid, Refused or Throttled."""
    officer = actor.person
    plain = checked(chosen, login=officer.login, name=officer.name)
    _require_password(current, actor=actor, visitor=visitor, now=now)
    require(given, actor=actor, visitor=visitor, now=now)
    phc = passwords.hashed(plain)
    with transaction():
        Officer.update(password_hash=phc).where(Officer.id == officer.id).execute()
        sessions.end_all(officer, now=now)
        audit.append("password:changed", actor=actor, at=now, kind="officer", record=officer.public_id)
        return sessions.open_full(officer, method="password-change", visitor=visitor, now=now)


def change_phone(given: str, *, actor: Actor, visitor: Visitor, now: datetime) -> str:
    """Begin to enrol another phone; the present one counts until then. Returns the token of the link to go on with.

    The link works in the actor's sitting alone, and only while that lasts: it asks for no password again.
    """
    if actor.session is None:
        raise Refused("请先登录", rule="no-session")
    require(given, actor=actor, visitor=visitor, now=now)
    with transaction():
        officer = actor.person
        audit.append("enrolment:issued", actor=actor, at=now, kind="officer", record=officer.public_id)
        return enrolment.issue_for_factor(officer, now=now, drop_old=False, session=actor.session)


def renew_recovery_codes(given: str, *, actor: Actor, visitor: Visitor, now: datetime) -> list[str]:
    """Ten new codes, to be shown once; the old ones are dead."""
    require(given, actor=actor, visitor=visitor, now=now)
    codes = recovery_codes.new_codes()
    hashed = recovery_codes.hashes_of(codes)
    with transaction():
        officer = actor.person
        recovery_codes.replace(officer, hashed)
        audit.append("recovery-codes:renewed", actor=actor, at=now, kind="officer", record=officer.public_id)
    return codes


def _require_password(password: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    officer = actor.person
    reserved = throttles.reserve(throttles.buckets("password", officer.login, officer, visitor), now=now)
    is_right = passwords.matches(officer.password_hash, password)
    with transaction():
        if is_right:
            throttles.give_back(reserved)
            return
        note_refusal("wrong-password", actor=actor, officer=officer, reserved=reserved, now=now)
    raise Refused("现在的密码不正确", rule="wrong-password", is_logged=True)
