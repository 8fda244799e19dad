"""Telling by mail (邮件提醒) that there is something to be told: a mail names nobody, no dossier and no event."""

import re
from datetime import datetime
from email.message import EmailMessage

from webapp.domain.errors import Conflict, Invalid
from webapp.domain.notice import UNSAID
from webapp.services import audit, jobs
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import NoticeWish
from webapp.vault.vault import vault

SUBJECT = "兰台：您有新的消息"
LONGEST = 254  # characters of an address, RFC 5321 4.5.3.1.3 with its brackets taken off
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@transaction()
def want(actor: Actor, address: str, *, now: datetime) -> None:
    """Have mails sent to an address; to none for an empty one. Raises Invalid."""
    plain = address.strip()
    if plain and (len(plain) > LONGEST or not _ADDRESS.fullmatch(plain)):
        raise Invalid("邮箱地址不对，应当像 zhangsan@example.cn 这样")
    sealed = vault.seal_credential(plain.encode(), owner=_owner(actor.person)) if plain else None
    NoticeWish.insert(officer=actor.person, mail=sealed).on_conflict(
        conflict_target=[NoticeWish.officer], update={NoticeWish.mail: sealed}
    ).execute()
    audit.append("notices:wished", actor=actor, at=now, kind="officer", record=actor.person.public_id,
                 details={"mail": bool(plain)})  # fmt: skip


def address_of(officer: Officer) -> str:
    """Where an officer's mails go; empty for nowhere."""
    wish = NoticeWish.get_or_none(NoticeWish.officer == officer)
    if wish is None or wish.mail is None:
        return ""
    return vault.unseal_credential(bytes(wish.mail), owner=_owner(officer)).decode()


def recipient(job: Job) -> str:
    """The address a mail job is for; empty when its officer wants none any more or may not sign in."""
    officer = Officer.get_or_none(Officer.public_id == job.record)
    return address_of(officer) if officer is not None and officer.may_sign_in else ""


def message(address: str, *, sender: str, origin: str) -> EmailMessage:
    """The mail: that there is something, and where to look; the same for everybody and everything."""
    written = EmailMessage()
    written["Subject"], written["From"], written["To"] = SUBJECT, sender, address
    written["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs must not answer
    written.set_content(f"{UNSAID}\n\n{origin}/notices\n\n这是自动发出的邮件，请不要回复。\n")
    return written


def sent(job: Job, *, now: datetime) -> None:
    """The server took the mail, or nobody wants it. Raises Conflict when the lease was lost."""
    with transaction():
        if not jobs.finish(job, now=now):
            raise Conflict("这封邮件已由另一个程序发送")


def not_sent(job: Job, *, now: datetime) -> bool:
    """The server did not take it. True when it will be tried again; a later notice asks for another mail anyway."""
    with transaction():
        return jobs.again(job) or not jobs.fail(job, "邮件服务器没有收下", now=now)


def refused(job: Job, *, now: datetime) -> None:
    """The server will never take it: it is not tried again."""
    with transaction():
        jobs.fail(job, "邮件服务器拒收这封邮件，请核对邮箱地址", now=now)


def _owner(officer: Officer) -> str:
    return f"mail:{officer.public_id}"
