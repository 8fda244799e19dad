"""Being told (消息): the list, what is unread, and the small number at the tab."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.permission import Permission
from webapp.services import mail, notices, sessions
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import wants_fragment
from webapp.web.guards import current_actor, requires

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@requires(Permission.SIGNED_IN)
def listed() -> str:
    """The newest notices, unread ones marked."""
    return render_template("notices/notices.html", **_list())


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


@bp.post("/notices/mail")
@requires(Permission.SIGNED_IN)
def want_mail() -> Response:
    """Have a mail sent when there is something new, or none."""
    if not _sends_mail():
        raise NotFound("这个系统没有设置邮件")
    address = request.form.get("address", "")
    try:
        mail.want(current_actor(), address, now=now())
    except Invalid as error:
        return shown_again("notices/notices.html", error, **_list() | {"address": address})
    return redirect(url_for("notices.listed"), code=303)


def _list() -> dict[str, object]:
    actor = current_actor()
    address = mail.address_of(actor.person) if _sends_mail() else None
    return {"told": notices.listed(actor), "address": address, "sends_mail": _sends_mail()}


def _sends_mail() -> bool:
    return current_app.config["SETTINGS"].mail_server is not None


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
