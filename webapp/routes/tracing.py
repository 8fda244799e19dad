"""Tracing leaked pictures (泄露追查) for the security officer: send a picture or type a number, see who was reading."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain import evidence, purpose
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.permission import Permission
from webapp.services import companions
from webapp.services import tracing as tracings
from webapp.web.clock import now
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter
from webapp.web.sign_in import POLL_HEADER

bp = Blueprint("tracing", __name__)
bp.add_app_template_filter(purpose.label, "purpose")
bp.add_app_template_filter(evidence.odds, "odds")
bp.add_app_template_filter(companions.names, "seconds")


@bp.get("/desk/trace")
@requires(Permission.TRACE)
def traces() -> str:
    """The two ways to ask, and what was asked lately."""
    return _form()


@bp.post("/desk/trace")
@requires(Permission.TRACE)
@limiter.limit(DOCUMENTS)
def ask() -> Response:
    """Take a leaked picture and go to where its answer will stand."""
    sent, form = request.files.get("picture"), request.form
    try:
        if sent is None or not sent.filename:
            raise Invalid("还没有选择图片")
        trace = tracings.ask(
            current_actor(),
            sent.stream.read(),
            file_name=sent.filename,
            page_id=form.get("page", "").strip(),
            dossier_number=form.get("dossier", "").strip(),
            now=now(),
        )
    except (Invalid, NotFound) as error:
        return make_response(_form(picture_error=str(error), typed=form), 422)
    return redirect(url_for("tracing.trace", trace_id=trace.public_id), code=303)


@bp.post("/desk/trace/viewing")
@requires(Permission.TRACE)
@limiter.limit(DOCUMENTS)
def viewing() -> Response:
    """Whose viewing it was, by the number read off the visible mark."""
    typed = request.form.get("number", "")
    try:
        found = tracings.by_number(current_actor(), typed, now=now())
    except Invalid as error:
        return make_response(_form(number_error=str(error), typed=request.form), 422)
    return make_response(render_template("tracing/viewing.html", found=found, typed=typed))


@bp.get("/desk/trace/<trace_id>")
@requires(Permission.TRACE)
def trace(trace_id: str) -> str:
    """What came out; the page asks again by itself until the worker has compared."""
    is_poll = POLL_HEADER in request.headers
    case = tracings.case(trace_id) if is_poll else tracings.opened(current_actor(), trace_id, now=now())
    return page_or_fragment("tracing/trace.html", "tracing/_answer.html", case=case)


def _form(**context: object) -> str:
    return render_template("tracing/tracing.html", cases=tracings.recent(), **{"typed": {}, **context})
