"""Being told (消息): the list, what is unread, and the small number at the tab."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import notices, sessions
from webapp.web.clock import now
from webapp.web.fragments import wants_fragment
from webapp.web.guards import current_actor, requires

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@requires(Permission.SIGNED_IN)
def listed() -> str:
    """The newest notices, unread ones marked."""
    return render_template("notices/notices.html", told=notices.listed(current_actor()))


@bp.get("/notices/<notice_id>")
@requires(Permission.SIGNED_IN)
def opened(notice_id: str) -> Response | str:
    """Go where a notice leads; where another role is needed, say which."""
    told = notices.opened(current_actor(), notice_id, now=now())
    if told.opens_here:
        return redirect(told.address, code=303)
    return render_template("notices/elsewhere.html", told=told)


@bp.post("/notices/read")
@requires(Permission.SIGNED_IN)
def read_all() -> Response:
    """Mark all as read."""
    notices.read_all(current_actor(), now=now())
    return redirect(url_for("notices.listed"), code=303)


@bp.get("/badge")
@requires(Permission.ANYBODY)
def badge() -> Response | str | tuple[str, int]:
    """How many notices are unread, if not the number the page has already: 204.

    Open to anybody, for whom it is 204: a page left open is not thrown to the sign-in under somebody's hands.
    """
    if not wants_fragment():
        return redirect(url_for("notices.listed"), code=303)
    if g.session is None or g.session.stage != sessions.FULL:
        return "", 204
    unread = notices.unread(g.session.officer)
    if request.args.get("had", type=int) == unread:
        return "", 204
    return render_template("notices/_badge.html", unread=unread)
