"""New devices (新设备登录): whether it was me who signed in there."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import devices
from webapp.storage.passkeys import Device
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("devices", __name__)


@bp.app_template_global()
def new_devices() -> list[Device]:
    """What account/_new_devices.html asks about."""
    return devices.unsettled(current_actor())


@bp.app_template_global()
def may_accept_devices() -> bool:
    """Whether this device is settled itself."""
    return devices.may_accept(current_actor())


@bp.get("/account/devices/<device_id>")
@requires(Permission.SIGNED_IN)
def device(device_id: str) -> str:
    """A sign-in on a new device, and what to say to it."""
    return render_template("account/device.html", device=devices.find(device_id, actor=current_actor()))


@bp.post("/account/devices/<device_id>/accept")
@requires(Permission.SIGNED_IN)
def accept(device_id: str) -> Response:
    """It was me, by a proof."""
    found = devices.find(device_id, actor=current_actor())
    try:
        step_up.check()
    except (Refused, Throttled) as error:
        return shown_again("account/device.html", error, device=found)
    devices.accept(device_id, actor=current_actor(), now=now())
    return redirect(url_for("account.account"), code=303)


@bp.post("/account/devices/<device_id>/refuse")
@requires(Permission.SIGNED_IN)
def refuse(device_id: str) -> Response:
    """It was not me: all other devices are signed out, and the password is to be changed."""
    devices.refuse(device_id, actor=current_actor(), now=now())
    return redirect(url_for("account.password"), code=303)
