"""Answering queries for facts at the desk (事实查询): what was found, where, and the answer."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain import fact as rules
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.fact import Outcome
from webapp.domain.permission import Permission
from webapp.services import contested, dossiers, fact_answers
from webapp.services import fact_queries as queries
from webapp.services.fact_answers import Finding
from webapp.services.fact_queries import Line, Told
from webapp.storage.archive import Material
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("desk_facts", __name__)
_FIELDS = ("outcome", "words", "date", "material", "page")


@bp.get("/desk/facts")
@requires(Permission.FACTS)
def listed() -> str:
    """What waits for an answer, the oldest first; or what was answered."""
    is_open = request.args.get("closed") != "1"
    found = fact_answers.kept(current_actor(), now=now(), is_open=is_open)
    return render_template("desk_facts/facts.html", told=found, is_open=is_open)


@bp.get("/desk/facts/<query_id>")
@requires(Permission.FACTS)
def show(query_id: str) -> str:
    """One query, with what was found so far, and the ways to answer it."""
    return render_template("desk_facts/query.html", **_shown(query_id))


@bp.get("/desk/facts/<query_id>/lines/<code>")
@requires(Permission.FACTS)
def line(query_id: str, code: str) -> str:
    """The form of one fact."""
    return render_template("desk_facts/line.html", **_line_form(query_id, code))


@bp.post("/desk/facts/<query_id>/lines/<code>")
@requires(Permission.FACTS)
def note(query_id: str, code: str) -> Response:
    """Keep what was found of one fact."""
    outcome, words, date, material, page = (request.form.get(name, "") for name in _FIELDS)
    finding = Finding(outcome, words, date, material, page)
    try:
        fact_answers.note(current_actor(), query_id, code, finding, now=now())
    except Invalid as error:
        return shown_again("desk_facts/line.html", error, **_line_form(query_id, code, request.form))
    return redirect(url_for("desk_facts.show", query_id=query_id), code=303)


@bp.post("/desk/facts/<query_id>/answer")
@requires(Permission.FACTS)
def answer(query_id: str) -> Response:
    """Give the answer, with all that was found."""
    version = request.form.get("version", -1, type=int)
    try:
        fact_answers.answer(current_actor(), query_id, version=version, now=now())
    except Invalid as error:
        return shown_again("desk_facts/query.html", error, **_shown(query_id))
    return redirect(url_for("desk_facts.show", query_id=query_id), code=303)


@bp.post("/desk/facts/<query_id>/decline")
@requires(Permission.FACTS)
def decline(query_id: str) -> Response:
    """Turn the whole query down."""
    words = request.form.get("words", "")
    try:
        fact_answers.decline(current_actor(), query_id, words, now=now())
    except Invalid as error:
        return shown_again("desk_facts/query.html", error, refusal=words, **_shown(query_id))
    return redirect(url_for("desk_facts.listed"), code=303)


@bp.post("/desk/facts/<query_id>/revoke")
@requires(Permission.FACTS)
def revoke(query_id: str) -> Response:
    """Take the answer back, and the certificate with it."""
    why, words = request.form.get("why", ""), request.form.get("words", "")
    try:
        fact_answers.revoke(current_actor(), query_id, why, words, now=now())
    except Invalid as error:
        return shown_again("desk_facts/query.html", error, why=why, revocation=words, **_shown(query_id))
    return redirect(url_for("desk_facts.show", query_id=query_id), code=303)


def _shown(query_id: str) -> dict[str, Any]:
    told = fact_answers.kept_one(current_actor(), query_id, now=now())
    return {
        "told": told,
        "asked_by": queries.asked_by(told.query),
        "left": sum(one.outcome is None for one in told.lines),
        "doubted": contested.of(told.query.dossier).fields,
        "reasons": list(rules.REVOCATIONS.items()),
    }


def _line_form(query_id: str, code: str, typed: Any = None) -> dict[str, Any]:
    """The form with what was typed, or what was kept before. Raises NotFound for a fact that was not asked for."""
    told = fact_answers.kept_one(current_actor(), query_id, now=now())
    one = _line(told, code)
    materials = fact_answers.likely_first(told.query.dossier, code, told.query.fact_list)
    return {
        "told": told,
        "line": one,
        "held": typed or _held(one),
        "outcomes": [(each.value, each.label) for each in Outcome],
        "materials": [(each.public_id, _named(each)) for each in materials],
        "likely": [each for each in materials if each.category in one.fact.found_in],
        "longest": rules.LONGEST_VALUE,
    }


def _line(told: Told, code: str) -> Line:
    found = next((one for one in told.lines if one.fact.code == code), None)
    if found is None:
        raise NotFound("这项查询没有问到这一项")
    return found


def _held(one: Line) -> dict[str, str]:
    """What was kept of one fact, as the form takes it."""
    value, row = one.value, one.row
    return {
        "outcome": one.outcome or "",
        "words": value.words if value else "",
        "date": value.date.dotted if value and value.date else "",
        "material": row.material.public_id if row.material else "",
        "page": str(row.page.number) if row.page else "",
    }


def _named(material: Material) -> str:
    formed = dossiers.formed_of(material)
    return f"{material.title}（{formed.dotted}）" if formed else str(material.title)
