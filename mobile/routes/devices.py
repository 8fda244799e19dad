"""New devices (新设备登录): whether it was me who signed in there."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import devices
from webapp.storage.passkeys import Device
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires
from webapp.web.sign_in import visitor

bp = Blueprint("devices", __name__)


@bp.app_template_global()
def new_devices() -> list[Device]:
    """What account/_new_devices.html asks about."""
    return devices.unsettled(current_actor(), visitor())


@bp.post("/account/devices/<device_id>/accept")
@requires(Permission.SIGNED_IN)
def accept(device_id: str) -> Response:
    """It was me."""
    devices.accept(device_id, actor=current_actor(), visitor=visitor(), now=now())
    return redirect(url_for("account.account"), code=303)


@bp.post("/account/devices/<device_id>/refuse")
@requires(Permission.SIGNED_IN)
def refuse(device_id: str) -> Response:
    """It was not me: all other devices are signed out, and the password is to be changed."""
    devices.refuse(device_id, actor=current_actor(), visitor=visitor(), now=now())
    return redirect(url_for("account.password"), code=303)
