"""Standing in for an approver who is away (审批代理): name a deputy, see for whom one stands in, end it at once."""

from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.delegation import LONGEST
from webapp.domain.errors import Conflict, Invalid, Refused, Throttled
from webapp.domain.local_time import ZONE, day
from webapp.domain.permission import Permission
from webapp.services import delegations
from webapp.services.delegations import Period
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("delegations", __name__)


@bp.get("/delegations")
@requires(Permission.APPROVALS)
def index() -> str:
    """One's own, as the absent one and as the deputy, and the form to name a deputy."""
    return render_template("delegations/index.html", **_shown({}))


@bp.post("/delegations")
@requires(Permission.APPROVALS)
def name() -> Response:
    """Name a deputy, by a proof: it gives a right away."""
    form = request.form
    try:
        period = _period()
        step_up.check()
        delegations.name(current_actor(), form.get("deputy", ""), period, form.get("reason", ""), now=now())
    except (Invalid, Conflict, Refused, Throttled) as error:
        return shown_again("delegations/index.html", error, **_shown(form.to_dict()))
    return redirect(url_for("delegations.index"), code=303)


@bp.post("/delegations/<delegation_id>/end")
@requires(Permission.APPROVALS)
def end(delegation_id: str) -> Response:
    """End one at once, from either side."""
    delegations.end(current_actor(), delegation_id, now=now())
    return redirect(url_for("delegations.index"), code=303)


def _period() -> Period:
    """Whole days: from the beginning of the first to the end of the last. Raises Invalid."""
    try:
        first, last = (
            datetime.fromisoformat(request.form.get(name, "")[:10]).replace(tzinfo=ZONE)
            for name in ("first", "last")
        )
    except ValueError as error:
        raise Invalid("请填写代理的第一天和最后一天") from error
    return Period(first, last + timedelta(days=1))


def _shown(typed: dict[str, str]) -> dict[str, object]:
    actor, at = current_actor(), now()
    people = [
        (one.public_id, f"{one.name}（{one.unit.name}）" if one.unit else one.name)
        for one in delegations.candidates(actor)
    ]
    return {
        "told": delegations.own(actor, at=at),
        "people": people,
        "typed": typed,
        "today": day(at).isoformat(),
        "longest": LONGEST.days,
        "mine": actor.person.id,
    }
