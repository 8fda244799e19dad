"""Being told (消息): the list, what is unread, the small number at the tab, and how to be told beyond the app."""

from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.channel import Channel
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.permission import Permission
from webapp.services import channels, notices, push, sessions
from webapp.settings import Settings
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import wants_fragment
from webapp.web.guards import current_actor, requires

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@requires(Permission.SIGNED_IN)
def listed() -> str:
    """The newest notices, unread ones marked."""
    return render_template("notices/notices.html", told=notices.listed(current_actor()))


@bp.get("/notices/ways")
@requires(Permission.SIGNED_IN)
def ways() -> str:
    """How to be told beyond the app."""
    return render_template("notices/ways.html", **_chosen())


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
    return _want(Channel.MAIL)


@bp.post("/notices/messenger")
@requires(Permission.SIGNED_IN)
def want_messages() -> Response:
    """Have a message or an SMS sent when there is something new, or none."""
    return _want(Channel.MESSENGER)


@bp.post("/notices/push")
@requires(Permission.SIGNED_IN)
def push_here() -> Response:
    """Push to this device when there is something new."""
    if not _settings().web_push:
        raise NotFound("这个系统没有开启推送")
    told, hosts = request.form.get("subscription", ""), _settings().push_hosts
    try:
        push.subscribe(current_actor(), told, hosts=hosts, now=now())
    except Invalid as error:
        return shown_again("notices/ways.html", error, **_chosen() | {"wrong": Channel.PUSH})
    return redirect(url_for("notices.ways"), code=303)


@bp.post("/notices/push/stop")
@requires(Permission.SIGNED_IN)
def push_no_more() -> Response:
    """Push to this device no more."""
    push.unsubscribe(current_actor(), now=now())
    return redirect(url_for("notices.ways"), code=303)


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


def _want(channel: Channel) -> Response:
    if channel not in _ways():
        raise NotFound("这个系统没有设置这种提醒")
    address = request.form.get("address", "")
    try:
        channels.want(current_actor(), channel, address, now=now())
    except Invalid as error:
        page = _chosen()
        page["addresses"] = page["addresses"] | {channel: address}
        return shown_again("notices/ways.html", error, **page | {"wrong": channel})
    return redirect(url_for("notices.ways"), code=303)


def _chosen() -> dict[str, Any]:
    actor, pushes = current_actor(), _settings().web_push
    return {
        "addresses": {channel.value: channels.address_of(actor.person, channel) for channel in _ways()},
        "is_group": (messenger := _settings().messenger) is not None and messenger.is_group,
        "push_key": push.public_key() if pushes else "",
        "is_pushed": pushes and push.is_on(actor),
    }


def _ways() -> list[Channel]:
    """Ways of being told at an address that are set up here."""
    set_up = {Channel.MAIL: _settings().mail_server, Channel.MESSENGER: _settings().messenger}
    return [channel for channel, server in set_up.items() if server is not None]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
