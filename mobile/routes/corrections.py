"""Asking for a correction (更正申请) in one's own dossier, and what became of it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.correction import FIELDS
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.permission import Permission
from webapp.domain.statement import LONGEST
from webapp.services import attachments, corrections, proofs
from webapp.services.corrections import Aim
from webapp.web.clock import now
from webapp.web.documents import picture
from webapp.web.faults import shown_again
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import PAGE_IMAGES, limiter

bp = Blueprint("own_corrections", __name__)


@bp.get("/me/corrections")
@requires(Permission.OWN)
def listed() -> str:
    """What I asked for, newest first."""
    return render_template("corrections/corrections.html", told=corrections.own(current_actor()))


@bp.get("/me/corrections/new")
@requires(Permission.OWN)
def new() -> str:
    """The form; from the viewer it knows the material and the page."""
    return render_template("corrections/new.html", **_form(_aim(request.args)))


@bp.post("/me/corrections/new")
@requires(Permission.OWN)
def ask() -> Response:
    """Send it to those who keep the dossier."""
    aim = _aim(request.form)
    try:
        asked = corrections.ask(current_actor(), aim, request.form.get("words", ""), now=now())
    except (Invalid, Conflict) as error:
        return shown_again("corrections/new.html", error, **_form(aim))
    return redirect(url_for("own_corrections.shown", correction_id=asked.public_id), code=303)


@bp.get("/me/corrections/<correction_id>")
@requires(Permission.OWN)
def shown(correction_id: str) -> str:
    """What I asked for, and how it stands."""
    return page_or_fragment(
        "corrections/correction.html", "attachments/_attachments.html", **_told(correction_id)
    )


@bp.post("/me/corrections/<correction_id>/proofs")
@requires(Permission.OWN)
def prove(correction_id: str) -> Response:
    """Send a file along."""
    sent = request.files.get("proof")
    try:
        if sent is None or not sent.filename:
            raise Invalid("请先拍照或选择文件")
        proofs.attach(current_actor(), correction_id, sent.filename, sent.read(), now=now())
    except (Invalid, Conflict) as error:
        return shown_again("corrections/correction.html", error, **_told(correction_id))
    return redirect(url_for("own_corrections.shown", correction_id=correction_id), code=303)


@bp.get("/me/proofs/<attachment_id>/<int:number>")
@requires(Permission.OWN)
@limiter.limit(PAGE_IMAGES)
def proof(attachment_id: str, number: int) -> Response:
    """One side of a proof I sent, marked."""
    return picture(proofs.picture(current_actor(), attachment_id, number, now=now()))


@bp.post("/me/corrections/<correction_id>/withdraw")
@requires(Permission.OWN)
def withdraw(correction_id: str) -> Response:
    """Take it back while it is open."""
    corrections.withdraw(current_actor(), correction_id, now=now())
    return redirect(url_for("own_corrections.shown", correction_id=correction_id), code=303)


def _told(correction_id: str) -> dict[str, Any]:
    told = corrections.own_one(current_actor(), correction_id)
    here = url_for("own_corrections.shown", correction_id=correction_id)
    return {
        "told": told,
        "attachments": attachments.of(told.correction),
        "heading": "证明",
        "picture": "own_corrections.proof",
        "here": here,
    }


def _aim(given: dict[str, str]) -> Aim:
    page = given.get("page", "")
    number = int(page) if page.isdecimal() and len(page) < 6 else None
    return Aim(given.get("field", ""), given.get("material", ""), number)


def _form(aim: Aim) -> dict[str, object]:
    """What the form needs; the material is looked up for its title, and must be one the person may know of."""
    material = corrections.aimed_at(current_actor(), aim)[1] if aim.material_id else None
    return {"aim": aim, "material": material, "fields": list(FIELDS.items()), "longest": LONGEST,
            "words": request.form.get("words", "")}  # fmt: skip
