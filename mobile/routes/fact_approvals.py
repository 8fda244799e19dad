"""Allowing that facts be told (事实查询的审批) to who could not read the pages themselves."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.permission import Permission
from webapp.services import fact_approvals
from webapp.services import fact_queries as queries
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("fact_approvals", __name__)


@bp.get("/approvals/facts/<query_id>")
@requires(Permission.APPROVALS)
def show(query_id: str) -> str:
    """One query: who asks what about whom, and why."""
    return render_template("approvals/facts.html", **_shown(query_id))


@bp.post("/approvals/facts/<query_id>/approve")
@requires(Permission.APPROVALS)
def approve(query_id: str) -> Response:
    """Let the keeper answer."""
    fact_approvals.approve(current_actor(), query_id, now=now())
    return redirect(url_for("approvals.index"), code=303)


@bp.post("/approvals/facts/<query_id>/decline")
@requires(Permission.APPROVALS)
def decline(query_id: str) -> Response:
    """Turn it down with a reason."""
    words = request.form.get("words", "")
    try:
        fact_approvals.decline(current_actor(), query_id, words, now=now())
    except Invalid as error:
        return shown_again("approvals/facts.html", error, words=words, **_shown(query_id))
    return redirect(url_for("approvals.index"), code=303)


def _shown(query_id: str) -> dict[str, object]:
    told = fact_approvals.opened(current_actor(), query_id, now=now())
    needs_two = fact_approvals.needs_two(told.query)
    return {"told": told, "asked_by": queries.asked_by(told.query), "needs_two": needs_two}
