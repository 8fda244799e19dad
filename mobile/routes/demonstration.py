"""How to sign in to a demonstration (演示账号): codes and passwords in the open, on loopback and nowhere else."""

import ipaddress

from flask import Blueprint, render_template, request

from webapp.domain.errors import NotFound, Refused
from webapp.domain.permission import Permission
from webapp.services import demonstration_accounts
from webapp.web.clock import now
from webapp.web.guards import requires

bp = Blueprint("demonstration", __name__)


@bp.get("/demo/codes")
@requires(Permission.ANYBODY)
def codes() -> str:
    """Every demonstration officer with password and the code of this moment. 404 in any other instance."""
    if not (_is_loopback(request.remote_addr) and _names_loopback(request.host)):
        raise NotFound("这个地址不存在")
    try:
        accounts = demonstration_accounts.all_accounts(now=now())
    except Refused as error:
        raise NotFound("这个地址不存在") from error
    return render_template("sign_in/demonstration.html", accounts=accounts)


def _names_loopback(host: str) -> bool:
    """True when the browser was told a loopback address: a name that somebody pointed here is none."""
    name = host.rpartition(":")[0] or host
    return name == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
