"""The home of each role (首页): what one most likely came for."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission, permits
from webapp.domain.role import Role
from webapp.services import (
    complaints,
    corrections,
    fact_answers,
    grants,
    intake,
    mask_queue,
    search,
    viewings,
)
from webapp.web.clock import now
from webapp.web.filters import ZONE
from webapp.web.guards import current_actor, requires

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(Permission.SIGNED_IN)
def home() -> str | Response:
    """Search and what was read lately; for keepers what waits; for the separated roles their own place."""
    actor = current_actor()
    if actor.role is Role.INDIVIDUAL:
        return redirect(url_for("own.home"), code=303)
    if actor.role is Role.APPROVER:
        return redirect(url_for("approvals.index"), code=303)
    if actor.role is Role.ARCHIVIST:
        _, waiting = mask_queue.queue(actor, limit=1)
        return render_template(
            "home/archivist.html",
            greeting=_greeting(),
            waiting=waiting,
            uploads=intake.unsettled(actor),
            corrections=corrections.waiting(actor),
            queries=fact_answers.waiting(actor),
        )
    if actor.role is Role.OFFICIAL:
        return render_template(
            "home/reader.html",
            greeting=_greeting(),
            recent=search.recent(actor),
            read=viewings.recent(actor),
            grants=grants.of_officer(actor, at=now()),
            at=now(),
        )
    cases = complaints.waiting(actor) if permits(actor.role, Permission.CASES) else None
    return render_template(
        "home/administrator.html",
        greeting=_greeting(),
        role=actor.role,
        cases=cases,
        reads_policy=permits(actor.role, Permission.POLICY),
    )


def _greeting() -> str:
    hour = now().astimezone(ZONE).hour
    return "早上好" if 5 <= hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"
