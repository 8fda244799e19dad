"""Complaints at the desk (投诉处理): for those who handle them and are not complained of."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.local_time import day
from webapp.domain.permission import Permission
from webapp.services import complaints
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("cases", __name__)


@bp.get("/desk/cases")
@requires(Permission.CASES)
def listed() -> str:
    """What waits for an answer, the oldest first; or what was answered."""
    is_open = request.args.get("closed") != "1"
    told = complaints.cases(current_actor(), now=now(), is_open=is_open)
    return render_template("cases/cases.html", told=told, is_open=is_open, today=day(now()))


@bp.get("/desk/cases/<case_id>")
@requires(Permission.CASES)
def shown(case_id: str) -> str:
    """One of them, with its words and the form to answer it."""
    return render_template("cases/case.html", told=complaints.case(current_actor(), case_id, now=now()))


@bp.post("/desk/cases/<case_id>")
@requires(Permission.CASES)
def answer(case_id: str) -> Response:
    """Answer it."""
    actor, words = current_actor(), request.form.get("words", "")
    try:
        complaints.answer(actor, case_id, words, now=now())
    except Invalid as error:
        told = complaints.case(actor, case_id, now=now())
        return shown_again("cases/case.html", error, told=told, words=words)
    return redirect(url_for("cases.listed"), code=303)
