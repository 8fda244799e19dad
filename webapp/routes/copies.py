"""Copies at the desk (未交回的复制件): those who keep a dossier note what became of each copy."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.permission import Permission
from webapp.services import copy_returns
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("desk_copies", __name__)


@bp.get("/desk/copies")
@requires(Permission.COPIES)
def listed() -> str:
    """What is out, the one due first on top."""
    return render_template("desk_copies/copies.html", **_out())


@bp.post("/desk/copies/<copy_id>")
@requires(Permission.COPIES)
def settle(copy_id: str) -> Response:
    """It was handed back, or destroyed."""
    try:
        copy_returns.settle(current_actor(), copy_id, request.form.get("end", ""), now=now())
    except Invalid as error:
        return shown_again("desk_copies/copies.html", error, faulty=copy_id, **_out())
    return redirect(url_for("desk_copies.listed"), code=303)


def _out() -> dict[str, object]:
    at = now()
    return {"copies": copy_returns.listed(current_actor(), now=at), "at": at}
