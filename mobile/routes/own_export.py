"""Taking one's own dossier along as PDF (本人档案导出)."""

from base64 import b64encode

from flask import Blueprint, Response, render_template, request

from webapp.domain.errors import Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import own_export
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.documents import attached, one_at_a_time, printed
from webapp.web.faults import shown_again
from webapp.web.filters import local_date
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, EXPORTS, limiter

bp = Blueprint("own_export", __name__)


@bp.get("/me/export")
@requires(Permission.OWN)
def choose() -> str:
    """Which materials' pages to take along."""
    return render_template("own_export/choose.html", **_form())


@bp.post("/me/export")
@requires(Permission.OWN)
@limiter.limit(DOCUMENTS)
@limiter.limit(EXPORTS, deduct_when=lambda answer: answer.status_code == 200)
def export() -> Response:
    """The file, with the pages that were chosen. One at a time: nobody else is kept waiting."""
    chosen = request.form.getlist("material")
    try:
        step_up.check()
        with one_at_a_time():
            content = _written(chosen)
    except (Invalid, Refused, Throttled) as error:
        return shown_again("own_export/choose.html", error, chosen=chosen, **_form())
    return attached(content, "application/pdf", f"本人档案 {local_date(now())}.pdf")


def _written(chosen: list[str]) -> bytes:
    made = own_export.export(current_actor(), chosen, now=now())
    pages = [(page, b64encode(page.jpeg).decode()) for page in made.pages]
    return printed("own_export/print.html", made=made, pages=pages, at=now())


def _form() -> dict[str, object]:
    opened = own_export.offered(current_actor(), at=now())
    lines = [line for line in opened.lines if line.decision.shows_pages and line.scanned_pages]
    return {"lines": lines, "most": own_export.MOST_PAGES}
