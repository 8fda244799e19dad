"""Corrections at the desk (更正申请): those who keep a dossier answer what its subject contests."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.local_time import day
from webapp.domain.permission import Permission
from webapp.services import attachments, corrections, proofs
from webapp.web.clock import now
from webapp.web.documents import picture
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import PAGE_IMAGES, limiter

bp = Blueprint("corrections", __name__)
CHOICES = {"accepted": True, "declined": False}


@bp.get("/desk/corrections")
@requires(Permission.CORRECTIONS)
def listed() -> str:
    """What waits for an answer, the oldest first; or what was answered."""
    is_open = request.args.get("closed") != "1"
    found = corrections.kept(current_actor(), now=now(), is_open=is_open)
    return render_template("desk_corrections/corrections.html", told=found, is_open=is_open, today=day(now()))


@bp.get("/desk/corrections/<correction_id>")
@requires(Permission.CORRECTIONS)
def shown(correction_id: str) -> str:
    """One of them, with its words and proofs, and the form to answer it."""
    return render_template("desk_corrections/correction.html", **_told(correction_id))


@bp.get("/desk/proofs/<attachment_id>/<int:number>")
@requires(Permission.CORRECTIONS)
@limiter.limit(PAGE_IMAGES)
def proof(attachment_id: str, number: int) -> Response:
    """One side of a proof, marked."""
    return picture(proofs.picture(current_actor(), attachment_id, number, now=now()))


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
        words = request.form.get("words", "")
        told = _told(correction_id)
        return shown_again("desk_corrections/correction.html", error, **told, choice=choice, words=words)
    return redirect(url_for("corrections.listed"), code=303)


def _told(correction_id: str) -> dict[str, Any]:
    told = corrections.kept_one(current_actor(), correction_id, now=now())
    sent = attachments.of(told.correction)
    return {"told": told, "attachments": sent, "heading": "证明", "picture": "corrections.proof"}
