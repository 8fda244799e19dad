"""Letters that go with a request (介绍信、公函): sent in its first step, looked at by the asker and by approvers."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import asked, attachments, letters, requests
from webapp.services.requests import Reason
from webapp.storage.requests import AccessRequest
from webapp.web.clock import now
from webapp.web.documents import picture
from webapp.web.guards import current_actor, requires
from webapp.web.limits import PAGE_IMAGES, limiter

bp = Blueprint("letters", __name__)
PART = "attachments/_attachments.html"
HEADING = "介绍信、公函"


@bp.get("/requests/letters/<attachment_id>/<int:number>")
@requires(Permission.REQUESTS)
@limiter.limit(PAGE_IMAGES)
def own(attachment_id: str, number: int) -> Response:
    """One side of a letter I sent, marked."""
    return picture(letters.picture(current_actor(), attachment_id, number, now=now()))


@bp.get("/approvals/letters/<attachment_id>/<int:number>")
@requires(Permission.APPROVALS)
@limiter.limit(PAGE_IMAGES)
def handed_in(attachment_id: str, number: int) -> Response:
    """One side of a letter that goes with a request I may decide about, marked."""
    return picture(letters.picture(current_actor(), attachment_id, number, now=now()))


@bp.post("/requests/<request_id>/letters/<letter_id>/remove")
@requires(Permission.REQUESTS)
def remove(request_id: str, letter_id: str) -> Response:
    """Take back a letter that was not handed in; what was typed meanwhile stays."""
    actor, form = current_actor(), request.form
    letters.remove(actor, request_id, letter_id, now=now())
    if "details" in form:
        typed = Reason(form.get("purpose", ""), form["details"], form.get("like", ""))
        requests.change_reason(actor, request_id, typed, now=now(), is_whole=False)
    return redirect(url_for("requests.reason", request_id=request_id), code=303)


def sent() -> list[tuple[str, bytes]]:
    """Names and contents of the files in the form."""
    files = request.files.getlist("letter")
    for file in files:
        file.seek(0)
    return [(file.filename, file.read()) for file in files if file.filename]


def shown(asked_for: AccessRequest, endpoint: str, *, removable: bool = False) -> dict[str, object]:
    """The letters before their asker, on a page of this endpoint, which looks again until all are checked."""
    new = asked.new_letters(asked_for) if removable else []
    return {
        "attachments": attachments.of(asked_for),
        "heading": HEADING,
        "picture": "letters.own",
        "removable": [one.public_id for one in new],
        "remove": "letters.remove",
        "here": url_for(endpoint, request_id=asked_for.public_id),
    }
