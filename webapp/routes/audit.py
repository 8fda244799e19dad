"""The log (审计日志) for the auditor: newest first, and whether the chain holds."""

from flask import Blueprint, render_template, request

from webapp.domain.acts import act
from webapp.domain.permission import Permission
from webapp.services import audit as log
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import requires

bp = Blueprint("audit", __name__)
SHOWN = 50


@bp.get("/desk/audit")
@requires(Permission.AUDIT)
def audit() -> str:
    """Entries from `before` downwards."""
    before = request.args.get("before", type=int)
    entries = [entry | {"words": act(entry["action"])} for entry in log.entries(before=before, limit=SHOWN)]
    return page_or_fragment("audit/audit.html", "audit/_entries.html", entries=entries)


@bp.post("/desk/audit/verify")
@requires(Permission.AUDIT)
def verify() -> str:
    """Walk the whole chain now."""
    return render_template("audit/verdict.html", verdict=log.verify())
