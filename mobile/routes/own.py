"""My dossier (我的档案): the individual's own file, by the own-dossier table, and all they can do about it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import dossiers, own
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("own", __name__)


@bp.get("/me")
@requires(Permission.OWN)
def home() -> str:
    """What the own dossier holds, or why there is none to see; and the ways on."""
    actor = current_actor()
    dossier = dossiers.own(actor)
    if dossier is None:
        return render_template("own/none.html")
    return render_template("own/own.html", home=own.home(actor, dossier, at=now()), dossier=dossier)


@bp.post("/me/wishes")
@requires(Permission.OWN)
def wish() -> Response:
    """Be told, or not, when somebody opens the dossier."""
    own.want_viewings(current_actor(), request.form.get("viewings") == "on", now=now())
    return redirect(url_for("viewers.listed"), code=303)
