"""Sittings (会话): rows on the server, found by a random token of which only the SHA-256 is stored.

Logging out, disabling an account or changing a credential ends the row, and with it every copy of the cookie.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, devices
from webapp.services.actor import Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction

IDLE = timedelta(minutes=15)  # a phone left on a desk; ASVS 7.3.1 asks for a stated limit
ABSOLUTE = timedelta(hours=12)  # one working day, then both factors again (ASVS 7.3.2)
CODE_WAIT = timedelta(minutes=5)  # from the password to the code
STEP_UP = timedelta(minutes=5)  # how long a proof counts as fresh for what is sensitive (ASVS 7.5.1)
_SEEN_EVERY = timedelta(seconds=30)  # how exactly the last use is known: not a write at every image
PHONE_WAIT = timedelta(
    minutes=30
)  # from the recovery code to the new phone, on which an app may have to be found
CODE, PHONE, FULL = "code", "phone", "full"

# The role of the first sitting: what an officer works as before what they are.
_FIRST = (
    Role.ARCHIVIST, Role.APPROVER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR, Role.OFFICIAL,
    Role.INDIVIDUAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A completed sign-in: the sitting, the token of its cookie, and the device cookie to set."""

    session: Session
    token: str
    device: str


def open_session(officer: Officer, stage: str, *, visitor: Visitor, now: datetime) -> tuple[Session, str]:
    """A new sitting and its token. Part of the caller's transaction. It looks as the last one on such a device did."""
    token = secrets.token_urlsafe(32)
    last = _last(officer)
    alike = _last(officer, Session.device == visitor.browser[:120])
    session = Session.create(
        officer=officer,
        token_hash=hash_of(token),
        stage=stage,
        role=_first_role(officer, last).value,
        device=visitor.browser[:120],
        address=visitor.address[:64],
        theme=alike.theme if alike else "",
        is_elder=alike.is_elder if alike else False,
        created_at=now,
        seen_at=now,
        proved_at=now if stage == FULL else None,
    )
    return session, token


def open_full(officer: Officer, *, method: str, visitor: Visitor, now: datetime) -> SignedIn:
    """A complete sitting for an officer who has just given both factors. Part of the caller's transaction.

    method -- by what, for the log: code, passkey, enrolment, password-change
    """
    session, token = open_session(officer, FULL, visitor=visitor, now=now)
    return completed(session, token, method=method, visitor=visitor, now=now)


def completed(session: Session, token: str, *, method: str, visitor: Visitor, now: datetime) -> SignedIn:
    """Log that a sitting is complete, and note its device. Part of the caller's transaction."""
    device = visitor.device_known_to(session.officer)
    devices.note(session, Visitor("", device=device).device_id, now=now)
    actor = Actor(officer=session.officer, role=Role(session.role), session=session)
    details = {"method": method}
    audit.append(
        "session:opened", actor=actor, at=now, kind="session", record=session.public_id, details=details
    )
    return SignedIn(session, token, device)


def find(token: str, *, now: datetime, is_poll: bool = False) -> Session | None:
    """The live sitting of a token; None when it ended, ran out, or its officer lost the right to it.

    It is noted as seen, unless `is_poll`: a page that asks for itself does not show that anybody is there.
    """
    session = (
        Session.select(Session, Officer)
        .join(Officer)
        .where(Session.token_hash == hash_of(token))
        .get_or_none()
        if token
        else None
    )
    if session is None or not is_live(session, now=now):
        return None
    if not is_poll and now - session.seen_at >= _SEEN_EVERY:
        session.seen_at = now
        Session.update(seen_at=now).where(Session.id == session.id).execute()
    return session


def is_live(session: Session, *, now: datetime) -> bool:
    """True until it ends or runs out."""
    officer = session.officer
    if session.ended_at is not None or officer.disabled_at is not None:
        return False
    if session.stage in (CODE, PHONE):
        return now - session.created_at < (CODE_WAIT if session.stage == CODE else PHONE_WAIT)
    is_in_time = now - session.seen_at < IDLE and now - session.created_at < ABSOLUTE
    return is_in_time and session.role in officer.role_names.split()


def proven_recently(session: Session, *, now: datetime) -> bool:
    """True when a code was given within STEP_UP."""
    return session.proved_at is not None and now - session.proved_at < STEP_UP


def is_proven(actor: Actor, *, now: datetime) -> bool:
    """The same by the row of the actor's sitting: the one in hand may be older than the code."""
    return actor.session is not None and proven_recently(Session.get_by_id(actor.session.id), now=now)


def renew_token(session: Session) -> str:
    """Give a sitting a new token; the old one is dead. Part of the caller's transaction."""
    token = secrets.token_urlsafe(32)
    Session.update(token_hash=hash_of(token)).where(Session.id == session.id).execute()
    return token


def own(actor: Actor, *, now: datetime) -> list[Session]:
    """The actor's live sittings, the one last used first."""
    rows = (
        Session.select(Session, Officer).join(Officer).where(_running(actor.person) & (Session.stage == FULL))
    )
    return [row for row in rows.order_by(Session.seen_at.desc()) if is_live(row, now=now)]


@transaction()
def end(public_id: str, *, actor: Actor, now: datetime) -> None:
    """End one of the actor's own sittings. Raises NotFound for any other."""
    mine = _running(actor.person) & (Session.public_id == public_id)
    if not Session.update(ended_at=now).where(mine).execute():
        raise NotFound("没有这个登录记录，或者它已经结束")
    audit.append("session:ended", actor=actor, at=now, kind="session", record=public_id)


@transaction()
def end_others(*, actor: Actor, now: datetime) -> int:
    """End the actor's sittings on all other devices. Returns how many."""
    if actor.session is None:
        raise Refused("请先登录", rule="no-session")
    ended = end_all(actor.person, now=now, keep=actor.session)
    audit.append("session:others-ended", actor=actor, at=now, details={"ended": ended})
    return ended


def end_all(officer: Officer, *, now: datetime, keep: Session | None = None) -> int:
    """End every sitting of an officer, or all but one. Part of the caller's transaction."""
    running = _running(officer)
    if keep is not None:
        running &= Session.id != keep.id
    return int(Session.update(ended_at=now).where(running).execute())


@transaction()
def set_appearance(session: Session, *, theme: str, is_elder: bool) -> None:
    """How this device shows things: theme "" follows the device, light or dark; is_elder is 长辈版."""
    chosen = theme if theme in ("", "light", "dark") else ""
    Session.update(theme=chosen, is_elder=is_elder).where(Session.id == session.id).execute()
    session.theme, session.is_elder = chosen, is_elder


def hash_of(token: str) -> str:
    """What is stored of a token: SHA-256, hex. The token has 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _running(officer: Officer) -> Any:
    return (Session.officer == officer) & Session.ended_at.is_null()


def _last(officer: Officer, *more: Any) -> Session | None:
    whole = (Session.officer == officer) & (Session.stage == FULL)
    return Session.select().where(whole, *more).order_by(Session.created_at.desc()).first()


def _first_role(officer: Officer, last: Session | None) -> Role:
    """The role of the last sitting if it is still held, else the first held in the order of _FIRST."""
    held = officer.roles
    if last is not None and last.role in held:
        return Role(last.role)
    return next((role for role in _FIRST if role in held), Role.INDIVIDUAL)
