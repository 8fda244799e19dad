"""`audit`: entries appended and verified a second, each append a transaction of its own that has reached the disk.

Rival: rows of the same bytes inserted into and read from the same SQLCipher database, without chain or rule.
"""

import time
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from statistics import median

from tests.benchmarks import archives
from tests.benchmarks.figures import Figures, say
from webapp.services import audit
from webapp.services.actor import SYSTEM, Actor
from webapp.services.instance import open_instance
from webapp.settings import Settings
from webapp.storage.audit import AuditEntry
from webapp.storage.database import database, transaction

WRITERS = 4
_OFFICIAL = "chadang"
_PLAIN = "CREATE TABLE plain (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, hash VARCHAR(64) NOT NULL)"


def measure(*, appends: int = 2_000, rows: int = 100_000) -> Figures:
    """`appends` entries by one process, as many by four together, then a log of at least `rows` is verified."""
    with archives.demonstration() as settings:
        database.execute_sql(_PLAIN)
        actor, _ = archives.sign_in(_OFFICIAL)
        figures: Figures = {}
        for name, write in (("append", append), ("plain_insert", insert)):
            say(f"audit: {name}, {appends} by one process, then by {WRITERS}")
            began = time.perf_counter()
            write(actor, appends)
            figures[f"{name}_per_s"] = round(appends / (time.perf_counter() - began))
            seconds = _together(settings, name, appends // WRITERS)
            figures[f"{name}_{WRITERS}_processes_per_s"] = round(appends // WRITERS * WRITERS / seconds)
        say(f"audit: filling the log to {rows} entries")
        with transaction():
            for _ in range(rows - AuditEntry.select().count()):
                _delivered(actor)
        return figures | _verified()


def append(actor: Actor, count: int) -> None:
    """Entries as the delivery of a page makes them."""
    for _ in range(count):
        with transaction():
            _delivered(actor)


def insert(_actor: Actor, count: int) -> None:
    """Rows of the same bytes."""
    newest = AuditEntry.select(AuditEntry.body, AuditEntry.hash).order_by(AuditEntry.seq.desc())
    row = newest.tuples().first()
    for _ in range(count):
        with transaction():
            database.execute_sql("INSERT INTO plain (body, hash) VALUES (?, ?)", row)


def _delivered(actor: Actor) -> None:
    audit.append("page:delivered", actor=actor, at=archives.utc_now(), kind="page", record="kQ3vX0tB9sLr7eWm",
                 viewing="V7K3M9Q2", purpose="2", reason="in-scope",
                 details={"rendition": "masked", "width": 1080})  # fmt: skip


def _together(settings: Settings, name: str, each: int) -> float:
    """Seconds in which WRITERS processes of their own did `each`, counted from when all were ready."""
    processes = get_context("spawn")
    ready = processes.Barrier(WRITERS + 1)
    writers = [processes.Process(target=alone, args=(settings, name, each, ready)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    ready.wait()
    began = time.perf_counter()
    for writer in writers:
        writer.join()
    return time.perf_counter() - began


def alone(settings: Settings, name: str, count: int, ready: Barrier) -> None:
    """One of the writers: its own process, its own connection."""
    open_instance(settings)
    with database.connection_context():
        write = {"append": append, "plain_insert": insert}[name]
        write(SYSTEM, 1)
        ready.wait()
        write(SYSTEM, count)


def _verified() -> Figures:
    chained, plain = [], []
    for _ in range(3):
        began = time.perf_counter()
        verdict = audit.verify()
        chained.append(verdict.entries / (time.perf_counter() - began))
        if verdict.broken_seq is not None:
            raise RuntimeError(f"entry {verdict.broken_seq} {verdict.fault}")
        began = time.perf_counter()
        read = sum(1 for _ in database.execute_sql("SELECT seq, body, hash FROM audit_entry ORDER BY seq"))
        plain.append(read / (time.perf_counter() - began))
    return {"verify_rows_per_s": round(median(chained)), "plain_select_rows_per_s": round(median(plain))}
