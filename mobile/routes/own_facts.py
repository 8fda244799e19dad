"""Certificates about oneself (本人申请证明), and what others were told of one's dossier."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobile.routes.facts import certificate_of, choices, shown
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.fact import Way
from webapp.domain.permission import Permission
from webapp.services import facts
from webapp.services.facts import Wanted
from webapp.storage.archive import Dossier
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter

bp = Blueprint("own_facts", __name__)


@bp.get("/me/facts")
@requires(Permission.OWN)
def listed() -> str:
    """The certificates I asked for, newest first."""
    return render_template("facts/own.html", told=facts.own(current_actor()))


@bp.get("/me/facts/told")
@requires(Permission.OWN)
def told() -> str:
    """What others asked of my dossier and were told."""
    return render_template("viewers/facts.html", learnt=facts.told_about(current_actor(), now=now()))


@bp.get("/me/facts/new")
@requires(Permission.OWN)
def new() -> str:
    """The form: which facts."""
    return render_template("facts/own_new.html", **_form(facts.own_dossier(current_actor())))


@bp.post("/me/facts/new")
@requires(Permission.OWN)
def ask() -> Response:
    """Send it to who keeps the dossier."""
    actor = current_actor()
    dossier = facts.own_dossier(actor)
    wanted = Wanted(frozenset(request.form.getlist("fact")), request.form.get("details", ""))
    try:
        query = facts.ask(actor, dossier.public_id, wanted, now=now())
    except (Invalid, Conflict) as error:
        return shown_again("facts/own_new.html", error, **_form(dossier))
    return redirect(url_for("own_facts.show", query_id=query.public_id), code=303)


@bp.get("/me/facts/<query_id>")
@requires(Permission.OWN)
def show(query_id: str) -> str:
    """How it stands, and the answer."""
    return render_template("facts/query.html", home="own_facts", **shown(query_id))


@bp.post("/me/facts/<query_id>/withdraw")
@requires(Permission.OWN)
def withdraw(query_id: str) -> Response:
    """Take it back before it is answered."""
    facts.withdraw(current_actor(), query_id, now=now())
    return redirect(url_for("own_facts.show", query_id=query_id), code=303)


@bp.get("/me/facts/<query_id>/certificate.pdf")
@requires(Permission.OWN)
@limiter.limit(DOCUMENTS)
def certificate(query_id: str) -> Response:
    """The certificate, to take along."""
    return certificate_of(query_id)


def _form(dossier: Dossier) -> dict[str, object]:
    marks = {Way.APPROVER: "先由审批人审批", Way.REQUEST: "须两位审批人同意，请向组织人事部门提出"}
    return choices(dossier, marks)
