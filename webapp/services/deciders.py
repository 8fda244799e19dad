"""Who may decide about a request (审批回避): an approver whom neither the asker nor the dossier keeps away."""

from collections.abc import Sequence

from webapp.domain.access_request import State, Step
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Refused
from webapp.domain.role import Role
from webapp.services import dossiers, ties
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.requests import AccessRequest, RequestStep

_KEPT_AWAY = {
    Standing.OWN: "任何人不得审批查阅本人档案的申请",
    Standing.RECUSED: "您与该干部存在回避关系，不能审批",
}


def require(actor: Actor, request: AccessRequest) -> None:
    """Return only for an approver whom nothing keeps from this request. Raises Refused."""
    if bar := bars(actor, [request]).get(request.id):
        raise bar


def may(officer: Officer, request: AccessRequest) -> bool:
    """True when nothing keeps this officer, as an approver, from the request."""
    return not bars(Actor(officer, Role.APPROVER), [request])


def bars(actor: Actor, requests: Sequence[AccessRequest]) -> dict[int, Refused]:
    """What keeps the actor from each, by row id; free ones are not in it. A few queries, whatever their number.

    Raises Refused for who approves nothing at all.
    """
    if actor.role is not Role.APPROVER:
        raise Refused("只有审批人可以审批", rule="approval:role")
    standings, tied = dossiers.standings(actor), ties.officers(actor.person)
    agreed = _agreed(actor, requests)
    found = {}
    for request in requests:
        standing = standings.of(request.dossier_id)
        if request.asker_id == actor.person.id:
            found[request.id] = Refused("任何人不得审批自己的申请", rule="approval:own-request")
        elif standing in _KEPT_AWAY:
            found[request.id] = Refused(_KEPT_AWAY[standing], rule=f"approval:{standing}")
        elif request.asker_id in tied:
            found[request.id] = Refused("您与申请人存在回避关系，不能审批", rule="approval:related")
        elif request.id in agreed:
            found[request.id] = Refused("您已经同意，还要由另一位审批人审批", rule="approval:same-approver")
    return found


def _agreed(actor: Actor, requests: Sequence[AccessRequest]) -> set[int]:
    """Those of the requests that still wait and whose first approval is the actor's."""
    halfway = [one.id for one in requests if one.state == State.WAITING and one.approvals]
    steps = RequestStep.select(RequestStep.request, RequestStep.officer).where(
        RequestStep.request.in_(halfway) & (RequestStep.kind == Step.SECONDED)
    )
    latest = dict(steps.order_by(RequestStep.id).tuples())
    return {request for request, officer in latest.items() if officer == actor.person.id}
