"""Who viewed my dossier and who used its paper (谁看过我的档案)."""

from flask import Blueprint, render_template, request

from webapp.domain.permission import Permission
from webapp.services import own, viewers
from webapp.web.clock import now
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires

bp = Blueprint("viewers", __name__)


@bp.get("/me/viewers")
@requires(Permission.OWN)
def listed() -> str:
    """The viewings by others, or my own, newest first."""
    actor, is_own = current_actor(), request.args.get("own") == "1"
    before = request.args.get("before", type=int)
    viewed, more = viewers.listed(actor, is_own=is_own, before=before, now=now())
    return page_or_fragment(
        "viewers/viewers.html",
        "viewers/_viewings.html",
        viewed=viewed,
        more=more,
        is_own=is_own,
        wants=own.wants_viewings(actor),
    )


@bp.get("/me/viewers/paper")
@requires(Permission.OWN)
def paper() -> str:
    """Who borrowed, extracted from or copied the paper."""
    return render_template("viewers/paper.html", lent=viewers.lent(current_actor(), now=now()))


@bp.get("/me/viewers/<viewing_id>")
@requires(Permission.OWN)
def account(viewing_id: str) -> str:
    """One viewing: who, when, what for, by which approval, and what was sent."""
    return render_template("viewers/viewing.html", account=viewers.account(current_actor(), viewing_id))
