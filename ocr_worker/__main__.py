"""The worker process: `python -m ocr_worker`. Holds the keys, starts children that hold none, stops on SIGTERM."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Protocol

from ocr_worker.attaching import AttachmentLane
from ocr_worker.lanes import DecodeLane, IndexLane, KeptFrames, ReadLane
from ocr_worker.mailing import Mail
from ocr_worker.messaging import Gateway
from ocr_worker.pushing import Push
from ocr_worker.rechecking import RecheckLane
from ocr_worker.telling import TellingLane
from ocr_worker.tracing import TraceLane
from webapp.domain.errors import Conflict
from webapp.services import jobs, pages, pieces, push, reminders, tracing
from webapp.services.instance import open_instance
from webapp.settings import BadSettings, Settings
from webapp.storage.database import database
from webapp.vault.keyring import KeyRingUnusable
from webapp.vault.privacy import keep_to_owner

IDLE_S = 0.25  # between two looks at an empty queue: part of the time from upload to found
AFTER_FAULT_S = 5.0
CARE_EVERY = timedelta(hours=1)
DONE_JOBS_KEPT = timedelta(days=7)
QUIET_HOUR_UTC = 18  # 02:00 in Beijing: merging the index disturbs nobody
_log = logging.getLogger("lantai.worker")


class Lane(Protocol):
    """Something that works one job at a time."""

    def step(self) -> bool:
        """Work one job. False when there is none."""


def utc_now() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


class Care:
    """What has to be done now and then: sweep orphans, forget old jobs, remind, merge the index at night."""

    def __init__(self, index: IndexLane):
        self._index, self._due, self._merged_on = index, utc_now(), utc_now().date()

    def step(self) -> bool:
        """Do what is due. Always False: there is never more at once."""
        now = utc_now()
        if now >= self._due:
            self._due = now + CARE_EVERY
            pieces.sweep(pages.unreferred, now=now)
            jobs.forget(before=now - DONE_JOBS_KEPT)
            reminders.send(now=now)
            push.sweep(now=now)
            tracing.let_go()
        if now.hour == QUIET_HOUR_UTC and self._merged_on != now.date():
            self._merged_on = now.date()
            self._index.merge()
        return False


class IndexAndCare:
    """The index has one writer, so the care that touches it runs in the same lane."""

    def __init__(self) -> None:
        self._index = IndexLane(utc_now)
        self._care = Care(self._index)

    def step(self) -> bool:
        """Write what waits; when nothing does, take care."""
        return self._index.step() or self._care.step()


def run_lane(make: Callable[[], Lane], stop: Event) -> None:
    """Work until told to stop. A fault of ours is logged with its traceback; the lease gives the job back."""
    lane: Lane | None = None
    while not stop.is_set():
        try:
            lane = lane or make()
            database.connect(reuse_if_open=True)  # kept: closing the last one makes SQLite sync its log
            while not stop.is_set() and lane.step():
                pass
        except Conflict as moved_on:
            _log.info("a result was dropped: %s", moved_on)
        except Exception:
            _log.exception("a job failed in an unforeseen way; it returns to the queue")
            database.close()
            stop.wait(AFTER_FAULT_S)
        stop.wait(IDLE_S)
    database.close()
    if isinstance(lane, ReadLane):
        lane.close()


def _telling(settings: Settings) -> list[Callable[[], Lane]]:
    """A lane for each way out of the app that is set up."""
    makers: list[Callable[[], Lane]] = []
    if (server := settings.mail_server) is not None:
        makers.append(lambda: TellingLane(Mail(server, settings.public_origin), utc_now))
    if (gateway := settings.messenger) is not None:
        makers.append(lambda: TellingLane(Gateway(gateway, settings.public_origin), utc_now))
    if settings.web_push:
        hosts, origin = settings.push_hosts, settings.public_origin
        makers.append(lambda: TellingLane(Push(hosts, origin, utc_now), utc_now))
    return makers


def main() -> int:
    """Open the instance, start the lanes, wait for SIGTERM or SIGINT. Exit 0 after a clean stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    keep_to_owner()
    try:
        settings = Settings.from_env(os.environ)
        open_instance(settings)
    except (BadSettings, KeyRingUnusable) as fault:
        print(fault, file=sys.stderr)
        return 2
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    kept = KeptFrames()
    makers: list[Callable[[], Lane]] = [
        lambda: DecodeLane(kept, utc_now),
        IndexAndCare,
        lambda: RecheckLane(utc_now),
        lambda: AttachmentLane(utc_now),
        lambda: TraceLane(utc_now),
    ]
    makers += _telling(settings)
    makers += [lambda: ReadLane(kept, utc_now, engine=settings.ocr_engine)] * settings.ocr_processes
    lanes = [Thread(target=run_lane, args=(make, stop), name=f"lane-{n}") for n, make in enumerate(makers)]
    for lane in lanes:
        lane.start()
    _log.info("working with %s reading processes (%s)", settings.ocr_processes, settings.ocr_engine)
    for lane in lanes:
        lane.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
