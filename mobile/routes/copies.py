"""Copies under a grant (复制件) as PDF, and the page where anybody with the paper checks it."""

from base64 import b64encode

from flask import Blueprint, Response, current_app, g, render_template, request, url_for

from webapp.domain import purpose as purposes
from webapp.domain.errors import Invalid, NotFound, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.domain.role import Role
from webapp.services import copies, copy_register, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.copies import Made
from webapp.web import squares, step_up
from webapp.web.clock import now
from webapp.web.documents import attached, one_at_a_time, printed
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import CHECKS, DOCUMENTS, EXPORTS, limiter
from webapp.web.sign_in import visitor

bp = Blueprint("copies", __name__)


@bp.get("/grants/<grant_id>/copy")
@requires(Permission.REQUESTS)
def choose(grant_id: str) -> str:
    """Which pages to copy."""
    return render_template("copies/choose.html", **_form(grant_id))


@bp.post("/grants/<grant_id>/copy")
@requires(Permission.REQUESTS)
@limiter.limit(DOCUMENTS)
@limiter.limit(EXPORTS, deduct_when=lambda answer: answer.status_code == 200)
def make(grant_id: str) -> Response:
    """The file: a cover that says who, what for and by whose leave, then the pages that were chosen."""
    typed = {its: request.form.get(f"pages-{its}", "") for its in request.form.getlist("material")}
    try:
        step_up.check()
        with one_at_a_time():
            made = copies.make(current_actor(), grant_id, typed, now=now())
            content = _written(made)
    except (Invalid, NotFound, Refused, Throttled) as error:
        return shown_again("copies/choose.html", error, typed=typed, **_form(grant_id))
    return attached(content, "application/pdf", f"复制件 {made.copy.number}.pdf")


@bp.get("/copies/check")
@requires(Permission.ANYBODY)
def ask() -> str:
    """What to type; filled in by a script for who came by the square code on the paper."""
    return render_template("copies/check.html")


@bp.post("/copies/check")
@requires(Permission.ANYBODY)
@limiter.limit(CHECKS)
def check() -> Response | str:
    """Genuine or not; nothing of what it holds."""
    typed = {name: request.form.get(name, "")[:40] for name in ("number", "code")}
    try:
        found = copy_register.check(**typed, actor=_asker(), visitor=visitor(), now=now())
    except (Invalid, Throttled) as error:
        return shown_again("copies/check.html", error, **typed)
    return render_template("copies/checked.html", found=found)


def _asker() -> Actor:
    """Who is signed in here, or nobody: this page is open to all."""
    session = g.get("session")
    is_known = session is not None and session.stage == "full"
    return Actor(session.officer, Role(session.role), session) if is_known else SYSTEM


def _form(grant_id: str) -> dict[str, object]:
    return {"offer": copies.offered(current_actor(), grant_id, at=now()), "most": copies.MOST_PAGES}


def _written(made: Made) -> bytes:
    subject = made.request.dossier.subject
    site = current_app.config["SETTINGS"].public_origin
    address = site + url_for("copies.check")
    return printed(
        "copies/print.html",
        made=made,
        pages=[(page, b64encode(page.jpeg).decode()) for page in made.pages],
        purpose=purposes.label(made.request.purpose),
        units=[units.full_name(unit) if unit else "" for unit in (subject.unit, made.request.asker.unit)],
        address=address,
        square=squares.printable(f"{address}#{made.copy.number}.{made.code}"),
    )
