"""Approvers who stand in for others, at the desk (审批代理): the security officer sees who decides for whom."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import delegations
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("desk_delegations", __name__)


@bp.get("/desk/delegations")
@requires(Permission.ROLES)
def listed() -> str:
    """All of them, the newest first."""
    told = delegations.listed(current_actor(), now=now())
    return render_template("desk_delegations/delegations.html", told=told)


@bp.post("/desk/delegations/<delegation_id>/end")
@requires(Permission.ROLES)
def end(delegation_id: str) -> Response:
    """End one that should not be."""
    delegations.end(current_actor(), delegation_id, now=now())
    return redirect(url_for("desk_delegations.listed"), code=303)
