"""Telling officers what happened (消息): a row in the caller's transaction, and a call outside for who wants one.

A notice holds no words of a dossier, a request or a complaint: its kind, and the id of what it is about.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.errors import NotFound
from webapp.domain.notice import TELLINGS, NoticeKind, Telling
from webapp.domain.role import Role
from webapp.services import channels
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.database import database, transaction
from webapp.storage.notices import Notice

SHOWN = 50  # notices of one list


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its officer sees it in the role of the sitting.

    opens_here -- false when its address opens in another of the officer's roles only
    """

    notice: Notice
    telling: Telling
    opens_here: bool

    @property
    def address(self) -> str:
        """Where it leads."""
        return self.telling.leads_to(self.notice.record)


def notify(officer: Officer, kind: NoticeKind, record: str, *, now: datetime) -> None:
    """Tell an officer something, in the caller's transaction.

    record -- public id of what the kind's address names. An unread notice of the same is moved up, not repeated.
    """
    if not database.in_transaction():
        raise RuntimeError("a notice is written in the transaction of what it tells")
    if not _unread(officer, Notice.kind == kind.value, Notice.record == record, at=now):
        Notice.create(officer=officer, kind=kind.value, record=record, at=now)
    channels.call(officer, now=now)


def notify_all(officers: Iterable[Officer], kind: NoticeKind, record: str, *, now: datetime) -> None:
    """Tell several officers the same. Part of the caller's transaction."""
    for officer in officers:
        notify(officer, kind, record, now=now)


def settle(kinds: Collection[NoticeKind], record: str, *, now: datetime) -> None:
    """Nobody needs to be told of this any more: it was done. Part of the caller's transaction."""
    about = Notice.kind.in_([kind.value for kind in kinds]) & (Notice.record == record)
    Notice.update(read_at=now).where(about & Notice.read_at.is_null()).execute()


def officers_in(role: Role) -> list[Officer]:
    """Officers who hold a role and may sign in."""
    held = Officer.select().where(Officer.role_names.contains(role.value) & Officer.disabled_at.is_null())
    return [officer for officer in held if role in officer.roles and officer.may_sign_in]


def unread(officer: Officer) -> int:
    """How many notices an officer has not opened."""
    return Notice.select().where((Notice.officer == officer) & Notice.read_at.is_null()).count()


def listed(actor: Actor, *, limit: int = SHOWN) -> list[Told]:
    """The actor's newest notices, of all their roles."""
    newest = (
        Notice.select().where(Notice.officer == actor.person).order_by(Notice.at.desc(), Notice.id.desc())
    )
    return [_told(actor, notice) for notice in newest.limit(limit)]


@transaction()
def opened(actor: Actor, public_id: str, *, now: datetime) -> Told:
    """One of the actor's notices, which is read from now on. Raises NotFound for any other."""
    notice = Notice.get_or_none((Notice.public_id == public_id) & (Notice.officer == actor.person))
    if notice is None:
        raise NotFound("没有这条消息")
    Notice.update(read_at=now).where((Notice.id == notice.id) & Notice.read_at.is_null()).execute()
    return _told(actor, notice)


@transaction()
def read_all(actor: Actor, *, now: datetime) -> None:
    """Mark all the actor's notices as read."""
    _unread(actor.person, read_at=now)


def _told(actor: Actor, notice: Notice) -> Told:
    telling = TELLINGS[NoticeKind(notice.kind)]
    return Told(notice, telling, telling.role in (None, actor.role))


def _unread(officer: Officer, *more: Any, **change: Any) -> int:
    """Change an officer's unread notices, or those of them that also fulfil `more`. Returns how many."""
    mine = (Notice.officer == officer) & Notice.read_at.is_null()
    return int(Notice.update(**change).where(mine, *more).execute())
