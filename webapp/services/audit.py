"""The log that cannot be quietly changed (审计日志): append in the caller's transaction, verify, list.

An entry is canonical JSON (sorted keys, no spaces, UTF-8) with ids only: no names, numbers or search words.
It names the hash of the entry before it, so that a change, a gap or a swap breaks the chain from there on.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from peewee import fn

from webapp.services.actor import Actor
from webapp.storage.audit import AuditEntry
from webapp.storage.database import database

GENESIS = "0" * 64  # the hash before the first entry
_CLOCKS_APART = timedelta(minutes=1)  # an entry's time is taken before its turn to be written comes


class Outcome(StrEnum):
    """How the act was decided."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Answer of verify(): how many entries, the last hash, and the first broken one (None when whole)."""

    entries: int
    head: str
    broken_seq: int | None = None
    fault: str = ""


def append(
    action: str,
    *,
    actor: Actor,
    at: datetime,
    kind: str = "",
    record: str = "",
    viewing: str = "",
    purpose: str = "",
    outcome: Outcome = Outcome.ALLOW,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> int:
    """Add one entry in the caller's transaction and return its number.

    action -- subject:verb, e.g. "page:delivered"
    kind, record -- what it is about: the kind of record and its public id
    reason -- the rule that decided, in English; never a name, number or search word
    details -- further ids and counts
    Raises RuntimeError outside a transaction: an entry and the act it describes are kept together or not at all;
    ValueError for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError(f"naive time for {action}: {at!r}")
    if not database.in_transaction():
        raise RuntimeError("an audit entry is appended in the transaction of the act it describes")
    seq, prev = _last()
    entry: dict[str, Any] = {
        "seq": seq + 1,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "actor": actor.officer.public_id if actor.officer else "system",
        "role": actor.role.value if actor.role else "",
        "session": actor.session.public_id if actor.session else "",
        "action": action,
        "kind": kind,
        "record": record,
        "viewing": viewing,
        "purpose": purpose,
        "decision": outcome.value,
        "reason": reason,
        "prev": prev,
    }
    if details:
        entry["details"] = details
    body = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    database.execute_sql(_statements()[1], (seq + 1, body, _hash(body)))
    return seq + 1


def verify() -> Verdict:
    """Walk the whole chain in order; stops at the first entry that does not hold."""
    seq, prev = 0, GENESIS.encode()
    # As bytes: whoever writes to the file itself may leave there what is not even text.
    rows = database.execute_sql(
        "SELECT seq, CAST(body AS BLOB), CAST(hash AS BLOB) FROM audit_entry ORDER BY seq"
    )
    sha256 = hashlib.sha256
    for found, body, stored in rows:
        seq += 1
        if found != seq:
            return Verdict(seq - 1, prev.decode(), seq, "entries are missing before this one")
        if b'"prev":"%b"' % prev not in body or b'"seq":%d,' % seq not in body:
            return Verdict(seq - 1, prev.decode(), seq, "does not follow the entry before it")
        if sha256(body).hexdigest().encode() != stored:
            return Verdict(seq - 1, prev.decode(), seq, "was changed")
        prev = stored
    return Verdict(seq, prev.decode())


def contains(head: str) -> bool:
    """True when some entry has this hash: one noted elsewhere earlier must still be there."""
    return AuditEntry.select().where(AuditEntry.hash == head).exists()


def entries(*, before: int | None = None, limit: int = 50) -> Iterator[dict[str, Any]]:
    """The newest entries first, as dicts, from below `before`."""
    query = AuditEntry.select().order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return (json.loads(row.body) for row in query)


def of_viewing(number: str, *, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
    """The entries of one viewing made between two times, in order.

    Found by the times alone: an index by viewing would cost every entry of everybody a fifth of its speed.
    """
    first, end = _first_at(since - _CLOCKS_APART), _first_at(until + _CLOCKS_APART)
    named = fn.instr(AuditEntry.body, json.dumps({"viewing": number}, separators=(",", ":"))[1:-1]) > 0
    within = (AuditEntry.seq >= first) & (AuditEntry.seq < end)
    rows = AuditEntry.select(AuditEntry.body).where(within & named).order_by(AuditEntry.seq)
    return (json.loads(row.body) for row in rows)


def _first_at(moment: datetime) -> int:
    """The number of the first entry made at a time or later; one beyond the last when there is none."""
    low, high = 1, _last()[0] + 1
    while low < high:
        middle = (low + high) // 2
        made = json.loads(AuditEntry.get_by_id(middle).body)["at"]
        if datetime.fromisoformat(made) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _last() -> tuple[int, str]:
    newest, _ = _statements()
    return database.execute_sql(*newest).fetchone() or (0, GENESIS)


@cache
def _statements() -> tuple[tuple[str, list[Any]], str]:
    """The newest entry, with its parameters, and the insertion of one: making them anew takes twice as long as both."""
    newest = AuditEntry.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    insertion, _ = AuditEntry.insert(seq=0, body="", hash="").sql()
    return newest.sql(), insertion


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
