"""How officers prove who they are (身份验证), at sign-in and again before something sensitive.

A proof is one text of a form: a code of the phone, or what a passkey answered (JSON, which no code begins like).
"""

from datetime import datetime

from webapp.domain.errors import Refused
from webapp.services import audit, ceremonies, sessions, throttles, totp
from webapp.services.actor import SYSTEM, Actor
from webapp.services.audit import Outcome
from webapp.services.ceremonies import Act, Answer, Fault
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import database, transaction
from webapp.storage.passkeys import Passkey

_WORDS = {
    totp.Outcome.WRONG: "验证码不正确，请看手机上现在显示的 6 位数字",
    totp.Outcome.REPLAYED: "这个验证码已经用过，请等下一个（最多 30 秒）",
    totp.Outcome.LOCKED: "验证码输错次数太多，已停用。请用恢复码，或请系统管理员重新发登记链接",
}


PASSKEY_WORDS: dict[str, str] = {
    Fault.CHALLENGE: "等待时间太长，请再试一次",
    Fault.SUSPENDED: "这个通行密钥已停用，因为它可能被复制。请改用密码和验证码，再到“我的”里移除它",
    Fault.COPIED: "这个通行密钥可能被复制，已停用。请改用密码和验证码，再到“我的”里移除它",
}


def require(given: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """Accept a proof of the actor, once: a code, or the answer of a passkey. As require_code in all else."""
    if given.lstrip().startswith("{"):
        _require_passkey(given, actor=actor, visitor=visitor, now=now)
    else:
        require_code(given, actor=actor, visitor=visitor, now=now)


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
    raise Refused(_WORDS[outcome], rule=outcome.value, is_logged=True)


def require_recent(given: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    """Step-up: nothing to do when a proof was given within sessions.STEP_UP, else one is required and noted.

    given -- the field `code` of the form, which components/proof.html draws
    """
    session = actor.session
    if session is not None and sessions.proven_recently(session, now=now):
        return
    require(given, actor=actor, visitor=visitor, now=now)
    if session is not None:
        Session.update(proved_at=now).where(Session.id == session.id).execute()
        session.proved_at = now  # type: ignore[assignment]  # the sitting of this request knows it too


def _require_passkey(answer: str, *, actor: Actor, visitor: Visitor, now: datetime) -> None:
    if database.in_transaction():
        raise RuntimeError("a used challenge must stay used: check it before the transaction of the act")
    officer, holder = actor.person, actor.session.public_id if actor.session else ""
    reserved = throttles.reserve(throttles.buckets("passkey", officer.login, officer, visitor), now=now)
    with transaction():
        judged = ceremonies.judge(Answer.read(answer), Act.PROOF, holder=holder, visitor=visitor, now=now)
        if isinstance(judged, Passkey) and judged.officer.id == officer.id:
            throttles.give_back(reserved)
            return
        # A right answer of another officer's passkey, who sits at the same browser, is none here.
        rule = judged.value if isinstance(judged, Fault) else Fault.UNKNOWN.value
        note_refusal(rule, actor=actor, officer=officer, reserved=reserved, now=now)
    raise Refused(PASSKEY_WORDS.get(rule, "这个通行密钥不能用，请输入验证码"), rule=rule, is_logged=True)


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
