"""Deciding on the phone (审批): what waits, one case with all that speaks for and against it, five seconds to undo."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mobile.routes.letters import HEADING
from webapp.domain import purpose as purposes
from webapp.domain.access_request import Step, Terms
from webapp.domain.category import Category
from webapp.domain.disclosure import Level, Preset
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused, Throttled
from webapp.domain.grant import Scope
from webapp.domain.permission import Permission
from webapp.services import (
    approvals,
    asked,
    caseload,
    copy_register,
    deciders,
    delegations,
    grants,
    letters,
    policy,
)
from webapp.services.approvals import Offer
from webapp.services.caseload import Case
from webapp.storage.archive import Material
from webapp.storage.requests import AccessRequest
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.filters import ZONE
from webapp.web.fragments import page_or_fragment, wants_fragment
from webapp.web.guards import current_actor, current_session, requires
from webapp.web.sign_in import lasting, wants_events
from webapp.web.streams import Streams

bp = Blueprint("approvals", __name__)

FURTHEST = 1000  # page of a list


@bp.get("/approvals")
@requires(Permission.APPROVALS)
def index() -> str | tuple[str, int]:
    """What waits for this approver, urgent first, and what may be taken back; 204 for the list a page has already."""
    actor, at = current_actor(), now()
    todos = caseload.todo(actor, now=at, page=_page("page"))
    if wants_fragment() and request.args.get("had") == todos.mark:
        return "", 204
    page = _page("grants")
    running, is_more = grants.listed(actor, now=at, page=page)
    return page_or_fragment(
        "approvals/index.html",
        "approvals/_waiting.html",
        todos=todos,
        grants_page=page,
        batches=_batches(todos.listed),
        just=_just_approved(),
        running=running,
        following=url_for("approvals.index", grants=page + 1) if is_more else "",
        revoke="approvals.revoke",
        standing_in=delegations.standing_in(actor.person, at=at),
        away=delegations.away(actor.person, at=at),
        at=at,
    )


@bp.get("/approvals/stream")
@requires(Permission.APPROVALS)
def stream() -> Response:
    """Tell an open list when it is out of date, as long as the sitting goes on."""
    if not wants_events(request):
        return redirect(url_for("approvals.index"), code=303)
    watch, goes_on, clock = caseload.Watch(current_actor()), lasting(), current_app.extensions["clock"]
    streams: Streams = current_app.extensions["streams"]
    return streams.open(
        current_session().public_id,
        lambda: watch.mark(now=clock()) if goes_on() else None,
        had=request.args.get("had", ""),
    )


@bp.get("/approvals/<request_id>")
@requires(Permission.APPROVALS)
def show(request_id: str) -> str:
    """One request, what it would disclose, and what is unusual about it."""
    return render_template("approvals/case.html", **_shown(request_id))


@bp.post("/approvals/<request_id>/approve")
@requires(Permission.APPROVALS)
def approve(request_id: str) -> Response:
    """Approve what was asked for, or the less that the form says; with a code where one is needed."""
    actor = current_actor()
    try:
        asked_for = approvals.find(request_id)
        deciders.require(actor, asked_for, at=now())
        if approvals.needs_code(asked_for):
            step_up.check()
        less = _less(asked_for) if "until" in request.form else None
        approvals.approve(actor, request_id, version=_version(), less=less, now=now())
    except (Invalid, Refused, Throttled) as error:  # may not decide at all: raised again by what is shown
        return shown_again("approvals/case.html", error, **_shown(request_id))
    return redirect(url_for("approvals.index", approved=request_id), code=303)


@bp.post("/approvals/all")
@requires(Permission.APPROVALS)
def approve_all() -> Response:
    """Approve the requests of one occasion together."""
    chosen = [_pair(each) for each in request.form.getlist("request")]
    approvals.approve_all(current_actor(), chosen, now=now())
    return redirect(url_for("approvals.index", approved=[request_id for request_id, _ in chosen]), code=303)


@bp.post("/approvals/<request_id>/return")
@requires(Permission.APPROVALS)
def send_back(request_id: str) -> Response:
    """Return the request with a question."""
    try:
        approvals.send_back(
            current_actor(), request_id, request.form.get("words", ""), version=_version(), now=now()
        )
    except (Invalid, Conflict) as error:
        return shown_again(
            "approvals/case.html", error, question=request.form.get("words"), **_shown(request_id)
        )
    return redirect(url_for("approvals.index"), code=303)


@bp.post("/approvals/<request_id>/reject")
@requires(Permission.APPROVALS)
def reject(request_id: str) -> Response:
    """Turn the request down with a reason."""
    try:
        approvals.reject(
            current_actor(), request_id, request.form.get("words", ""), version=_version(), now=now()
        )
    except (Invalid, Conflict) as error:
        return shown_again(
            "approvals/case.html", error, refusal=request.form.get("words"), **_shown(request_id)
        )
    return redirect(url_for("approvals.index"), code=303)


@bp.post("/approvals/<request_id>/undo")
@requires(Permission.APPROVALS)
def undo(request_id: str) -> Response:
    """Take the approval back within five seconds."""
    approvals.undo(current_actor(), request_id, now=now())
    return redirect(url_for("approvals.show", request_id=request_id), code=303)


@bp.post("/grants/<grant_id>/revoke")
@requires(Permission.APPROVALS)
def revoke(grant_id: str) -> Response:
    """Take a grant back; the next request under it is refused."""
    grants.revoke(grant_id, actor=current_actor(), now=now())
    return redirect(url_for("approvals.index"), code=303)


def _page(name: str) -> int:
    return min(max(1, request.args.get(name, 1, type=int)), FURTHEST)


def _version() -> int:
    return request.form.get("version", -1, type=int)


def _pair(sent: str) -> tuple[str, int]:
    public_id, _, version = sent.partition(" ")
    if not version.isdigit():
        raise NotFound("没有这份申请")
    return public_id, int(version)


def _less(asked_for: AccessRequest) -> Offer | None:
    """What the form leaves of the offer; None when it leaves all. Raises Invalid."""
    offer, form = approvals.offer_of(asked_for), request.form
    scope = Scope(
        frozenset(form.getlist("material")), frozenset(form.getlist("category")), "with_guarded" in form
    )
    try:
        last_day = datetime.fromisoformat(form.get("until", "")).replace(tzinfo=ZONE)
        minutes = int(form.get("minutes", ""))
    except ValueError as error:
        raise Invalid("请填写截止日期和阅读时长") from error
    terms = offer.terms
    is_masked = form.get("level") == "masked"
    given = Terms(
        min(terms.level, Level.MASKED) if is_masked else terms.level,
        terms.not_before,
        min(terms.not_after, last_day + timedelta(days=1)),
        minutes,
        terms.may_copy and "may_copy" in form,
        terms.is_for_two or "is_for_two" in form,
    )
    return None if Offer(scope, given) == offer else Offer(scope, given)


def _batches(listed: Iterable[caseload.Todo]) -> list[list[AccessRequest]]:
    """Requests of one occasion that may be approved together."""
    by_occasion: dict[str, list[AccessRequest]] = {}
    for each in listed:
        if not each.is_guarded:
            by_occasion.setdefault(each.request.occasion, []).append(each.request)
    return [requests for requests in by_occasion.values() if len(requests) > 1]


def _just_approved() -> list[AccessRequest]:
    """The requests this approver approved less than five seconds ago."""
    named = request.args.getlist("approved")[:10]
    found = (approvals.undoable(current_actor(), request_id, at=now()) for request_id in named)
    return [each for each in found if each is not None]


def _shown(request_id: str) -> dict[str, object]:
    case = caseload.opened(current_actor(), request_id, now=now())
    named = asked.named_in([case.request])[case.request.id]
    return {
        "case": case,
        "attachments": letters.handed_in(case.request),
        "heading": HEADING,
        "picture": "letters.handed_in",
        "categories": named.categories,
        "materials": named.materials,
        "purpose": purposes.label(case.request.purpose),
        "step_labels": {step.value: step.label for step in Step},
        "grants": grants.told_of(case.request, at=now()),
        "copies": copy_register.listed(current_actor(), case.request, at=now()),
        "is_strict": policy.current().policy.preset is Preset.STRICT,
        "lesser": _lesser(case),
        "just": [],
        "at": now(),
    }


def _lesser(case: Case) -> dict[str, object]:
    """What can be ticked off the offer; what was ticked off already stays so when the form is shown again."""
    scope, terms, form = case.offer.scope, case.offer.terms, request.form
    is_typed = "until" in form
    named = Material.select().where(Material.public_id.in_(list(scope.materials)))
    categories = sorted(map(Category, scope.categories))
    last_day = (terms.not_after - timedelta(seconds=1)).astimezone(ZONE).date().isoformat()
    whole = scope.materials | scope.categories
    return {
        "materials": list(named.order_by(Material.id)),
        "categories": [(one.code, f"{one.display} {one.title()}") for one in categories],
        "last_day": last_day,
        "may_be_masked": terms.level is Level.CLEAR,
        "is_typed": is_typed,
        "chosen": {*form.getlist("material"), *form.getlist("category")} if is_typed else whole,
        "with_guarded": "with_guarded" in form or not is_typed,
        "level": form.get("level", "clear"),
        "until": form.get("until", last_day),
        "minutes": form.get("minutes", terms.minutes),
        "may_copy": "may_copy" in form or not is_typed,
        "is_for_two": "is_for_two" in form,
    }
