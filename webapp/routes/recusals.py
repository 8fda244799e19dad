"""The register of recusals at the desk (回避登记): entered by form or spreadsheet, lifted by two."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import recusals, spreadsheets
from webapp.services.recusals import Row
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import TRIALS, limiter

bp = Blueprint("recusals", __name__)


@bp.get("/desk/recusals")
@requires(Permission.RECUSALS)
def index() -> str:
    """The register."""
    return render_template("recusals/index.html", **_listed())


@bp.post("/desk/recusals/search")
@requires(Permission.RECUSALS)
def search() -> str:
    """Lines of one officer or dossier; by POST, so that no name stands in an address."""
    return render_template("recusals/index.html", **_listed(request.form.get("q", "")))


@bp.post("/desk/recusals")
@requires(Permission.RECUSALS)
@limiter.limit(TRIALS)
def enter() -> Response:
    """Enter one line of the form, or all lines of a spreadsheet."""
    form, sent = request.form, request.files.get("file")
    try:
        if sent is not None and sent.filename:
            rows = recusals.rows_in(sent.read())
        else:
            rows = [Row(form.get("login", ""), form.get("number", ""), form.get("relation", ""))]
        step_up.check()
        recusals.enter(current_actor(), rows, now=now())
    except (Invalid, Refused, Throttled) as error:
        return shown_again("recusals/index.html", error, typed=form, **_listed())
    return redirect(url_for("recusals.index"), code=303)


@bp.get("/desk/recusals/example.xlsx")
@requires(Permission.RECUSALS)
def example() -> Response:
    """An empty spreadsheet to fill in."""
    answer = make_response(recusals.example_sheet())
    answer.headers["Content-Type"] = spreadsheets.XLSX
    answer.headers["Content-Disposition"] = 'attachment; filename="recusals.xlsx"'
    return answer


@bp.post("/desk/recusals/<int:number>/lift")
@requires(Permission.RECUSALS)
def propose(number: int) -> Response:
    """Propose to lift a line."""
    return _done(
        lambda: recusals.propose_lift(current_actor(), number, request.form.get("reason", ""), now=now())
    )


@bp.post("/desk/recusals/<int:number>/lift/confirm")
@requires(Permission.RECUSALS)
def confirm(number: int) -> Response:
    """Lift a line that another security officer proposed to lift."""
    return _done(lambda: recusals.confirm_lift(current_actor(), number, now=now()))


@bp.post("/desk/recusals/<int:number>/lift/drop")
@requires(Permission.RECUSALS)
def drop(number: int) -> Response:
    """Leave the line as it is."""
    recusals.drop_lift(current_actor(), number, now=now())
    return redirect(url_for("recusals.index"), code=303)


def _done(act: Callable[[], None]) -> Response:
    """An act that takes a proof; the page again with what was wrong."""
    try:
        step_up.check()
        act()
    except (Invalid, Throttled) as error:
        return shown_again("recusals/index.html", error, **_listed())
    return redirect(url_for("recusals.index"), code=303)


def _listed(words: str = "") -> dict[str, object]:
    actor = current_actor()
    return {
        "entries": recusals.listing(actor, now=now(), words=words),
        "words": words,
        "mine": actor.person.id,
    }
