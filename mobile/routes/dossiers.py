"""A dossier on the phone (人员摘要、目录): whose it is, and what is in it for this reader."""

from flask import Blueprint, render_template

from webapp.domain.permission import Permission
from webapp.services import dossiers, loan_register
from webapp.services.dossiers import Catalogue
from webapp.services.loan_register import Told
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("dossiers", __name__)


@bp.get("/dossiers/<dossier_id>")
@requires(Permission.READ)
def summary(dossier_id: str) -> str:
    """Name, unit, post, and how many materials of each category there are."""
    opened = dossiers.summary(current_actor(), dossier_id, at=now())
    return render_template("dossiers/summary.html", opened=opened, out=_out(opened))


@bp.get("/dossiers/<dossier_id>/catalogue")
@requires(Permission.READ)
def catalogue(dossier_id: str) -> str:
    """Every material that may be named, in the prescribed order."""
    opened = dossiers.catalogue(current_actor(), dossier_id, at=now())
    return render_template("dossiers/catalogue.html", opened=opened, out=_out(opened))


def _out(opened: Catalogue) -> list[Told]:
    """For its keeper: the paper that is out, with whom and until when."""
    return loan_register.out_of(current_actor(), opened.dossier, now=now())
