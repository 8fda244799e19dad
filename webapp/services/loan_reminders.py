"""Reminders of paper that is to come back (归还提醒): a day before it is due, and when it is overdue, to who has it and
who keeps it; and when the approval by which it is out was taken back.
"""

from collections.abc import Iterator
from datetime import datetime

from webapp.domain.loan import SOON, Kind, Stage, stage
from webapp.domain.local_time import day
from webapp.domain.notice import NoticeKind
from webapp.services import keepers, notices
from webapp.storage.accounts import Officer
from webapp.storage.loans import Loan
from webapp.storage.notices import Notice
from webapp.storage.requests import AccessRequest

_TAKER = {Stage.SOON: NoticeKind.LOAN_DUE, Stage.OVERDUE: NoticeKind.LOAN_OVERDUE}
_KEEPER = {Stage.SOON: NoticeKind.LOAN_DUE_KEPT, Stage.OVERDUE: NoticeKind.LOAN_OVERDUE_KEPT}


def recall(request: AccessRequest, *, now: datetime) -> None:
    """Tell the keepers of paper that is out by an approval which was taken back. Part of the caller's transaction."""
    out = (Loan.request == request) & (Loan.kind == Kind.BORROW) & Loan.ended_at.is_null()
    for loan in Loan.select().where(out):
        notices.notify_all(keepers.of(loan.dossier), NoticeKind.LOAN_RECALLED_KEPT, loan.public_id, now=now)


def due(now: datetime) -> Iterator[tuple[Officer, NoticeKind, str]]:
    """What is to be told now and was not since the day was set: officer, kind, public id of the entry."""
    today = day(now)
    out = (Loan.kind == Kind.BORROW) & Loan.ended_at.is_null() & (Loan.due_on <= today + SOON)
    for loan in Loan.select().where(out):
        at = stage(loan.due_on, today)
        told = [(loan.taker, _TAKER[at])] if loan.taker and loan.taker.may_sign_in else []
        told += [(keeper, _KEEPER[at]) for keeper in keepers.of(loan.dossier)]
        for officer, kind in told:
            if not _was_told(officer, kind, loan):
                yield officer, kind, loan.public_id


def _was_told(officer: Officer, kind: NoticeKind, loan: Loan) -> bool:
    """A reminder of an earlier day does not count: the day was moved since."""
    same = (Notice.officer == officer) & (Notice.kind == kind.value) & (Notice.record == loan.public_id)
    return bool(Notice.select().where(same & (Notice.at >= loan.due_set_at)).exists())
