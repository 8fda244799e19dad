"""Who may decide about a request (审批人): in their own name, or in that of an approver who is away.

An approver decides where units were given to them, or everywhere; never about their own request, their own or a
relative's dossier, nor for a relative. A deputy decides besides where the absent one would have, if nothing keeps
either of the two away. Of two approvals, no person gives or lends their name to both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.access_request import State, Step
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Refused
from webapp.domain.role import Role
from webapp.services import delegations, dossiers, notices, remits, ties
from webapp.services.actor import Actor
from webapp.services.dossiers import Standings
from webapp.services.remits import Remit
from webapp.storage.accounts import Officer
from webapp.storage.facts import FactQuery
from webapp.storage.requests import AccessRequest, RequestStep

Asked = AccessRequest | FactQuery
_KEPT_AWAY = {
    Standing.OWN: "任何人不得审批查阅本人档案的申请",
    Standing.RECUSED: "您与该干部存在回避关系，不能审批",
}


@dataclass(frozen=True, slots=True)
class Say:
    """Whether somebody may decide.

    bar -- what keeps them from it; absent -- in whose name they would decide, None for their own
    """

    bar: Refused | None = None
    absent: Officer | None = None


@dataclass(frozen=True, slots=True)
class _Approver:
    """One approver by themselves: where they decide, and what they keep away from."""

    person: Officer
    remit: Remit
    standings: Standings
    tied: frozenset[int]

    def kept_from(self, request: Asked) -> Refused | None:
        standing = self.standings.of(request.dossier_id)
        if request.asker_id == self.person.id:
            return Refused("任何人不得审批自己的申请", rule="approval:own-request")
        if standing in _KEPT_AWAY:
            return Refused(_KEPT_AWAY[standing], rule=f"approval:{standing}")
        if request.asker_id in self.tied:
            return Refused("您与申请人存在回避关系，不能审批", rule="approval:related")
        return None


def require(actor: Actor, request: AccessRequest, *, at: datetime) -> Officer | None:
    """In whose name the actor decides, None for their own. Raises Refused for whom something keeps from it."""
    say = says(actor, [request], at=at)[request.id]
    if say.bar is not None:
        raise say.bar
    return say.absent


def says(actor: Actor, requests: Sequence[AccessRequest], *, at: datetime) -> dict[int, Say]:
    """What the actor has to say in each, by row id. A few queries, whatever their number.

    Raises Refused for who approves nothing at all.
    """
    if actor.role is not Role.APPROVER:
        raise Refused("只有审批人可以审批", rule="approval:role")
    return _says(actor.person, requests, _named_before(requests), at)


def says_alone(officer: Officer, asked: Sequence[FactQuery], *, at: datetime) -> dict[int, Say]:
    """What an approver has to say in what one of them decides alone, by row id; a few queries."""
    return _says(officer, asked, {}, at)


def able(requests: Sequence[AccessRequest], *, at: datetime) -> dict[int, list[Officer]]:
    """The officers who may decide about each, by row id."""
    return _able(requests, _named_before(requests), at)


def able_alone(asked: Sequence[FactQuery], *, at: datetime) -> dict[int, list[Officer]]:
    """The same of what one of them decides alone."""
    return _able(asked, {}, at)


def _able(asked: Sequence[Asked], named: Mapping[int, set[int]], at: datetime) -> dict[int, list[Officer]]:
    """Each approver is looked up once, whatever the number of what is asked."""
    found: dict[int, list[Officer]] = {one.id: [] for one in asked}
    for officer in notices.officers_in(Role.APPROVER) if asked else ():
        for row, say in _says(officer, asked, named, at).items():
            if say.bar is None:
                found[row].append(officer)
    return found


def _says(
    officer: Officer, requests: Sequence[Asked], named: Mapping[int, set[int]], at: datetime
) -> dict[int, Say]:
    me = _approver(officer)
    absent = [_approver(one.officer) for one in delegations.standing_in(officer, at=at)]
    return {one.id: _say(me, absent, one, named.get(one.id, set())) for one in requests}


def _say(me: _Approver, absent: Iterable[_Approver], request: Asked, named: set[int]) -> Say:
    """The own name comes first: who may decide by themselves needs nobody else's."""
    if bar := me.kept_from(request):
        return Say(bar)
    if me.person.id in named:
        words = "您已经同意（或者已有人代您同意），还要由另一位审批人审批"
        return Say(Refused(words, rule="approval:same-approver"))
    path = request.dossier.subject.unit.path
    if me.remit.covers(path):
        return Say()
    competent = [one for one in absent if one.remit.covers(path)]
    for one in competent:
        if one.kept_from(request) is None and one.person.id not in named:
            return Say(absent=one.person)
    if competent:
        words = "您代理的审批人须回避这份申请，或者已经同意过，您不能代为审批"
        return Say(Refused(words, rule="approval:absent-kept-away"))
    return Say(Refused("这名干部的单位不在您的审批范围内", rule="approval:units"))


def _approver(officer: Officer) -> _Approver:
    actor = Actor(officer, Role.APPROVER)
    return _Approver(officer, remits.of(officer), dossiers.standings(actor), ties.officers(officer))


def _named_before(requests: Sequence[AccessRequest]) -> dict[int, set[int]]:
    """Of those that wait for a second approval: who gave the first, and in whose name, by row id of the request."""
    halfway = [one.id for one in requests if one.state == State.WAITING and one.approvals]
    steps = RequestStep.select(RequestStep.request, RequestStep.officer, RequestStep.absent).where(
        RequestStep.request.in_(halfway) & (RequestStep.kind == Step.SECONDED)
    )
    latest = {request: names for request, *names in steps.order_by(RequestStep.id).tuples()}
    return {request: {name for name in names if name is not None} for request, names in latest.items()}
