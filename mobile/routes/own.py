"""My dossier (我的档案): the individual's own file, by the own-dossier table."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.permission import Permission
from webapp.services import dossiers
from webapp.web.guards import current_actor, requires

bp = Blueprint("own", __name__)


@bp.get("/me")
@requires(Permission.OWN)
def own() -> str | Response:
    """Go to the own dossier, or say why there is none to see."""
    dossier = dossiers.own(current_actor())
    if dossier is None:
        return render_template("own/none.html")
    return redirect(url_for("dossiers.summary", dossier_id=dossier.public_id), code=303)
