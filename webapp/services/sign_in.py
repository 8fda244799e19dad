"""Signing in (登录): the password opens a sitting that only awaits a code; the code, or a recovery code, completes it.
A passkey opens a whole sitting at once: the phone proves itself, and has verified its person.

Unknown, disabled and unauthorised accounts and wrong passwords get the same answer after the same work.
"""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.errors import Refused
from webapp.domain.role import Role
from webapp.services import audit, ceremonies, enrolment, passwords, push, recovery_codes, sessions, throttles
from webapp.services.actor import Actor
from webapp.services.ceremonies import Act, Answer, Fault
from webapp.services.logins import normalised_login
from webapp.services.proof import PASSKEY_WORDS, note_refusal, require, require_code
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction
from webapp.storage.passkeys import Passkey

WRONG = "账号或密码不正确"
NO_PASSKEY = "这个通行密钥不能用，请用账号和密码登录"
_GONE = "等待时间太长，请重新输入账号和密码"


@dataclass(frozen=True, slots=True)
class Recovered:
    """After a recovery code: the token of the link to enrol a phone by, and the sitting's new one, without which the
    link is worth nothing.
    """

    link: str
    token: str


def give_password(login: str, password: str, *, visitor: Visitor, now: datetime) -> str:
    """The first step. Returns the token of a sitting in stage "code". Raises Refused or Throttled."""
    login = normalised_login(login)
    officer = Officer.get_or_none(Officer.login == login)
    reserved = throttles.reserve(throttles.buckets("password", login, officer, visitor), now=now)
    is_right = passwords.matches(officer.password_hash if officer else None, password)
    fault = _fault(officer, is_right)
    with transaction():
        if fault or officer is None:
            note_refusal(fault, officer=officer, reserved=reserved, now=now)
        else:
            throttles.give_back(reserved)
            _, token = sessions.open_session(officer, sessions.CODE, visitor=visitor, now=now)
    if fault or officer is None:
        raise Refused(WRONG, rule=fault, is_logged=True)
    _rehash(officer, password)
    return token


def give_code(session: Session, code: str, *, visitor: Visitor, now: datetime) -> SignedIn:
    """The second step: a TOTP code, once. The sitting becomes full, under a new token. Raises Refused or Throttled."""
    _require_awaited(session, now)
    require_code(code, actor=_half(session), visitor=visitor, now=now)
    return _complete(session, visitor=visitor, now=now)


def give_recovery_code(session: Session, code: str, *, visitor: Visitor, now: datetime) -> Recovered:
    """The second step without the phone: a recovery code, once. All other sittings end.

    The old phone no longer counts, and nothing else opens before a new one is enrolled, in this sitting alone. Raises
    Refused or Throttled.
    """
    _require_awaited(session, now)
    officer, actor = session.officer, _half(session)
    reserved = throttles.reserve(throttles.buckets("code", officer.login, officer, visitor), now=now)
    found = recovery_codes.find(officer, code)
    with transaction():
        is_spent = found is not None and recovery_codes.spend(found, now=now)
        if is_spent:
            throttles.give_back(reserved)
            audit.append("recovery-code:used", actor=actor, at=now, kind="officer", record=officer.public_id)
            sessions.end_all(officer, now=now, keep=session)
            _pass_on(session, sessions.PHONE, now=now)
            link = enrolment.issue_for_factor(officer, now=now, drop_old=True, session=session)
            return Recovered(link, sessions.renew_token(session))
        note_refusal("wrong-recovery-code", actor=actor, officer=officer, reserved=reserved, now=now)
    raise Refused("恢复码不正确，或者已经用过", rule="wrong-recovery-code", is_logged=True)


def give_passkey(
    answer: str, *, holder: str, replaced: Session | None = None, visitor: Visitor, now: datetime
) -> SignedIn:
    """Both factors at once: what a passkey answered to ceremonies.sign_in_request. Raises Refused or Throttled.

    answer -- the browser's JSON
    holder -- the browser that was asked; replaced -- its sitting so far, which ends
    """
    read = Answer.read(answer)
    named = ceremonies.find(read)
    login = named.officer.login if named else f"passkey {read.credential_id if read else ''}"
    officer = named.officer if named else None
    reserved = throttles.reserve(throttles.buckets("passkey", login, officer, visitor), now=now)
    with transaction():
        judged = ceremonies.judge(read, Act.SIGN_IN, holder=holder, visitor=visitor, now=now)
        rule = judged.value if isinstance(judged, Fault) else _bar(judged.officer)
        if isinstance(judged, Passkey) and not rule:
            throttles.give_back(reserved)
            if replaced is not None:
                sign_out(Actor(replaced.officer, None, replaced), now=now)
            return sessions.open_full(judged.officer, method="passkey", visitor=visitor, now=now)
        note_refusal(rule, officer=officer, reserved=reserved, now=now)
    raise Refused(PASSKEY_WORDS.get(rule, NO_PASSKEY), rule=rule, is_logged=True)


def switch_role(role: Role, given: str, *, actor: Actor, visitor: Visitor, now: datetime) -> str:
    """Act in another of one's roles: needs a fresh proof, gives a new token. Roles never add up."""
    if actor.session is None or role not in actor.person.roles:
        raise Refused("您没有这个角色", rule="role-not-held")
    require(given, actor=actor, visitor=visitor, now=now)
    with transaction():
        Session.update(role=role.value, proved_at=now).where(Session.id == actor.session.id).execute()
        audit.append("session:role-switched", actor=actor, at=now, kind="role", record=role.value)
        return sessions.renew_token(actor.session)


@transaction()
def sign_out(actor: Actor, *, now: datetime) -> None:
    """End this sitting, full or not."""
    if actor.session is not None:
        Session.update(ended_at=now).where(
            (Session.id == actor.session.id) & Session.ended_at.is_null()
        ).execute()
        push.stop_here(actor)
        audit.append("session:ended", actor=actor, at=now, kind="session", record=actor.session.public_id)


def _fault(officer: Officer | None, is_right: bool) -> str:
    """Why the password step fails, for the log only; empty when it does not."""
    if officer is None:
        return "unknown-login"
    if not is_right:
        return "wrong-password"
    return _bar(officer)


def _bar(officer: Officer) -> str:
    """Why an officer may not sign in at all; empty when they may."""
    if officer.disabled_at is not None:
        return "disabled"
    return "" if officer.may_sign_in else "not-authorised"


def _require_awaited(session: Session, now: datetime) -> None:
    if session.stage != sessions.CODE or not sessions.is_live(session, now=now):
        raise Refused(_GONE, rule="no-password-step")


def _half(session: Session) -> Actor:
    """The officer whose password was right, in no role yet."""
    return Actor(officer=session.officer, role=None, session=session)


@transaction()
def _complete(session: Session, *, visitor: Visitor, now: datetime) -> SignedIn:
    """Make the sitting full, once, in the role of the last sitting."""
    _pass_on(session, sessions.FULL, now=now, proved_at=now)
    token = sessions.renew_token(session)
    full = Session.get_by_id(session.id)
    return sessions.completed(full, token, method="code", visitor=visitor, now=now)


def _pass_on(session: Session, stage: str, *, now: datetime, **more: datetime) -> None:
    """Move a sitting that awaits a code to the next stage, once. Part of the caller's transaction."""
    awaited = (Session.id == session.id) & (Session.stage == sessions.CODE) & Session.ended_at.is_null()
    changed = Session.update(stage=stage, created_at=now, seen_at=now, **more).where(awaited)
    if not changed.execute():
        raise Refused(_GONE, rule="no-password-step")


def _rehash(officer: Officer, password: str) -> None:
    """Replace a hash of older parameters, unless the password was changed meanwhile."""
    old = officer.password_hash
    if old is not None and passwords.is_outdated(old):
        same = (Officer.id == officer.id) & (Officer.password_hash == old)
        Officer.update(password_hash=passwords.hashed(password)).where(same).execute()
