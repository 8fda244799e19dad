"""Corrections at the desk (更正申请): those who keep a dossier answer what its subject contests."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.permission import Permission
from webapp.services import corrections
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("corrections", __name__)
CHOICES = {"accepted": True, "declined": False}


@bp.get("/desk/corrections")
@requires(Permission.CORRECTIONS)
def listed() -> str:
    """What waits for an answer, the oldest first; or what was answered."""
    is_open = request.args.get("closed") != "1"
    found = corrections.kept(current_actor(), now=now(), is_open=is_open)
    return render_template(
        "desk_corrections/corrections.html", told=found, is_open=is_open, today=now().date()
    )


@bp.get("/desk/corrections/<correction_id>")
@requires(Permission.CORRECTIONS)
def shown(correction_id: str) -> str:
    """One of them, with its words and the form to answer it."""
    told = corrections.kept_one(current_actor(), correction_id, now=now())
    return render_template("desk_corrections/correction.html", told=told)


@bp.post("/desk/corrections/<correction_id>")
@requires(Permission.CORRECTIONS)
def decide(correction_id: str) -> Response:
    """Answer it: what was done, or why nothing is."""
    actor, choice = current_actor(), request.form.get("decision", "")
    try:
        if choice not in CHOICES:
            raise Invalid("请选择是否更正")
        words = request.form.get("words", "")
        corrections.decide(actor, correction_id, words, accepted=CHOICES[choice], now=now())
    except Invalid as error:
        told = corrections.kept_one(actor, correction_id, now=now())
        return shown_again(
            "desk_corrections/correction.html",
            error,
            told=told,
            choice=choice,
            words=request.form.get("words", ""),
        )
    return redirect(url_for("corrections.listed"), code=303)
