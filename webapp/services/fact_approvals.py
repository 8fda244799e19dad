"""Deciding whether facts may be told to somebody who could not read the pages themselves (事实查询的审批)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from webapp.domain.access_request import checked_words
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.fact import State, Way
from webapp.domain.role import Role
from webapp.services import deciders, fact_deciders
from webapp.services import fact_queries as queries
from webapp.services.actor import Actor
from webapp.services.fact_queries import Told
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.facts import FactQuery

REASON = "不予批准的理由"


def waiting(actor: Actor, *, at: datetime) -> list[Told]:
    """What waits for this approver, the oldest first. Raises Refused for who approves nothing."""
    if actor.role is not Role.APPROVER:
        raise Refused("只有审批人可以审批", rule="approval:role")
    rows = list(queries.select().where(FactQuery.state == State.AWAITED).order_by(FactQuery.id))
    says = deciders.says_alone(actor.person, rows, at=at)
    mine = queries.listed(row for row in rows if says[row.id].bar is None)
    return [replace(told, absent=says[told.query.id].absent) for told in mine]


def stranded(*, at: datetime) -> list[FactQuery]:
    """Those that wait and nobody may decide about."""
    rows = list(queries.select().where(FactQuery.state == State.AWAITED))
    able = deciders.able_alone(rows, at=at)
    return [row for row in rows if not able[row.id]]


def opened(actor: Actor, query_id: str, *, now: datetime) -> Told:
    """One that waits or was decided by the actor, without values; logged. Raises NotFound, Refused."""
    query = queries.find(query_id)
    absent = fact_deciders.require_approver(actor, query, at=now)
    is_theirs = query.approved_by_id == actor.person.id or query.decided_by_id == actor.person.id
    if query.state != State.AWAITED and not is_theirs:
        raise NotFound("这项查询不在等待审批", rule="facts:not-awaited")
    with transaction():
        queries.log("facts:read", query, actor, now, **_in_the_name_of(absent))
    return replace(queries.opened(actor, query, with_values=False), absent=absent)


@transaction()
def approve(actor: Actor, query_id: str, *, now: datetime) -> None:
    """Let the keeper answer it. Raises NotFound, Refused; Conflict, also when the rules came to want two approvers."""
    query = queries.find(query_id)
    absent = fact_deciders.require_approver(actor, query, at=now)
    if needs_two(query):
        raise Conflict("按现行规则，这几项须经两位审批人同意。请不予批准，由查询人改为申请查阅")
    _move(query, state=State.WAITING, approved_by=actor.person, approved_at=now, absent=absent)
    queries.settle(query, now)
    queries.log("facts:approved", query, actor, now, **_in_the_name_of(absent))
    fact_deciders.tell_keepers(queries.find(query_id), now=now)  # as it is now: who approved it is not told


def needs_two(query: FactQuery) -> bool:
    """True when one approver does not do any more: the rules became tighter, or the asker's right less."""
    return query.state == State.AWAITED and Way.REQUEST in queries.ways_of(query)


@transaction()
def decline(actor: Actor, query_id: str, words: str, *, now: datetime) -> None:
    """Turn it down with a reason. Raises NotFound, Refused, Invalid, Conflict."""
    query = queries.find(query_id)
    absent = fact_deciders.require_approver(actor, query, at=now)
    said = queries.sealed(query.dossier, query_id, "answer", checked_words(words, what=REASON))
    _move(query, state=State.REFUSED, decided_by=actor.person, decided_at=now, words=said, absent=absent)
    queries.settle(query, now)
    queries.log("facts:declined", query, actor, now, **_in_the_name_of(absent))
    queries.tell_asker(query, now)


def _in_the_name_of(absent: Officer | None) -> dict[str, str]:
    return {"absent": str(absent.public_id)} if absent else {}


def _move(query: FactQuery, **change: Any) -> None:
    if not queries.moved(query, (State.AWAITED,), **change):
        raise Conflict("这项查询刚刚已经办理，请刷新后再看")
