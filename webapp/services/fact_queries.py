"""A query for facts as both sides of the table know it (事实查询): its lines, words and state, sealed and unsealed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain import fact as rules
from webapp.domain import purpose as purposes
from webapp.domain.category import Category
from webapp.domain.disclosure import Sensitivity
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.fact import Fact, Outcome, State, Value, Way
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, contested, dossiers, notices, pieces, requests, units
from webapp.services.actor import Actor
from webapp.services.rights import Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.facts import Certificate, FactLine, FactQuery

UNLISTED = "档案内材料（按规定不列出名称）"
GONE = "所依据的材料已经移走"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a query. `value` is unsealed, and None until the keeper looked or where it is not told."""

    row: FactLine
    fact: Fact
    outcome: Outcome | None
    value: Value | None
    source: str = ""

    @property
    def told(self) -> str:
        """The value in one line."""
        return self.value.told(self.fact) if self.value else ""


@dataclass(frozen=True, slots=True)
class Told:
    """A query before one of the people concerned, as far as it is theirs to know."""

    query: FactQuery
    lines: tuple[Line, ...]
    details: str = ""
    words: str = ""  # why it was declined, or the answer taken back
    absent: Officer | None = None  # in whose name the approver before it would decide

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.query.state)

    @property
    def facts(self) -> str:
        """What was asked for, in words."""
        return rules.in_words([line.fact for line in self.lines])

    @property
    def purpose(self) -> str:
        """What for, in words."""
        return "本人申请证明" if self.is_own else purposes.label(self.query.purpose)

    @property
    def is_own(self) -> bool:
        """The person asked about themselves."""
        return bool(self.query.role == Role.INDIVIDUAL)

    @property
    def revocation(self) -> str:
        """Why the answer was taken back, as anybody may know."""
        return rules.REVOCATIONS.get(self.query.revocation, "")

    @property
    def certificate(self) -> Certificate | None:
        """The certificate issued on it."""
        return Certificate.get_or_none(Certificate.query == self.query)


def select() -> Any:
    """Queries with their dossier, subject, unit and asker."""
    query = FactQuery.select(FactQuery, Dossier, Subject, Unit, Officer).join(Dossier).join(Subject)
    return query.join(Unit).switch(FactQuery).join(Officer, on=FactQuery.asker == Officer.id)


def find(public_id: str) -> FactQuery:
    """The query by public id. Decides nothing. Raises NotFound."""
    query = select().where(FactQuery.public_id == public_id).get_or_none()
    if query is None:
        raise NotFound("没有这项查询")
    return query


def listed(queries: Iterable[FactQuery]) -> list[Told]:
    """Queries for a list: which facts, and no values; one query for all."""
    by_id = {row.id: row for row in queries}
    lines: dict[int, list[Line]] = {row_id: [] for row_id in by_id}
    for line in FactLine.select().where(FactLine.query.in_(list(by_id))).order_by(FactLine.id):
        known = rules.find(line.fact, by_id[line.query_id].fact_list)
        lines[line.query_id].append(Line(line, known, _outcome(line), None))
    return [Told(row, tuple(lines[row_id])) for row_id, row in by_id.items()]


def opened(actor: Actor, query: FactQuery, *, with_values: bool = True) -> Told:
    """A query with its words unsealed; with the values, and the papers as far as the actor may know of them."""
    dossier, held = query.dossier, dossiers.rights(actor, query.dossier)
    doubted = contested.of(dossier)
    lines = []
    for row in lines_of(query):
        known = rules.find(row.fact, query.fact_list)
        value = _value(query, row) if with_values and row.value else None
        source = _source(row, held.decide, doubted) if value and _outcome(row) is Outcome.CONFIRMED else ""
        lines.append(Line(row, known, _outcome(row), value, source))
    said = ("revocation", query.revocation_words) if query.revocation_words else ("answer", query.words)
    words = unsealed(query, said[0], said[1]) if said[1] else ""
    return Told(query, tuple(lines), unsealed(query, "details", query.details), words)


def lines_of(query: FactQuery) -> list[FactLine]:
    """Its lines, in the order of the list."""
    return list(query.lines.order_by(FactLine.id))


def asker_of(query: FactQuery) -> Actor:
    """Who asked, in the role they asked in."""
    return Actor(query.asker, Role(query.role))


def asked_by(query: FactQuery) -> str:
    """Who asked, in words."""
    if query.role == Role.INDIVIDUAL:
        return "本人"
    unit = query.asker.unit
    return f"{units.full_name(unit)} {query.asker.name}" if unit else str(query.asker.name)


def ways(asker: Actor, dossier: Dossier, facts: Iterable[Fact]) -> dict[str, Way]:
    """Who lets each be told, by code: the keeper where the asker's standing right opens a category it is found in."""
    held = dossiers.rights(asker, dossier)
    return {fact.code: _way(held, fact) for fact in facts}


def ways_of(query: FactQuery) -> set[Way]:
    """The same of all that a query asks for, as its asker's right stands now."""
    asked_for = [rules.find(line.fact, query.fact_list) for line in lines_of(query)]
    return set(ways(asker_of(query), query.dossier, asked_for).values())


def is_covered(query: FactQuery) -> bool:
    """True while what it is told by holds: an approver's word, or the asker's standing right."""
    return query.approved_by_id is not None or ways_of(query) == {Way.KEEPER}


def require_right_of_asker(query: FactQuery) -> None:
    """Return only while the asker may still be told. Raises Conflict."""
    asker = asker_of(query)
    if asker.role not in query.asker.roles or query.asker.disabled_at is not None:
        raise Conflict("查询人的账号或角色已有变化，不能再答复。请写明原因，不予答复")
    try:
        requests.require_may_ask(asker, query.dossier)
    except Refused as error:
        raise Conflict("查询人现在不得了解这份档案，不能再答复。请写明原因，不予答复") from error
    if not is_covered(query):
        raise Conflict("查询人的查阅范围已有变化，须先经审批。请不予答复，由对方重新提出")


def moved(query: FactQuery, states: Collection[State], version: int | None = None, /, **columns: Any) -> bool:
    """Change a query if it is still in one of these states, and is the version that was seen. Decides by row count."""
    still = (FactQuery.id == query.id) & FactQuery.state.in_([state.value for state in states])
    if version is not None:
        still &= FactQuery.version == version
    return bool(FactQuery.update(version=FactQuery.version + 1, **columns).where(still).execute())


def tell_asker(query: FactQuery, now: datetime) -> None:
    """Tell the asker that there is a result. Part of the caller's transaction."""
    is_own = query.role == Role.INDIVIDUAL
    kind = NoticeKind.OWN_FACTS_SETTLED if is_own else NoticeKind.FACTS_SETTLED
    notices.notify(query.asker, kind, query.public_id, now=now)


def settle(query: FactQuery, now: datetime) -> None:
    """Nobody has to do anything about it any more. Part of the caller's transaction."""
    kinds = (
        NoticeKind.FACTS_TO_APPROVE,
        NoticeKind.FACTS_UNDECIDED,
        NoticeKind.FACTS_WAITING,
        NoticeKind.FACTS_OVERDUE,
        NoticeKind.REQUEST_STRANDED,
    )
    notices.settle(kinds, query.public_id, now=now)


def sealed(dossier: Dossier, query_id: str, what: str, words: str) -> bytes:
    """Words of a query for their column.

    what -- details | answer | revocation | the code of a fact
    """
    return pieces.seal_field(dossier, f"fact-{what}:{query_id}", words)


def unsealed(query: FactQuery, what: str, held: bytes) -> str:
    """Inverse of sealed()."""
    return pieces.unseal_field(query.dossier, f"fact-{what}:{query.public_id}", held)


def log(action: str, query: FactQuery, actor: Actor, at: datetime, **more: Any) -> None:
    """An entry about a query: ids, codes and counts, no words and no values."""
    audit.append(action, actor=actor, at=at, kind="facts", record=query.public_id, purpose=query.purpose,
                 details={"dossier": query.dossier.public_id, **more})  # fmt: skip


def _way(held: Rights, fact: Fact) -> Way:
    usual = [held.decide_category(Category(code), Sensitivity.ORDINARY) for code in fact.found_in]
    if any(decision.shows_pages for decision in usual):
        return Way.KEEPER
    needs_two = held.policy.approvers > 1 or not held.policy.twofold.isdisjoint(fact.found_in)
    return Way.REQUEST if needs_two else Way.APPROVER


def _outcome(line: FactLine) -> Outcome | None:
    return Outcome(line.outcome) if line.outcome else None


def _value(query: FactQuery, line: FactLine) -> Value:
    return Value.read(unsealed(query, line.fact, line.value))


def _source(line: FactLine, decide: Any, doubted: contested.Contested) -> str:
    """Which paper it was found in, in words, as far as a reader may know of it."""
    material: Material | None = line.material
    if material is None:
        return GONE
    if not decide(material).shows_catalogue:
        return UNLISTED
    formed = dossiers.formed_of(material)
    when = f"（{formed.chinese}）" if formed else ""
    page = f"第 {line.page.number} 页" if line.page else ""
    mark = contested.MARK if material.id in doubted.materials else ""
    return "，".join(filter(None, (f"《{material.title}》{when}", page, mark)))
