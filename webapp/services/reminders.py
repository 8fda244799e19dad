"""Reminders (提醒), each once: a grant that ends soon, a decision that is overdue, a request whose time has passed,
a query for facts that nobody answered, paper that is to be brought back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from webapp.domain.access_request import State
from webapp.domain.fact import OPEN
from webapp.domain.fact import State as FactState
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import asked, deciders, fact_deciders, fact_queries, loan_reminders, notices
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.facts import FactQuery
from webapp.storage.notices import Notice
from webapp.storage.requests import AccessRequest, Grant

ENDING = timedelta(hours=24)  # before the end of a grant: its reader still has a working day
OVERDUE = timedelta(hours=24)  # after it was handed in, a request should have been looked at
LOOKED_BACK = timedelta(days=7)  # a worker that stood still for longer tells nothing stale

Due = tuple[Officer, NoticeKind, str]


@transaction()
def send(*, now: datetime) -> int:
    """Write the reminders that are due and were not written before. How many."""
    due = [*_ending(now), *_overdue(now), *_expired(now), *_unanswered(now)]
    new = [each for each in due if not _was_told(*each)] + list(loan_reminders.due(now))
    for officer, kind, record in new:
        notices.notify(officer, kind, record, now=now)
    return len(new)


def _ending(now: datetime) -> Iterator[Due]:
    """A grant longer than a day, on its last one."""
    live = Grant.revoked_at.is_null() & (Grant.in_force_at <= now) & (Grant.used_ms < Grant.allowed_ms)
    soon = (Grant.not_after > now) & (Grant.not_after <= now + ENDING)
    for grant in Grant.select().where(live & soon):
        if grant.not_after - grant.not_before > ENDING:
            yield grant.officer, NoticeKind.GRANT_ENDING, grant.request.public_id


def _overdue(now: datetime) -> Iterator[Due]:
    """Told to whoever may decide now, who need not be those of the day it was handed in."""
    late = asked.waiting(AccessRequest.submitted_at <= now - OVERDUE, at=now)
    able = deciders.able(late, at=now)
    for request in late:
        for officer in able[request.id]:
            yield officer, NoticeKind.DECISION_OVERDUE, request.public_id
        if not able[request.id]:
            for officer in notices.officers_in(Role.SECURITY_OFFICER):
                yield officer, NoticeKind.REQUEST_STRANDED, request.public_id


def _expired(now: datetime) -> Iterator[Due]:
    is_open = AccessRequest.state.in_([State.WAITING, State.RETURNED])
    passed = (AccessRequest.not_after <= now) & (AccessRequest.not_after > now - LOOKED_BACK)
    for request in AccessRequest.select().where(is_open & passed):
        yield request.asker, NoticeKind.REQUEST_EXPIRED, request.public_id


def _unanswered(now: datetime) -> Iterator[Due]:
    """A query for facts that should have been decided, or answered."""
    open_ones = fact_queries.select().where(FactQuery.state.in_(OPEN))
    late = [one for one in open_ones if (one.approved_at or one.asked_at) <= now - OVERDUE]
    approvers = deciders.able_alone([one for one in late if one.state == FactState.AWAITED], at=now)
    for query in late:
        is_undecided = query.id in approvers
        kind = NoticeKind.FACTS_UNDECIDED if is_undecided else NoticeKind.FACTS_OVERDUE
        able = approvers[query.id] if is_undecided else fact_deciders.keepers_of(query)
        for officer in able:
            yield officer, kind, query.public_id
        if is_undecided and not able:
            for officer in notices.officers_in(Role.SECURITY_OFFICER):
                yield officer, NoticeKind.REQUEST_STRANDED, query.public_id


def _was_told(officer: Officer, kind: NoticeKind, record: str) -> bool:
    same = (Notice.officer == officer) & (Notice.kind == kind.value) & (Notice.record == record)
    return bool(Notice.select().where(same).exists())
