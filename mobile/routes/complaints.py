"""Complaining (投诉), and what was answered."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.complaint import CHOICES
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.permission import Permission
from webapp.domain.statement import LONGEST
from webapp.services import complaints
from webapp.services.complaints import Matter
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("complaints", __name__)


@bp.get("/me/complaints")
@requires(Permission.OWN)
def listed() -> str:
    """My complaints, newest first."""
    return render_template("complaints/complaints.html", told=complaints.own(current_actor()))


@bp.get("/me/complaints/new")
@requires(Permission.OWN)
def new() -> str:
    """The form; from a viewing or an answer it knows what about."""
    return render_template("complaints/new.html", **_form(_matter(request.args)))


@bp.post("/me/complaints/new")
@requires(Permission.OWN)
def complain() -> Response:
    """Send it past those it is about."""
    matter = _matter(request.form)
    try:
        made = complaints.complain(current_actor(), matter, request.form.get("words", ""), now=now())
    except (Invalid, Conflict) as error:
        return shown_again("complaints/new.html", error, **_form(matter))
    return redirect(url_for("complaints.shown", complaint_id=made.public_id), code=303)


@bp.get("/me/complaints/<complaint_id>")
@requires(Permission.OWN)
def shown(complaint_id: str) -> str:
    """One of mine, and the answer."""
    return render_template(
        "complaints/complaint.html", told=complaints.own_one(current_actor(), complaint_id)
    )


@bp.post("/me/complaints/<complaint_id>/withdraw")
@requires(Permission.OWN)
def withdraw(complaint_id: str) -> Response:
    """Take it back while it is open."""
    complaints.withdraw(current_actor(), complaint_id, now=now())
    return redirect(url_for("complaints.shown", complaint_id=complaint_id), code=303)


def _matter(given: dict[str, str]) -> Matter:
    return Matter(given.get("about", ""), given.get("viewing", ""), given.get("earlier", ""))


def _form(matter: Matter) -> dict[str, object]:
    viewing = earlier = None
    if matter.viewing_id or matter.earlier_id:
        _, _, viewing, earlier = complaints.matter_of(current_actor(), matter)
    choices = [(about.value, about.label) for about in CHOICES]
    return {"matter": matter, "viewing": viewing, "earlier": earlier, "choices": choices, "longest": LONGEST,
            "words": request.form.get("words", "")}  # fmt: skip
