"""Checking a certificate (证明校验), for anybody who holds one. Number and code travel in a form, not in an address."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import certificates
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import requires
from webapp.web.limits import CHECKS, limiter
from webapp.web.sign_in import visitor

bp = Blueprint("certificates", __name__)


@bp.get("/check")
@requires(Permission.ANYBODY)
def form() -> str:
    """The form; a scanned code fills it in."""
    return render_template("certificates/check.html")


@bp.post("/check")
@requires(Permission.ANYBODY)
@limiter.limit(CHECKS)
def check() -> str | Response:
    """Whether it is genuine, and what it says."""
    number, code = request.form.get("number", ""), request.form.get("code", "")
    try:
        checked = certificates.check(number, code, visitor=visitor(), now=now())
    except (Invalid, Refused, Throttled) as error:
        return shown_again("certificates/check.html", error, number=number, code=code)
    return render_template("certificates/genuine.html", checked=checked)
