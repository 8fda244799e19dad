"""Asking for a fact (查询一项事实) instead of a file: pick, say why, wait for the keeper's word."""

from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain import fact as rules
from webapp.domain import purpose as purposes
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.fact import Way
from webapp.domain.permission import Permission
from webapp.services import certificates, dossiers, fact_queries, facts, requests
from webapp.services.facts import Wanted
from webapp.storage.archive import Dossier
from webapp.web.clock import now
from webapp.web.documents import attached, printed
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter

bp = Blueprint("facts", __name__)


@bp.get("/requests/facts")
@requires(Permission.REQUESTS)
def listed() -> str:
    """What I asked for, newest first."""
    return render_template("facts/facts.html", told=facts.own(current_actor()))


@bp.get("/requests/facts/new")
@requires(Permission.REQUESTS)
def new() -> str:
    """The form: which facts, and why."""
    return render_template("facts/new.html", **_form(_dossier(request.args.get("dossier", ""))))


@bp.post("/requests/facts/new")
@requires(Permission.REQUESTS)
def ask() -> Response:
    """Send it to who may answer, or first to who may allow it."""
    dossier = _dossier(request.form.get("dossier", ""))
    wanted = Wanted(
        frozenset(request.form.getlist("fact")),
        request.form.get("details", ""),
        request.form.get("purpose", ""),
        certificate="certificate" in request.form,
    )
    try:
        query = facts.ask(current_actor(), dossier.public_id, wanted, now=now())
    except (Invalid, Conflict) as error:
        return shown_again("facts/new.html", error, **_form(dossier))
    return redirect(url_for("facts.show", query_id=query.public_id), code=303)


@bp.get("/requests/facts/<query_id>")
@requires(Permission.REQUESTS)
def show(query_id: str) -> str:
    """How it stands; the answer, as long as it is told."""
    return render_template("facts/query.html", home="facts", **shown(query_id))


@bp.post("/requests/facts/<query_id>/withdraw")
@requires(Permission.REQUESTS)
def withdraw(query_id: str) -> Response:
    """Take it back before it is answered."""
    facts.withdraw(current_actor(), query_id, now=now())
    return redirect(url_for("facts.show", query_id=query_id), code=303)


@bp.get("/requests/facts/<query_id>/certificate.pdf")
@requires(Permission.REQUESTS)
@limiter.limit(DOCUMENTS)
def certificate(query_id: str) -> Response:
    """The certificate on the answer."""
    return certificate_of(query_id)


def shown(query_id: str) -> dict[str, Any]:
    """What facts/query.html needs."""
    told = facts.own_one(current_actor(), query_id, now=now())
    return {
        "told": told,
        "is_told": facts.is_told(told.query, now()),
        "is_over": facts.is_over(told.query, now()),
        "days": rules.TOLD_FOR.days,
    }


def certificate_of(query_id: str) -> Response:
    """The certificate on one's own query as PDF, with its code drawn to be scanned.

    The code stands in the fragment of the address, which browsers send to nobody.
    """
    made = certificates.document(current_actor(), query_id, now=now())
    site = current_app.config["SETTINGS"].public_origin
    address = f"{site}{url_for('certificates.form')}"
    drawn = segno.make(f"{address}#{made.number}.{made.code}", error="m")
    content = printed(
        "facts/print.html", made=made, qr=drawn.svg_data_uri(scale=4, border=2), address=address
    )
    return attached(content, "application/pdf", f"档案事实证明 {made.number}.pdf")


def _dossier(public_id: str) -> Dossier:
    """The dossier asked about. Raises NotFound, Refused."""
    dossier = dossiers.find(public_id)
    requests.require_may_ask(current_actor(), dossier)
    return dossier


def choices(dossier: Dossier, marks: dict[Way, str]) -> dict[str, object]:
    """What may be asked of a dossier; who decides, said once where it is the same of all, else beside each."""
    offered = rules.LISTS[rules.CURRENT]
    ways = fact_queries.ways(current_actor(), dossier, offered)
    way = ways[offered[0].code] if len(set(ways.values())) == 1 else None
    said = {} if way else marks
    return {"facts": [(one.code, one.label, said.get(ways[one.code], "")) for one in offered], "way": way}


def _form(dossier: Dossier) -> dict[str, object]:
    marks = {Way.APPROVER: "先由审批人审批", Way.REQUEST: "须两位审批人同意，请改为申请查阅"}
    return {
        "dossier": dossier,
        "purposes": list(purposes.PURPOSES.items()),
        **choices(dossier, marks),
    }
