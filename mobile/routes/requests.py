"""Asking to read (查阅申请) on the phone: three short steps, each kept, then status, answer, withdrawal."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobile.routes import letters
from webapp.domain import purpose as purposes
from webapp.domain.access_request import State, Step, Terms, approvals_needed
from webapp.domain.category import every
from webapp.domain.disclosure import Level, Policy
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.grant import Scope
from webapp.domain.permission import Permission
from webapp.services import asked, copy_register, dossiers, grants, named, policy, requests
from webapp.services.letters import attach
from webapp.services.requests import Reason
from webapp.storage.archive import Dossier
from webapp.storage.requests import AccessRequest
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.filters import ZONE
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires

bp = Blueprint("requests", __name__)
STEPS = ("事由", "范围", "期限")
DAYS = (1, 3, 7, 15)
MINUTES = (30, 60, 120, 240)


@bp.get("/requests")
@requires(Permission.REQUESTS)
def index() -> str:
    """The officer's own requests and what may be read by them now."""
    actor, at = current_actor(), now()
    return render_template(
        "requests/index.html",
        listed=[(one, asked.state_of(one, at)) for one in requests.listing(actor)],
        grants=grants.of_officer(actor, at=at),
        at=at,
    )


@bp.get("/requests/new")
@requires(Permission.REQUESTS)
def new() -> str:
    """The first step: what for. About a dossier, perhaps a category in it, or about a material."""
    dossier = _dossier(request.args)
    return render_template("requests/reason.html", **_reason_form(dossier, request.args))


@bp.post("/requests/new")
@requires(Permission.REQUESTS)
def create() -> Response:
    """Keep a draft and go on to the second step."""
    dossier = _dossier(request.form)
    material, category = request.form.get("material", ""), request.form.get("category", "")
    first = Scope(frozenset({material} - {""}), frozenset({category} - {""}))
    is_whole = not letters.sent()  # no form shows a file again: it goes with a draft, whatever else is wrong
    try:
        draft = requests.begin(
            current_actor(), dossier.public_id, _reason(), first=first, now=now(), is_whole=is_whole
        )
    except (Invalid, Conflict) as error:
        return shown_again("requests/reason.html", error, **_reason_form(dossier, request.form))
    return _to("requests.scope", draft) if is_whole else _stated(draft)


@bp.get("/requests/<request_id>")
@requires(Permission.REQUESTS)
def show(request_id: str) -> str:
    """Where a request stands, how it came there, and what can be done now."""
    own = requests.own(current_actor(), request_id)
    return page_or_fragment("requests/request.html", letters.PART, **_shown(own))


@bp.get("/requests/<request_id>/reason")
@requires(Permission.REQUESTS)
def reason(request_id: str) -> str:
    """The first step again."""
    own = requests.own(current_actor(), request_id)
    held = {"purpose": own.purpose, "details": own.details}
    return page_or_fragment(
        "requests/reason.html",
        letters.PART,
        own=own,
        **letters.shown(own, "requests.reason", removable=True),
        **_reason_form(own.dossier, held),
    )


@bp.post("/requests/<request_id>/reason")
@requires(Permission.REQUESTS)
def state_reason(request_id: str) -> Response:
    """Keep the reason and go on."""
    return _stated(requests.own(current_actor(), request_id))


@bp.get("/requests/<request_id>/scope")
@requires(Permission.REQUESTS)
def scope(request_id: str) -> str:
    """The second step: which materials."""
    own = requests.own(current_actor(), request_id)
    return render_template("requests/scope.html", **_scope_form(own, asked.scope_of(own)))


@bp.post("/requests/<request_id>/scope")
@requires(Permission.REQUESTS)
def choose_scope(request_id: str) -> Response:
    """Keep the scope and go on."""
    own = requests.own(current_actor(), request_id)
    chosen = Scope(
        frozenset(request.form.getlist("material")),
        frozenset(request.form.getlist("category")),
        "with_guarded" in request.form,
    )
    try:
        requests.change_scope(current_actor(), request_id, chosen, now=now())
    except Invalid as error:
        return shown_again("requests/scope.html", error, **_scope_form(own, chosen))
    return _to("requests.terms", own)


@bp.get("/requests/<request_id>/terms")
@requires(Permission.REQUESTS)
def terms(request_id: str) -> str:
    """The third step: how far and how long."""
    own = requests.own(current_actor(), request_id)
    return render_template("requests/terms.html", own=own, **_terms_form(own, {}))


@bp.post("/requests/<request_id>/terms")
@requires(Permission.REQUESTS)
def set_terms(request_id: str) -> Response:
    """Keep the terms and hand the request in; one that was returned is handed in by its answer."""
    actor, own = current_actor(), requests.own(current_actor(), request_id)
    try:
        requests.change_terms(actor, request_id, _terms(), now=now())
        if asked.state_of(own, now()) is not State.RETURNED:
            requests.submit(actor, request_id, now=now())
    except (Invalid, Conflict) as error:
        return shown_again("requests/terms.html", error, own=own, **_terms_form(own, request.form))
    return _to("requests.show", own)


@bp.post("/requests/<request_id>/answer")
@requires(Permission.REQUESTS)
def answer(request_id: str) -> Response:
    """Answer the approver's question and hand the request in again."""
    actor, words = current_actor(), request.form.get("words", "")
    try:
        requests.submit(actor, request_id, now=now(), words=words)
    except Invalid as error:
        own = requests.own(actor, request_id)
        return shown_again("requests/request.html", error, words=words, **_shown(own))
    return redirect(url_for("requests.show", request_id=request_id), code=303)


@bp.post("/requests/<request_id>/withdraw")
@requires(Permission.REQUESTS)
def withdraw(request_id: str) -> Response:
    """Take the request back."""
    requests.withdraw(current_actor(), request_id, now=now())
    return redirect(url_for("requests.show", request_id=request_id), code=303)


@bp.post("/requests/<request_id>/again")
@requires(Permission.REQUESTS)
def again(request_id: str) -> Response:
    """A new draft from this request."""
    return _to("requests.reason", requests.again(current_actor(), request_id, now=now()))


def _dossier(named: Mapping[str, str]) -> Dossier:
    """The dossier that is named, or in which the named material lies. Raises NotFound, Refused."""
    dossier_id = named.get("dossier") or requests.dossier_of(named.get("material", ""))
    dossier = dossiers.find(dossier_id)
    requests.require_may_ask(current_actor(), dossier)
    return dossier


def _to(endpoint: str, own: AccessRequest) -> Response:
    return redirect(url_for(endpoint, request_id=own.public_id), code=303)


def _stated(own: AccessRequest) -> Response:
    """Keep what the first step says, letters and reason apart: the one is not lost when the other is wrong."""
    actor, faults = current_actor(), []
    try:
        for file_name, content in letters.sent():
            attach(actor, own.public_id, file_name, content, now=now())
    except (Invalid, Conflict) as error:
        faults.append(("letter", error))
    try:
        requests.change_reason(actor, own.public_id, _reason(), now=now())
    except Invalid as error:
        faults.append(("purpose" if "事由" in str(error) else "details", error))
    if not faults:
        return _to("requests.scope", own)
    form = _reason_form(own.dossier, request.form) | letters.shown(own, "requests.reason", removable=True)
    return shown_again("requests/reason.html", faults[0][1], faults=faults, own=own, **form)


def _reason() -> Reason:
    form = request.form
    return Reason(form.get("purpose", ""), form.get("details", ""), form.get("like", ""))


def _reason_form(dossier: Dossier, held: Mapping[str, str]) -> dict[str, object]:
    alike = [one for one in requests.listing(current_actor(), limit=10) if one.dossier_id != dossier.id]
    return {
        "dossier": dossier,
        "steps": STEPS,
        "purposes": list(purposes.PURPOSES.items()),
        "held": held,
        "alike": [(one.public_id, f"{one.dossier.subject.name} · {one.details[:16]}") for one in alike],
    }


def _scope_form(own: AccessRequest, chosen: Scope) -> dict[str, object]:
    """Every category with the materials in it that the asker may know of, and what was named before."""
    actor, at = current_actor(), now()
    opened = dossiers.catalogue(actor, own.dossier.public_id, at=at)
    parts, decided = {part.category: part for part in opened.parts if part.category}, policy.current().policy
    rows = [(one, parts.get(one), _approvers(one.code, decided)) for one in every()]
    listed = {line.material.public_id for line in opened.lines}
    others = [one for one in named.told(actor, own, at=at) if one.public_id not in listed]
    return {"own": own, "steps": STEPS, "chosen": chosen, "rows": rows, "others": others}


def _approvers(category: str, decided: Policy) -> int:
    """How many approve that masked pages of a whole category are read."""
    return approvals_needed(Scope(categories=frozenset({category})), (), Level.MASKED, decided)


def _terms_form(own: AccessRequest, sent: Mapping[str, str]) -> dict[str, object]:
    """What was asked so far is kept, but nothing begins before today."""
    today, held, decided = now().astimezone(ZONE).date(), asked.terms_of(own), policy.current().policy
    begins = max(today, held.not_before.astimezone(ZONE).date()) if held else today
    days = min((held.not_after - held.not_before).days if held else 3, decided.longest_days)
    minutes = min(own.minutes, decided.longest_minutes)
    return {
        "steps": STEPS,
        "begins": sent.get("begins") or begins.isoformat(),
        "today": today.isoformat(),
        "days": [(day, f"{day} 天") for day in _offered(DAYS, days, decided.longest_days)],
        "minutes": [(each, f"{each} 分钟") for each in _offered(MINUTES, minutes, decided.longest_minutes)],
        "chosen": {
            "level": sent.get("level") or own.level,
            "days": sent.get("days") or str(days),
            "minutes": sent.get("minutes") or str(minutes),
            "may_copy": "may_copy" in sent if sent else own.may_copy,
        },
    }


def _offered(usual: Iterable[int], chosen: int, most: int) -> list[int]:
    """What the form offers: the usual, what was chosen before, and the most there may be."""
    return sorted(each for each in {*usual, chosen, most} if each <= most)


def _terms() -> Terms:
    """What the third step says. Days count from the first: one day ends at its midnight. Raises Invalid."""
    form = request.form
    try:
        day = datetime.fromisoformat(form.get("begins", "")).replace(tzinfo=ZONE)
        days, minutes = int(form.get("days", "")), int(form.get("minutes", ""))
    except ValueError as error:
        raise Invalid("请填写开始日期、天数和阅读时长") from error
    most = policy.current().policy.longest_days
    if not 1 <= days <= most:
        raise Invalid(f"查阅期限须在 1 到 {most} 天之间")
    level = Level.CLEAR if form.get("level") == "clear" else Level.MASKED
    return Terms(level, day, day + timedelta(days=days), minutes, may_copy="may_copy" in form)


def _shown(own: AccessRequest) -> dict[str, object]:
    at = now()
    return {
        "own": own,
        **letters.shown(own, "requests.show"),
        "state": asked.state_of(own, at),
        "categories": asked.categories_in_words(own),
        "materials": named.told(current_actor(), own, at=at),
        "steps": asked.steps_of(own),
        "step_labels": {step.value: step.label for step in Step},
        "grants": grants.told_of(own, at=at),
        "copies": copy_register.listed(current_actor(), own, at=at),
        "purpose": purposes.label(own.purpose) if own.purpose else None,
        "at": at,
    }
