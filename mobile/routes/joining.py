"""Reading along (同阅) on the phone: the reader's place for a second officer, and the second officer's side."""

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.companion import in_groups
from webapp.domain.errors import Conflict, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import companions, joining, viewings
from webapp.services.joining import Place
from webapp.web import squares, step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import wants_fragment
from webapp.web.guards import current_actor, current_session, requires
from webapp.web.sign_in import visitor

bp = Blueprint("joining", __name__)
LONGEST_TYPED = 40  # characters looked at


@bp.get("/materials/<material_id>/second")
@requires(Permission.READ)
def awaited(material_id: str) -> Response | str:
    """Where the pages would be: the code by which a second officer joins.

    The page asks for itself, and is loaded anew once somebody has joined or the code is over.
    """
    opened = viewings.open_material(current_actor(), material_id, at=now())
    wants = opened.viewing is not None and opened.wants_company
    place = joining.place_in(opened.viewing, at=now()) if opened.viewing and wants else None
    if wants_fragment():
        return make_response("", 204, {} if place else {"HX-Refresh": "true"})
    if not wants:
        return redirect(url_for("materials.read", material_id=material_id), code=303)
    return render_template("joining/awaited.html", opened=opened, place=place, **_shown(place))


@bp.post("/materials/<material_id>/second")
@requires(Permission.READ)
def invite(material_id: str) -> Response:
    """Make a place for a second officer in the viewing."""
    joining.invite(current_actor(), material_id, now=now())
    return redirect(url_for("joining.awaited", material_id=material_id), code=303)


@bp.get("/join")
@requires(Permission.JOIN)
def ask() -> str:
    """Type the code of a reader's phone, filled in by a script for who scanned it; and where one reads along now."""
    return render_template("joining/ask.html", **_here())


@bp.post("/join")
@requires(Permission.JOIN)
def look() -> Response | str:
    """Whose viewing of whose dossier it is, before one says yes."""
    code = _code()
    try:
        viewing = joining.look(current_actor(), code, visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("joining/ask.html", error, code=code, **_here())
    return render_template("joining/confirm.html", viewing=viewing, code=code)


@bp.post("/join/confirm")
@requires(Permission.JOIN)
def join() -> Response:
    """Join, with a proof that it is oneself."""
    actor, code = current_actor(), _code()
    try:
        viewing = joining.look(actor, code, visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("joining/ask.html", error, code=code, **_here())
    try:
        step_up.check()
        joining.join(actor, code, visitor=visitor(), now=now())
    except (Refused, Throttled, Conflict) as error:
        return shown_again("joining/confirm.html", error, viewing=viewing, code=code)
    return redirect(url_for("joining.ask"), code=303)


@bp.post("/join/<companion_id>/leave")
@requires(Permission.JOIN)
def leave(companion_id: str) -> Response:
    """Read along no longer; the reader's next page is refused."""
    joining.leave(current_actor(), companion_id, now=now())
    return redirect(url_for("joining.ask"), code=303)


def _code() -> str:
    return request.form.get("joining", "")[:LONGEST_TYPED]


def _shown(place: Place | None) -> dict[str, str]:
    """The code as digits to type and as a square to scan."""
    if place is None:
        return {}
    site = current_app.config["SETTINGS"].public_origin
    address = f"{site}{url_for('joining.ask')}#{place.code}"
    return {"digits": in_groups(place.code), "square": squares.drawn(address)}


def _here() -> dict[str, object]:
    return {"beside": companions.beside(current_session(), at=now())}
