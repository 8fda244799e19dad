"""Who may decide about a query for facts (办理回避): keepers and approvers whom neither asker nor dossier bars."""

from collections.abc import Callable
from datetime import datetime

from webapp.domain.disclosure import Standing
from webapp.domain.errors import Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import deciders, dossiers, keepers, notices, ties
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.facts import FactQuery

KEPT_AWAY = {
    Standing.OWN: "任何人不得审批查询本人档案的申请",
    Standing.RECUSED: "您与该干部存在回避关系，不能审批",
}


def require_keeper(actor: Actor, query: FactQuery) -> None:
    """Return only for an archivist who keeps the dossier, did not approve the query, and has nothing to do with the
    asker. Raises Refused.
    """
    dossiers.require_custody(actor, query.dossier)
    _require_unconcerned(actor, query)
    if had_a_say(actor, query):
        raise Refused("这项查询由您（或者由人代您）审批过，请由其他管理员办理", rule="facts:approved")


def had_a_say(actor: Actor, query: FactQuery) -> bool:
    """True for whoever approved it, and for whom a deputy did: approver and keeper are two people."""
    return actor.person.id in (query.approved_by_id, query.absent_id)


def require_approver(actor: Actor, query: FactQuery, *, at: datetime) -> Officer | None:
    """In whose name an approver decides, None for their own. Raises Refused for whom something keeps from it."""
    if actor.role is not Role.APPROVER:
        raise Refused("只有审批人可以审批", rule="approval:role")
    standing = dossiers.standing_of(actor, query.dossier)
    if standing in KEPT_AWAY:
        raise Refused(KEPT_AWAY[standing], rule=f"approval:{standing}")
    _require_unconcerned(actor, query)
    say = deciders.says_alone(actor.person, [query], at=at)[query.id]
    if say.bar is not None:
        raise say.bar
    return say.absent


def barred_from(actor: Actor) -> frozenset[int]:
    """Row ids of the askers whose queries are not for this actor: themselves, and those they are tied to."""
    return ties.officers(actor.person) | {actor.person.id}


def keepers_of(query: FactQuery) -> list[Officer]:
    """Those who may answer it."""
    return [
        one for one in keepers.of(query.dossier) if _passes(require_keeper, Actor(one, Role.ARCHIVIST), query)
    ]


def tell_keepers(query: FactQuery, *, now: datetime) -> None:
    """Tell those who may answer it that it waits. Part of the caller's transaction."""
    notices.notify_all(keepers_of(query), NoticeKind.FACTS_WAITING, query.public_id, now=now)


def approvers_of(query: FactQuery, *, at: datetime) -> list[Officer]:
    """Those who may decide whether it is answered."""
    return deciders.able_alone([query], at=at)[query.id]


def tell_approvers(query: FactQuery, *, now: datetime) -> None:
    """Tell those who may decide about it; the security officers if nobody may. Part of the caller's transaction."""
    able, kind = approvers_of(query, at=now), NoticeKind.FACTS_TO_APPROVE
    if not able:
        able, kind = notices.officers_in(Role.SECURITY_OFFICER), NoticeKind.REQUEST_STRANDED
    notices.notify_all(able, kind, query.public_id, now=now)


def _require_unconcerned(actor: Actor, query: FactQuery) -> None:
    if query.asker_id == actor.person.id:
        raise Refused("任何人不得办理自己提出的查询", rule="facts:own-query")
    if query.asker_id in ties.officers(actor.person):
        raise Refused("您与查询人存在回避关系，请由其他人办理", rule="facts:related")


def _passes(rule: Callable[[Actor, FactQuery], None], actor: Actor, query: FactQuery) -> bool:
    try:
        rule(actor, query)
    except Refused:
        return False
    return True
