"""Background work: leased to one worker at a time, never lost, never done twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.moment import NOW
from webapp.services import jobs
from webapp.services.jobs import LEASE, TRIES
from webapp.storage.database import database, transaction
from webapp.storage.jobs import Job

AFTER_LEASE = NOW + LEASE + timedelta(seconds=1)


def enqueue(record: str = "1", *, kind: str = "read", priority: int = 0) -> None:
    with transaction():
        jobs.enqueue(kind, record, now=NOW, priority=priority)


def states() -> list[str]:
    return [job.state for job in Job.select().order_by(Job.id)]


def test_the_same_work_is_asked_for_once_while_it_waits(archive):
    enqueue()
    enqueue()
    assert states() == ["waiting"]
    assert jobs.claim(["read"], now=NOW) is not None
    enqueue()  # what changed since the work began needs doing again
    assert states() == ["running", "waiting"]


def test_waiting_work_that_is_asked_for_more_urgently_becomes_urgent_and_stays_so(archive):
    for priority in (-10, 5, 0):
        enqueue(priority=priority)
    assert [job.priority for job in Job.select()] == [5]


def test_work_comes_by_priority_then_by_age_and_only_of_the_kinds_asked_for(archive):
    for record, priority in (("1", 0), ("2", 10), ("3", 10)):
        enqueue(record, priority=priority)
    enqueue("4", kind="index", priority=99)
    assert [jobs.claim(["read"], now=NOW).record for _ in range(3)] == ["2", "3", "1"]
    assert jobs.claim(["read"], now=NOW) is None


def test_of_eight_workers_that_ask_at_once_each_job_goes_to_one(archive):
    for number in range(20):
        enqueue(str(number))

    def work(_: int) -> list[str]:
        taken = []
        with database.connection_context():
            while job := jobs.claim(["read"], now=NOW):
                taken.append(job.record)
        return taken

    with ThreadPoolExecutor(8) as pool:
        taken = [record for records in pool.map(work, range(8)) for record in records]
    assert sorted(taken, key=int) == [str(number) for number in range(20)]


def test_a_job_of_a_dead_worker_returns_after_its_lease_and_not_before(archive):
    enqueue()
    dead = jobs.claim(["read"], now=NOW)
    assert jobs.claim(["read"], now=NOW + LEASE) is None
    taken_over = jobs.claim(["read"], now=AFTER_LEASE)
    assert (taken_over.id, taken_over.attempts) == (dead.id, 2)


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(archive):
    enqueue()
    late = jobs.claim(["read"], now=NOW)
    current = jobs.claim(["read"], now=AFTER_LEASE)
    assert not jobs.finish(late, now=AFTER_LEASE)
    assert not jobs.fail(late, "x", now=AFTER_LEASE)
    assert not jobs.renew(late, now=AFTER_LEASE)
    assert not jobs.again(late)
    jobs.release(late)
    assert states() == ["running"]
    assert jobs.finish(current, now=AFTER_LEASE)
    assert not jobs.finish(current, now=AFTER_LEASE)
    assert states() == ["done"]


def test_a_renewed_lease_lasts_from_then_on(archive):
    enqueue()
    job = jobs.claim(["read"], now=NOW)
    assert jobs.renew(job, now=NOW + LEASE)
    assert jobs.claim(["read"], now=AFTER_LEASE) is None
    assert jobs.claim(["read"], now=AFTER_LEASE + LEASE) is not None


def test_work_that_kills_its_worker_every_time_is_given_up(archive):
    enqueue()
    at = NOW
    for _ in range(TRIES):
        assert jobs.claim(["read"], now=at) is not None
        at += LEASE + timedelta(seconds=1)
    assert jobs.claim(["read"], now=at) is None
    job = Job.get()
    assert job.state == "failed"
    assert job.error


def test_work_given_up_does_not_hold_up_what_waits_behind_it(archive):
    enqueue("1")
    at = NOW
    for _ in range(TRIES):
        jobs.claim(["read"], now=at)
        at += LEASE + timedelta(seconds=1)
    enqueue("2")
    assert jobs.claim(["read"], now=at).record == "2"


def test_a_failure_that_may_pass_is_tried_again_but_not_for_ever(archive):
    enqueue()
    for left in range(TRIES - 1, -1, -1):
        job = jobs.claim(["read"], now=NOW)
        assert jobs.again(job) is bool(left)
    assert states() == ["running"]
    assert jobs.fail(job, "三次都没有成功", now=NOW)
    assert (Job.get().state, Job.get().error) == ("failed", "三次都没有成功")


def test_a_worker_told_to_stop_gives_its_job_back_untouched(archive):
    enqueue()
    jobs.release(jobs.claim(["read"], now=NOW))
    assert (Job.get().state, Job.get().attempts) == ("waiting", 0)


def test_only_what_failed_is_tried_again_by_a_person_and_then_first(archive):
    enqueue("1")
    enqueue("2")
    assert not jobs.retry("read", "1", now=NOW)
    jobs.fail(jobs.claim(["read"], now=NOW), "坏了", now=NOW)
    enqueue("0")
    assert jobs.retry("read", "1", now=NOW)
    job = jobs.claim(["read"], now=NOW)
    assert (job.record, job.attempts, job.error) == ("1", 1, "")


def test_done_work_is_forgotten_and_failed_work_kept(archive):
    for record in ("1", "2", "3"):
        enqueue(record)
    jobs.finish(jobs.claim(["read"], now=NOW), now=NOW)
    jobs.fail(jobs.claim(["read"], now=NOW), "坏了", now=NOW)
    assert jobs.counts() == {"done": 1, "failed": 1, "waiting": 1}
    assert jobs.forget(before=NOW) == 0
    assert jobs.forget(before=NOW + timedelta(days=1)) == 1
    assert jobs.counts() == {"failed": 1, "waiting": 1}


def test_what_failed_once_is_made_good_by_the_same_work_done_later(archive):
    for record in ("1", "2", "1"):
        enqueue(record)
        jobs.fail(jobs.claim(["read"], now=NOW), "失败", now=NOW)
    enqueue("1")
    assert jobs.finish(jobs.claim(["read"], now=NOW), now=NOW)
    assert [(job.record, job.state) for job in Job.select().order_by(Job.id)] == [
        ("2", "failed"),
        ("1", "done"),
    ]


def test_asking_for_work_in_a_transaction_that_fails_asks_for_nothing(archive):
    @transaction()
    def act() -> None:
        jobs.enqueue("read", "1", now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        act()
    assert states() == []
