"""The shell of the web app: manifest, service worker, offline page, health and CSP reports."""

import logging
import re

from flask import Blueprint, Response, current_app, make_response, render_template, request

from webapp.domain.permission import Permission
from webapp.storage.database import database
from webapp.web.guards import requires
from webapp.web.limits import limiter
from webapp.web.static_files import SHELL

bp = Blueprint("shell", __name__)
_log = logging.getLogger("lantai.csp")
LONGEST_REPORT = 4096  # characters looked at
_PLAIN = re.compile(r'"(?:effective|violated)-directive"\s*:\s*"([a-z-]{1,32})')


@bp.get("/manifest.webmanifest")
@requires(Permission.ANYBODY)
def manifest() -> Response:
    """What the phone needs to put 兰台 on its home screen."""
    return _text("pwa/manifest.webmanifest", "application/manifest+json")


@bp.get("/sw.js")
@requires(Permission.ANYBODY)
def service_worker() -> Response:
    """The worker that keeps the static shell and nothing else."""
    files = current_app.extensions["static_files"]
    addresses = [files.address(name) for name in SHELL]
    return _text("pwa/sw.js", "text/javascript", version=files.version, files=addresses)


@bp.get("/offline")
@requires(Permission.ANYBODY)
def offline() -> str:
    """Shown by the worker when there is no network."""
    return render_template("offline.html")


@bp.get("/healthz")
@requires(Permission.ANYBODY)
def health() -> Response:
    """Ok when the database answers."""
    database.execute_sql("SELECT 1")
    return Response("ok\n", mimetype="text/plain")


@bp.post("/csp-report")
@requires(Permission.ANYBODY)
@limiter.limit("30 per minute")
def csp_report() -> tuple[str, int]:
    """A browser refused something the policy forbids: which directive is logged, and nothing of any address.

    Anybody may send anything here, and the address of an enrolment holds its token.
    """
    told = request.get_data(cache=False, as_text=True)[:LONGEST_REPORT]
    _log.warning(
        "refused by the content policy: %s", " ".join(sorted({*_PLAIN.findall(told)})) or "unreadable"
    )
    return "", 204


def _text(template: str, mimetype: str, **context: object) -> Response:
    answer = make_response(render_template(template, **context))
    answer.mimetype = mimetype
    return answer
