"""Grants in force at the desk (生效中的授权): the security officer takes back what is misused."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import grants
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("grants", __name__)


@bp.get("/desk/grants")
@requires(Permission.GRANTS)
def index() -> str:
    """Who may read by approval now, until when."""
    actor, at = current_actor(), now()
    return render_template(
        "grants/index.html", running=grants.listed(actor, now=at), revoke="grants.revoke", at=at
    )


@bp.post("/desk/grants/<grant_id>/revoke")
@requires(Permission.GRANTS)
def revoke(grant_id: str) -> Response:
    """Take a grant back; the next request under it is refused."""
    grants.revoke(grant_id, actor=current_actor(), now=now())
    return redirect(url_for("grants.index"), code=303)
