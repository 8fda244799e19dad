"""Asking for a fact (查询一项事实), the asker's side: an official about a dossier, an individual about their own.

No page is opened by it. Who could read ordinary pages by their standing right is answered by the keeper alone; for
everybody else an approver decides first (docs/decisions/0011).
"""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain import fact as rules
from webapp.domain import purpose as purposes
from webapp.domain.access_request import checked_words
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.fact import Fact, State, Way
from webapp.domain.role import Role
from webapp.services import audit, corrections, dossiers, fact_deciders, requests, units, viewers
from webapp.services import fact_queries as queries
from webapp.services.actor import Actor
from webapp.services.fact_queries import Told
from webapp.storage.archive import Dossier
from webapp.storage.database import new_public_id, transaction
from webapp.storage.facts import FactLine, FactQuery


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for and why. Individuals need no code of Art. 31; what for is theirs to say or not."""

    facts: frozenset[str]
    details: str
    purpose: str = purposes.OWN
    certificate: bool = True


@dataclass(frozen=True, slots=True)
class Learnt:
    """What somebody was told of a person's dossier, as that person is told of it."""

    told: Told
    name: str
    unit_name: str


def ask(actor: Actor, dossier_id: str, wanted: Wanted, *, now: datetime) -> FactQuery:
    """Ask; it goes to the keeper, or first to an approver.

    Raises NotFound; Refused when recusal or policy forbids asking at all; Invalid; Conflict for too many open ones
    or the same once more.
    """
    dossier = dossiers.find(dossier_id)
    requests.require_may_ask(actor, dossier)
    is_own = actor.role is Role.INDIVIDUAL
    chosen = rules.checked_choice(wanted.facts)
    goes_to_keeper = _goes_to_keeper(actor, dossier, chosen)
    purpose = purposes.OWN if is_own else purposes.checked(wanted.purpose)
    details = checked_words(wanted.details, what="具体事项", required=not is_own)
    with transaction():
        _require_room(actor, dossier, chosen)
        public_id = new_public_id()
        query = FactQuery.create(
            public_id=public_id,
            dossier=dossier,
            asker=actor.person,
            role=actor.role,
            fact_list=rules.CURRENT,
            state=State.WAITING if goes_to_keeper else State.AWAITED,
            purpose=purpose,
            details=queries.sealed(dossier, public_id, "details", details),
            wants_certificate=wanted.certificate,
            asked_at=now,
        )
        for one in chosen:
            FactLine.create(query=query, fact=one.code)
        queries.log("facts:asked", query, actor, now, facts=[one.code for one in chosen],
                    certificate=wanted.certificate)  # fmt: skip
        if goes_to_keeper:
            fact_deciders.tell_keepers(query, now=now)
        else:
            fact_deciders.tell_approvers(query, now=now)
    return query


def own(actor: Actor) -> list[Told]:
    """What the actor asked for in this role, the newest first; without values."""
    mine = (FactQuery.asker == actor.person) & (FactQuery.role == actor.role)
    return queries.listed(queries.select().where(mine).order_by(FactQuery.id.desc()).limit(100))


def own_one(actor: Actor, query_id: str, *, now: datetime) -> Told:
    """One of the actor's own, with the values while they are told (see is_told): that is logged first.

    Raises NotFound; Refused when recusal or policy came to forbid it.
    """
    query = own_query(actor, query_id)
    requests.require_may_ask(actor, query.dossier)
    if not is_told(query, now):
        return queries.opened(actor, query, with_values=False)
    with transaction():
        queries.log("facts:told", query, actor, now)
    return queries.opened(actor, query)


def is_told(query: FactQuery, now: datetime) -> bool:
    """True while its asker may see the answer: not too old, and told by a right that still holds."""
    return query.state == State.ANSWERED and not is_over(query, now) and queries.is_covered(query)


def is_over(query: FactQuery, now: datetime) -> bool:
    """True when an answer is too old to be told."""
    return query.state == State.ANSWERED and not rules.is_told(Role(query.role), query.decided_at, now)


@transaction()
def withdraw(actor: Actor, query_id: str, *, now: datetime) -> None:
    """Take a query back before it is answered. Raises NotFound, Conflict."""
    query = own_query(actor, query_id)
    if not queries.moved(query, rules.OPEN, state=State.WITHDRAWN, decided_at=now):
        raise Conflict("这项查询已经有了结果，不能撤回")
    queries.settle(query, now)
    queries.log("facts:withdrawn", query, actor, now)


def told_about(actor: Actor, *, now: datetime) -> list[Learnt]:
    """What others were told of the actor's own dossier, the newest first; logged. Raises Refused, NotFound."""
    dossier = viewers.open_own(actor)
    answered = FactQuery.state.in_([State.ANSWERED.value, State.REVOKED.value])
    others = (FactQuery.dossier == dossier) & (FactQuery.role != Role.INDIVIDUAL) & answered
    rows = queries.select().where(others).order_by(FactQuery.decided_at.desc())
    with transaction():
        audit.append("facts:accounted", actor=actor, at=now, kind="dossier", record=dossier.public_id)
    names = units.full_names()
    return [
        Learnt(told, str(told.query.asker.name), names.get(told.query.asker.unit_id, ""))
        for told in queries.listed(rows)
    ]


def own_dossier(actor: Actor) -> Dossier:
    """The individual's own dossier, if they may ask about it. Raises Refused, NotFound."""
    dossier = corrections.own_dossier(actor)
    requests.require_may_ask(actor, dossier)
    return dossier


def own_query(actor: Actor, query_id: str) -> FactQuery:
    """One of the actor's own in this role. Decides nothing more. Raises NotFound."""
    query = queries.find(query_id)
    if query.asker_id != actor.person.id or query.role != actor.role:
        raise NotFound("没有这项查询", rule="facts:not-own")
    return query


def _goes_to_keeper(actor: Actor, dossier: Dossier, chosen: tuple[Fact, ...]) -> bool:
    """True when no approver comes first. Raises Invalid for what the rules want two approvers for."""
    ways = queries.ways(actor, dossier, chosen)
    if closed := [one for one in chosen if ways[one.code] is Way.REQUEST]:
        instead = "请向组织人事部门提出" if actor.role is Role.INDIVIDUAL else "请改为申请查阅"
        raise Invalid(f"{rules.in_words(closed)}须经两位审批人同意，不能在这里查，{instead}")
    return set(ways.values()) == {Way.KEEPER}


def _require_room(actor: Actor, dossier: Dossier, chosen: tuple[Fact, ...]) -> None:
    """Return only if one more may be asked. Part of the caller's transaction."""
    waiting = FactQuery.state.in_([state.value for state in rules.OPEN])
    held = queries.listed(FactQuery.select().where(waiting & (FactQuery.asker == actor.person)))
    if len(held) >= rules.MOST_OPEN:
        raise Conflict(f"您已有 {rules.MOST_OPEN} 项查询没有办完，请等有了结果，或先撤回不用的，再提新的")
    asked = {one.code for one in chosen}
    for told in held:
        if told.query.dossier_id == dossier.id and asked <= {line.fact.code for line in told.lines}:
            raise Conflict("您已有一项同样的查询在等答复")
