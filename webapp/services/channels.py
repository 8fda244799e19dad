"""Telling beyond the app (提醒方式): by mail, by messenger or SMS, by push. What leaves names nobody, and no event.

A wish is an address, sealed. A notice asks for one job a channel; ocr_worker hands them out.
"""

from datetime import datetime

from webapp.domain.channel import Channel, checked_address
from webapp.domain.errors import Conflict
from webapp.services import audit, jobs, push
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import NoticeWish
from webapp.vault.vault import vault

_FIELDS = {Channel.MAIL: NoticeWish.mail, Channel.MESSENGER: NoticeWish.messenger}


@transaction()
def want(actor: Actor, channel: Channel, address: str, *, now: datetime) -> None:
    """Be told at an address; not at all for an empty one. Raises Invalid."""
    plain, field = checked_address(channel, address), _FIELDS[channel]
    sealed = vault.seal_credential(plain.encode(), owner=_owner(channel, actor.person)) if plain else None
    NoticeWish.insert({NoticeWish.officer: actor.person, field: sealed}).on_conflict(
        conflict_target=[NoticeWish.officer], update={field: sealed}
    ).execute()
    audit.append("notices:wished", actor=actor, at=now, kind="officer", record=actor.person.public_id,
                 details={channel.value: bool(plain)})  # fmt: skip


def address_of(officer: Officer, channel: Channel) -> str:
    """Where an officer is told; empty for nowhere."""
    wish = NoticeWish.get_or_none(NoticeWish.officer == officer)
    sealed = getattr(wish, _FIELDS[channel].name) if wish is not None else None
    if sealed is None:
        return ""
    return vault.unseal_credential(bytes(sealed), owner=_owner(channel, officer)).decode()


def call(officer: Officer, *, now: datetime) -> None:
    """Have an officer told in every way they wished for. Part of the caller's transaction."""
    wish = NoticeWish.get_or_none(NoticeWish.officer == officer)
    for channel, field in _FIELDS.items():
        if wish is not None and getattr(wish, field.name) is not None:
            jobs.enqueue(channel, officer.public_id, now=now)
    for public_id in push.ids_of(officer):
        jobs.enqueue(Channel.PUSH, public_id, now=now)


def recipient(job: Job) -> str:
    """The address a job is for; empty when its officer wants none any more or may not sign in."""
    officer = Officer.get_or_none(Officer.public_id == job.record)
    return address_of(officer, Channel(job.kind)) if officer is not None and officer.may_sign_in else ""


def sent(job: Job, *, now: datetime) -> None:
    """It was taken, or nobody wants it. Raises Conflict when the lease was lost."""
    with transaction():
        if not jobs.finish(job, now=now):
            raise Conflict("这条提醒已由另一个程序发送")


def not_sent(job: Job, *, until: datetime, now: datetime) -> bool:
    """It was not taken. True when it will be tried again; a later notice asks for another one anyway."""
    with transaction():
        return jobs.again(job, due_at=until) or not jobs.fail(job, "对方没有收下", now=now)


def put_off(job: Job, *, until: datetime) -> None:
    """It was not tried: who takes it rests."""
    with transaction():
        jobs.release(job, due_at=until)


def refused(job: Job, *, now: datetime) -> None:
    """It will never be taken: it is not tried again."""
    with transaction():
        jobs.fail(job, "对方拒收，请核对地址或号码", now=now)


def _owner(channel: Channel, officer: Officer) -> str:
    return f"{channel}:{officer.public_id}"
