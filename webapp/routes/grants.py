"""Grants in force at the desk (生效中的授权): the security officer takes back what is misused."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import grants
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("grants", __name__)

FURTHEST = 1000  # page of the list


@bp.get("/desk/grants")
@requires(Permission.GRANTS)
def index() -> str:
    """Who may read by approval now, until when."""
    at, page = now(), min(max(1, request.args.get("page", 1, type=int)), FURTHEST)
    running, is_more = grants.listed(current_actor(), now=at, page=page)
    following = url_for("grants.index", page=page + 1) if is_more else ""
    return render_template(
        "grants/index.html", running=running, following=following, revoke="grants.revoke", at=at
    )


@bp.post("/desk/grants/<grant_id>/revoke")
@requires(Permission.GRANTS)
def revoke(grant_id: str) -> Response:
    """Take a grant back; the next request under it is refused."""
    grants.revoke(grant_id, actor=current_actor(), now=now())
    return redirect(url_for("grants.index"), code=303)
