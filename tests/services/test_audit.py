"""The log that cannot be quietly changed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.builders import make_officer
from tests.moment import NOW
from webapp.services import audit
from webapp.services.actor import SYSTEM
from webapp.storage.audit import AuditEntry
from webapp.storage.database import database, transaction

LENGTH = 8


def append(action: str = "page:delivered", **more: object) -> int:
    with transaction():
        return audit.append(action, actor=SYSTEM, at=NOW, **more)


def rows() -> list[tuple[int, str, str]]:
    return list(database.execute_sql("SELECT seq, body, hash FROM audit_entry ORDER BY seq"))


@pytest.fixture
def chain(archive):
    """A log of LENGTH entries whose triggers somebody with the key has dropped."""
    while append(record=f"r{len(rows())}") < LENGTH:
        pass
    for event in ("update", "delete"):
        database.execute_sql(f"DROP TRIGGER audit_entry_keeps_{event}")
    return rows()


def put_back(chain: list[tuple[int, str, str]]) -> None:
    database.execute_sql("DELETE FROM audit_entry")
    for row in chain:
        database.execute_sql("INSERT INTO audit_entry (seq, body, hash) VALUES (?, ?, ?)", row)


def test_an_entry_says_who_did_what_to_which_record_and_when(archive):
    actor = make_officer()
    with transaction():
        seq = audit.append("page:delivered", actor=actor, at=NOW, kind="page", record="p1", viewing="V1", purpose="2",
                           reason="scope", details={"width": 1080})  # fmt: skip
    entry = next(audit.entries(limit=1))
    assert entry == {
        "seq": seq,
        "at": "2026-03-02T08:00:00.000+00:00",
        "actor": actor.person.public_id,
        "role": "official",
        "session": actor.session.public_id,
        "action": "page:delivered",
        "kind": "page",
        "record": "p1",
        "viewing": "V1",
        "purpose": "2",
        "decision": "allow",
        "reason": "scope",
        "details": {"width": 1080},
        "prev": rows()[-2][2],
    }


def test_an_entry_without_a_transaction_is_refused(archive):
    with pytest.raises(RuntimeError, match="transaction"):
        audit.append("page:delivered", actor=SYSTEM, at=NOW)


def test_a_time_without_a_zone_is_refused(archive):
    with transaction(), pytest.raises(ValueError, match="naive"):
        audit.append("page:delivered", actor=SYSTEM, at=datetime(2026, 3, 2))  # noqa: DTZ001


def test_an_act_that_fails_takes_its_entry_with_it(archive):
    @transaction()
    def act() -> None:
        audit.append("page:delivered", actor=SYSTEM, at=NOW)
        raise LookupError

    before = rows()
    with pytest.raises(LookupError):
        act()
    assert rows() == before
    append()
    assert audit.verify().broken_seq is None


def test_a_whole_chain_verifies_and_still_holds_every_hash_it_held(archive):
    heads = [audit.verify().head]
    for _ in range(5):
        append()
        heads.append(audit.verify().head)
    verdict = audit.verify()
    assert (verdict.entries, verdict.broken_seq) == (len(rows()), None)
    assert all(audit.contains(head) for head in heads)
    assert not audit.contains("f" * 64)


def test_entries_are_listed_newest_first_from_any_place(archive):
    for number in range(6):
        append(record=str(number))
    assert [e["record"] for e in audit.entries(limit=3)] == ["5", "4", "3"]
    oldest_shown = list(audit.entries(limit=3))[-1]["seq"]
    assert [e["record"] for e in audit.entries(before=oldest_shown, limit=2)] == ["2", "1"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET body = body WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        "INSERT OR REPLACE INTO audit_entry (seq, body, hash) VALUES (1, '{}', '')",
        "REPLACE INTO audit_entry (seq, body, hash) VALUES (1, '{}', '')",
        "INSERT INTO audit_entry (seq, body, hash) VALUES (1, '{}', '') ON CONFLICT (seq) DO UPDATE SET body = '{}'",
    ],
)
def test_no_statement_of_ours_changes_an_entry(archive, statement):
    before = rows()
    with pytest.raises(Exception, match="never changed"):
        database.execute_sql(statement)
    assert rows() == before


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, object]:
    kind = draw(st.sampled_from(["edit", "cut", "delete", "swap", "duplicate", "insert", "rehash", "blob"]))
    places = st.integers(0, LENGTH - 1)
    return kind, (draw(places), draw(places), draw(st.integers(0, 400)), draw(st.sampled_from('0aZ年"}')))


def mutated(
    chain: list[tuple[object, ...]], kind: str, given: tuple[int, int, int, str]
) -> list[tuple[object, ...]]:
    one, other, place, sign = given
    changed = [list(row) for row in chain]
    body = str(changed[one][1])
    place %= len(body)
    if kind == "edit":
        changed[one][1] = body[:place] + sign + body[place + 1 :]
    elif kind == "cut":
        changed[one][1] = body[:place]
    elif kind == "delete":
        del changed[one]
    elif kind == "swap":
        changed[one][1:], changed[other][1:] = changed[other][1:], changed[one][1:]
    elif kind == "duplicate":
        changed.insert(one, list(changed[one]))
    elif kind == "insert":
        changed.insert(one, [0, body.replace('"record"', '"recorc"'), changed[one][2]])
    elif kind == "rehash":
        entry = json.loads(body) | {"record": sign}
        changed[one][1] = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        changed[one][2] = audit._hash(changed[one][1])
    elif kind == "blob":
        changed[one][1] = b"\xff\xfe" + body.encode()
    if kind in ("duplicate", "insert"):  # with new numbers, so that none is missing
        changed = [[number, *row[1:]] for number, row in enumerate(changed, start=1)]
    return [tuple(row) for row in changed]


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(mutations())
def test_every_change_before_the_newest_entry_is_found(chain, mutation):
    kind, where = mutation
    changed = mutated(chain, kind, where)
    assume(changed != chain)
    assume(not (kind in ("delete", "rehash") and where[0] == LENGTH - 1))  # see the next test
    with database.atomic():
        put_back(changed)
        verdict = audit.verify()
        put_back(chain)
    assert verdict.broken_seq is not None
    assert verdict.broken_seq <= max(where[:2]) + 2


def test_what_the_chain_alone_cannot_tell_a_head_noted_elsewhere_does(chain):
    head = audit.verify().head
    put_back(chain[:-1])
    assert audit.verify().broken_seq is None
    assert not audit.contains(head)


def test_threads_that_append_at_once_keep_one_chain(archive):
    before = len(rows())

    def work(number: int) -> None:
        with database.connection_context():
            for _ in range(10):
                append(record=str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    verdict = audit.verify()
    assert (verdict.entries, verdict.broken_seq) == (before + 40, None)


def test_the_order_is_that_of_writing_whatever_the_clock_says(archive):
    append()
    with transaction():
        audit.append("page:delivered", actor=SYSTEM, at=NOW - timedelta(hours=1))
    assert [row.seq for row in AuditEntry.select().order_by(AuditEntry.seq)] == list(
        range(1, len(rows()) + 1)
    )
    assert audit.verify().broken_seq is None
