"""Rules of the job rows (后台任务): enqueue, lease, finish, fail, retry. The loop that works them is ocr_worker."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from peewee import fn

from webapp.storage.database import transaction
from webapp.storage.jobs import Job

LEASE = timedelta(
    seconds=90
)  # longer than the slowest page (60 s, then it is killed); a dead worker's job returns
TRIES = 3  # a job that took the worker down with it this often is failed, not tried for ever


def enqueue(kind: str, record: str, *, now: datetime, priority: int = 0) -> None:
    """Ask for work on a record. The same waiting already is done as urgently as either asks.

    Part of the caller's transaction.
    """
    waiting = (Job.kind == kind) & (Job.record == record) & (Job.state == "waiting")
    if not Job.update(priority=fn.MAX(Job.priority, priority)).where(waiting).execute():
        Job.insert(kind=kind, record=record, priority=priority, created_at=now).execute()


def claim(kinds: Collection[str], *, now: datetime) -> Job | None:
    """Lease the job that is due next among `kinds`: waiting, or left by a worker that died. One UPDATE, never shared.

    A job whose every try ended with a dead worker is failed instead.
    """
    abandoned = (Job.state == "running") & (Job.leased_until < now)
    is_due = Job.due_at.is_null() | (Job.due_at <= now)
    free = Job.kind.in_(list(kinds)) & (((Job.state == "waiting") & is_due) | abandoned)
    if not Job.select(Job.id).where(free).exists():
        return None  # an idle worker looks four times a second and must not take the write lock for it
    with transaction():
        spent = abandoned & (Job.attempts >= TRIES)
        Job.update(state="failed", error="处理程序多次中断，请重试或检查文件", done_at=now).where(
            spent
        ).execute()
        due = Job.select(Job.id).where(free).order_by(Job.priority.desc(), Job.id).limit(1)
        taken = (
            Job.update(
                state="running",
                leased_until=now + LEASE,
                lease=secrets.token_hex(8),
                attempts=Job.attempts + 1,
            )
            .where(Job.id.in_(due))
            .returning(Job)
        )
        return next(iter(taken.execute()), None)


def finish(job: Job, *, now: datetime) -> bool:
    """Mark done; the same work failed before is made good and forgotten.

    False when the lease was lost to another worker: the caller must then roll its work back.
    """
    same = (Job.kind == job.kind) & (Job.record == job.record)
    if not _close(job, now=now, state="done", error=""):
        return False
    Job.delete().where(same & (Job.state == "failed") & (Job.id < job.id)).execute()
    return True


def fail(job: Job, error: str, *, now: datetime) -> bool:
    """Mark failed with a reason for the person who asked. False when the lease was lost."""
    return _close(job, now=now, state="failed", error=error)


def renew(job: Job, *, now: datetime) -> bool:
    """Hold a lease for longer, as work on a long file does now and then. False when it was lost."""
    held = (Job.id == job.id) & (Job.lease == job.lease) & (Job.state == "running")
    return bool(Job.update(leased_until=now + LEASE).where(held).execute())


def release(job: Job, *, due_at: datetime | None = None) -> None:
    """Give a leased job back untouched, as a worker that is told to stop does. due_at -- not to be claimed before."""
    held = (Job.id == job.id) & (Job.lease == job.lease)
    Job.update(state="waiting", leased_until=None, attempts=Job.attempts - 1, due_at=due_at).where(
        held
    ).execute()


def again(job: Job, *, due_at: datetime | None = None) -> bool:
    """Put a leased job back after a failure that may pass, for at once or `due_at`. False when it has had its tries."""
    if job.attempts >= TRIES:
        return False
    held = (Job.id == job.id) & (Job.lease == job.lease) & (Job.state == "running")
    return bool(Job.update(state="waiting", leased_until=None, due_at=due_at).where(held).execute())


def retry(kind: str, record: str, *, now: datetime) -> bool:
    """Put a failed job back in the queue, first in line. False when there is none to retry."""
    failed = (Job.kind == kind) & (Job.record == record) & (Job.state == "failed")
    changed = Job.update(
        state="waiting", attempts=0, error="", done_at=None, leased_until=None, priority=Job.priority + 1
    ).where(failed)
    return bool(changed.execute())


def counts() -> dict[str, int]:
    """How many jobs are in each state."""
    return dict(Job.select(Job.state, fn.COUNT(Job.id)).group_by(Job.state).tuples())


def forget(*, before: datetime) -> int:
    """Delete jobs done before a time. Failed ones stay until they are retried."""
    return Job.delete().where((Job.state == "done") & (Job.done_at < before)).execute()


def _close(job: Job, *, now: datetime, state: str, error: str) -> bool:
    held = (Job.id == job.id) & (Job.lease == job.lease) & (Job.state == "running")
    return bool(Job.update(state=state, error=error, done_at=now, leased_until=None).where(held).execute())
