"""Answering queries for facts (事实查询的答复), the keeper's side: look, write down what was found and where, answer.

What is written for one fact is kept at once, as a draft, so that opening pages in between loses nothing. The answer
names who confirmed it; it can be taken back, and the certificate with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from webapp.domain import fact as rules
from webapp.domain.access_request import checked_words
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.fact import Outcome, State
from webapp.domain.local_time import day
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, certificates, dossiers, fact_deciders, notices, viewings
from webapp.services import fact_queries as queries
from webapp.services.actor import Actor
from webapp.services.fact_queries import Told
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.facts import FactLine, FactQuery
from webapp.storage.pages import Page

LISTED = 100  # of those that have a result
REASON = "不予答复的理由"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the keeper found of one fact, as it was typed: the value, and material (public id) and page it is in."""

    outcome: str
    words: str = ""
    date: str = ""
    material_id: str = ""
    page: str = ""


def waiting(actor: Actor) -> int:
    """How many wait for the actor."""
    return len(_kept(actor, is_open=True))


def kept(actor: Actor, *, now: datetime, is_open: bool = True) -> list[Told]:
    """Queries about dossiers the actor keeps: the oldest first while they wait, the newest first after; logged."""
    found = _kept(actor, is_open)
    with transaction():
        audit.append("facts:listed", actor=actor, at=now, kind="facts", details={"count": len(found)})
    return queries.listed(found)


def kept_one(actor: Actor, query_id: str, *, now: datetime) -> Told:
    """One of them with all that was found so far; logged.

    Raises NotFound; Refused; Conflict for one that waits for its approver, and one that never came to the keeper.
    """
    query = queries.find(query_id)
    fact_deciders.require_keeper(actor, query)
    if query.state == State.AWAITED:
        raise Conflict("这项查询还要先经审批")
    if query.state not in rules.CAME_TO_KEEPER:
        raise Conflict("这项查询已经撤回或没有批准，不用答复")
    with transaction():
        queries.log("facts:read", query, actor, now)
    return queries.opened(actor, query)


@transaction()
def note(actor: Actor, query_id: str, code: str, finding: Finding, *, now: datetime) -> None:
    """Keep what was found of one fact. Raises NotFound, Refused, Invalid, Conflict when it no longer waits."""
    query = queries.find(query_id)
    fact_deciders.require_keeper(actor, query)
    known = rules.find(code, query.fact_list)
    if finding.outcome not in list(Outcome):
        raise Invalid("请选择查到了什么")
    outcome = Outcome(finding.outcome)
    value = rules.checked_value(known, outcome, finding.words, finding.date, today=day(now))
    material, page = _place(query.dossier, finding) if outcome is Outcome.CONFIRMED else (None, None)
    if not queries.moved(query, (State.WAITING,)):
        raise Conflict("这项查询已经不在等待答复，请刷新后再看")
    line = (FactLine.query == query) & (FactLine.fact == code)
    sealed = queries.sealed(query.dossier, query_id, code, value.written())
    changed = FactLine.update(outcome=outcome, value=sealed, material=material, page=page).where(line)
    if not changed.execute():
        raise Invalid("这项查询没有问到这一项")
    queries.log("facts:noted", query, actor, now, fact=code)


@transaction()
def answer(actor: Actor, query_id: str, *, version: int, now: datetime) -> None:
    """Give the answer, and issue the certificate that was asked for where anything was confirmed.

    version -- of the query as the keeper saw it. Raises NotFound, Refused, Invalid when something is not filled in,
    Conflict when it was changed or decided since, or when nothing may be told to the asker any more.
    """
    query = queries.find(query_id)
    fact_deciders.require_keeper(actor, query)
    lines = queries.lines_of(query)
    _require_whole(lines)
    if query.state == State.WAITING:
        queries.require_right_of_asker(query)
    change: dict[str, Any] = {"state": State.ANSWERED, "decided_by": actor.person, "decided_at": now}
    if not queries.moved(query, (State.WAITING,), version, **change):
        raise Conflict("这项查询刚刚有了变化，请核对后再答复")
    answered = queries.find(query_id)
    queries.settle(query, now)
    confirmed = sum(line.outcome == Outcome.CONFIRMED for line in lines)
    queries.log("facts:answered", query, actor, now, confirmed=confirmed)
    if query.wants_certificate and confirmed:
        certificates.issue(actor, answered, now=now)
    queries.tell_asker(query, now)
    owner = viewings.wishing_subject(query.dossier)
    if owner is not None and query.role != Role.INDIVIDUAL:
        notices.notify(owner, NoticeKind.FACTS_TOLD, query_id, now=now)


@transaction()
def decline(actor: Actor, query_id: str, words: str, *, now: datetime) -> None:
    """Turn the whole query down with a reason. Raises NotFound, Refused, Invalid, Conflict."""
    query = queries.find(query_id)
    fact_deciders.require_keeper(actor, query)
    said = queries.sealed(query.dossier, query_id, "answer", checked_words(words, what=REASON))
    change: dict[str, Any] = {
        "state": State.DECLINED,
        "decided_by": actor.person,
        "decided_at": now,
        "words": said,
    }
    if not queries.moved(query, (State.WAITING,), **change):
        raise Conflict("这项查询已经有了结果，请刷新后再看")
    queries.settle(query, now)
    queries.log("facts:declined", query, actor, now)
    queries.tell_asker(query, now)


@transaction()
def revoke(actor: Actor, query_id: str, code: str, words: str, *, now: datetime) -> None:
    """Take an answer back, and with it the certificate. Raises NotFound, Refused, Invalid, Conflict.

    code -- of REVOCATIONS: all that those learn who check the certificate; words -- for the asker
    """
    query = queries.find(query_id)
    fact_deciders.require_keeper(actor, query)
    if code not in rules.REVOCATIONS:
        raise Invalid("请选择收回的原因")
    said = queries.sealed(query.dossier, query_id, "revocation", checked_words(words, what="收回的理由"))
    change: dict[str, Any] = {
        "revoked_by": actor.person,
        "revoked_at": now,
        "revocation": code,
        "revocation_words": said,
    }
    if not queries.moved(query, (State.ANSWERED,), state=State.REVOKED, **change):
        raise Conflict("只有已答复的查询可以收回，请刷新后再看")
    queries.log("facts:revoked", query, actor, now, reason=code)
    queries.tell_asker(query, now)


def likely_first(dossier: Dossier, code: str, version: str) -> list[Material]:
    """The dossier's materials, those first that usually prove a fact; the newest first among each."""
    usual = rules.find(code, version).found_in
    held = Material.select().where(Material.dossier == dossier)
    rank = {category: place for place, category in enumerate(usual)}
    return sorted(
        held,
        key=lambda one: (rank.get(one.category, len(rank)), -(one.year or 0), -(one.month or 0), one.id),
    )


def _place(dossier: Dossier, finding: Finding) -> tuple[Material, Page | None]:
    """Where in the dossier it was found. Raises Invalid."""
    named = (Material.public_id == finding.material_id) & (Material.dossier == dossier)
    material = Material.get_or_none(named)
    if material is None:
        raise Invalid("请选择依据的材料")
    number = finding.page.strip()
    pages = Page.select().where(Page.material == material)
    if not number and not pages.exists():
        return material, None  # on paper only
    page = pages.where(Page.number == int(number)).first() if number.isdecimal() and len(number) < 6 else None
    if page is None:
        raise Invalid(f"请填写在第几页，这份材料共 {pages.count()} 页")
    return material, page


def _require_whole(lines: Sequence[FactLine]) -> None:
    open_ones = sum(not line.outcome for line in lines)
    if open_ones:
        raise Invalid(f"还有 {open_ones} 项没有填写")
    if any(line.outcome == Outcome.CONFIRMED and line.material_id is None for line in lines):
        raise Invalid("有一项所依据的材料已经移走，请重新填写那一项")


def _kept(actor: Actor, is_open: bool) -> list[FactQuery]:
    states = [State.WAITING] if is_open else [one for one in rules.CAME_TO_KEEPER if one is not State.WAITING]
    order = FactQuery.id if is_open else FactQuery.decided_at.desc()
    others = FactQuery.asker.not_in(list(fact_deciders.barred_from(actor)))
    rows = queries.select().where(others & FactQuery.state.in_(states)).order_by(order)
    standings = dossiers.standings(actor)
    kept = (row for row in rows if standings.of(row.dossier_id) is Standing.CUSTODY)
    mine = (row for row in kept if not fact_deciders.had_a_say(actor, row))
    return list(mine if is_open else islice(mine, LISTED))
