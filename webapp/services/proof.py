"""The code an officer gives (动态口令验证), at sign-in and again before something sensitive."""

from datetime import datetime

from webapp.domain.errors import Refused
from webapp.services import audit, sessions, throttles, totp
from webapp.services.actor import SYSTEM, Actor
from webapp.services.audit import Outcome
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import database, transaction

_WORDS = {
    totp.Outcome.WRONG: "验证码不正确，请看手机上现在显示的 6 位数字",
    totp.Outcome.REPLAYED: "这个验证码已经用过，请等下一个（最多 30 秒）",
    totp.Outcome.LOCKED: "验证码输错次数太多，已停用。请用恢复码，或请系统管理员重新发登记链接",
}


def require_code(code: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """Accept the actor's TOTP code, once. Raises Refused or Throttled; a wrong try stays written down.

    A transaction of its own, before the one of the act it allows: a code spent in vain does no harm.
    """
    if database.in_transaction():
        raise RuntimeError("a wrong code must stay counted: check it before the transaction of the act")
    officer = actor.person
    reserved = throttles.reserve(throttles.buckets("code", officer.login, officer, visitor), now=now)
    with transaction():
        outcome = totp.spend(officer, code, now=now)
        if outcome is totp.Outcome.RIGHT:
            throttles.give_back(reserved)
            return
        note_refusal(outcome.value, actor=actor, officer=officer, reserved=reserved, now=now)
    raise Refused(_WORDS[outcome], rule=outcome.value)


def require_recent(code: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """Step-up: nothing to do when a code was given within sessions.STEP_UP, else a code is required and noted."""
    session = actor.session
    if session is not None and sessions.proven_recently(session, now=now):
        return
    require_code(code, actor=actor, visitor=visitor, now=now)
    if session is not None:
        Session.update(proved_at=now).where(Session.id == session.id).execute()


def note_refusal(
    rule: str,
    *,
    officer: Officer | None,
    reserved: throttles.Reservation,
    now: datetime,
    actor: Actor = SYSTEM,
) -> None:
    """Log a refused try, and the throttle when this was the last one let through. In the caller's transaction."""
    record = officer.public_id if officer else ""
    for action in ("sign-in:refused", *(("sign-in:throttled",) if reserved.is_last else ())):
        audit.append(
            action, actor=actor, at=now, kind="officer", record=record, outcome=Outcome.DENY, reason=rule
        )
