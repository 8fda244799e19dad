"""How to sign in to a demonstration (演示账号): codes and passwords in the open, on loopback and nowhere else.

A proxy on this machine would ask from loopback for whoever asks it: what shows one shuts the page. One that hides
itself altogether cannot be told from a browser, so a demonstration is never put behind one (it holds nobody real).
"""

import ipaddress
from urllib.parse import urlsplit

from flask import Blueprint, current_app, render_template, request

from webapp.domain.errors import NotFound, Refused
from webapp.domain.permission import Permission
from webapp.services import demonstration_accounts
from webapp.web.clock import now
from webapp.web.guards import requires

bp = Blueprint("demonstration", __name__)
_TELLING = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "client-ip"}
)


@bp.get("/demo/codes")
@requires(Permission.ANYBODY)
def codes() -> str:
    """Every demonstration officer with password and the code of this moment. 404 in any other instance."""
    if not (_is_loopback(request.remote_addr) and _names_loopback(request.host)) or _is_proxied():
        raise NotFound("这个地址不存在")
    try:
        accounts = demonstration_accounts.all_accounts(now=now())
    except Refused as error:
        raise NotFound("这个地址不存在") from error
    return render_template("sign_in/demonstration.html", accounts=accounts)


def _is_proxied() -> bool:
    """True when the settings, a header, or the protocol (nginx long spoke 1.0 behind itself) tell of a proxy."""
    settings = current_app.config["SETTINGS"]
    is_meant_for_others = not _names_loopback(urlsplit(settings.public_origin).netloc)
    names = {name.lower() for name, _ in request.headers}
    tells = bool(names & _TELLING) or any(name.startswith("x-forwarded") for name in names)
    speaks_as_proxy = request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return bool(settings.trusted_proxies) or is_meant_for_others or tells or speaks_as_proxy


def _names_loopback(host: str) -> bool:
    """True when the browser was told a loopback address: a name that somebody pointed here is none."""
    name = host.rpartition(":")[0] or host
    return name == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
