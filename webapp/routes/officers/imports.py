"""Accounts from a spreadsheet (批量建账号): tried first, then made in whole or not at all."""

import json

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.routes.officers import forms
from webapp.routes.officers.blueprint import bp
from webapp.services import officer_import, spreadsheets
from webapp.services.enrolment import LINK_LIFE
from webapp.services.officer_import import Row
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.filters import local
from webapp.web.guards import current_actor, requires
from webapp.web.limits import TRIALS, limiter

_SHOWN_FAULTS = 100


@bp.get("/desk/officers/import")
@requires(Permission.OFFICERS)
def choose_sheet() -> str:
    """The form for the file, and what it must look like."""
    return render_template("officers/import.html", columns=officer_import.COLUMNS)


@bp.get("/desk/officers/import/example.xlsx")
@requires(Permission.OFFICERS)
def example() -> Response:
    """An empty spreadsheet to fill in."""
    return _sheet(officer_import.example_sheet(), "accounts.xlsx")


@bp.post("/desk/officers/import")
@requires(Permission.OFFICERS)
@limiter.limit(TRIALS)
def try_sheet() -> Response | str:
    """Judge the file and show what would be made; writes nothing."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("请选择一个表格文件")
        cells = officer_import.cells_of(sent.read())
        rows = officer_import.judge(cells, actor=current_actor(), now=now())
    except Invalid as error:
        return shown_again("officers/import.html", error, columns=officer_import.COLUMNS)
    return _judged(rows)


@bp.post("/desk/officers/import/confirm")
@requires(Permission.OFFICERS)
@limiter.limit(TRIALS)
def import_sheet() -> Response | str:
    """Make the accounts that were shown, judged again, and hand out their links, this once."""
    rows = officer_import.judge(_rows_sent(), actor=current_actor(), now=now())
    if officer_import.faults_of(rows):
        return _judged(rows)
    try:
        step_up.check()
        links = officer_import.create_all(rows, actor=current_actor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("officers/import_judged.html", error, **_context(rows))
    if request.form.get("answer") == "sheet":
        until = local(now() + LINK_LIFE)
        return _sheet(officer_import.links_sheet(links, forms.address_of, until=until), "links.xlsx")
    return forms.links_page(links)


def _judged(rows: list[Row]) -> Response | str:
    page = render_template("officers/import_judged.html", **_context(rows))
    return make_response(page, 422) if officer_import.faults_of(rows) else page


def _context(rows: list[Row]) -> dict[str, object]:
    faults = officer_import.faults_of(rows)
    return {
        "rows": rows,
        "faults": faults[:_SHOWN_FAULTS],
        "faults_count": len(faults),
        "sent": json.dumps([(row.number, row.cells) for row in rows], ensure_ascii=False),
    }


def _rows_sent() -> list[tuple[int, dict[str, str]]]:
    """The rows the page carried; they are judged again, so it does not matter who wrote them. Raises Invalid."""
    try:
        rows = [
            (int(number), {name: str(cells[name]) for name in officer_import.COLUMNS if name in cells})
            for number, cells in json.loads(request.form.get("rows", ""))
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("表格内容没有完整送到，请重新选择文件") from error
    if not 0 < len(rows) <= officer_import.MOST_ROWS:
        raise Invalid(f"一次 1 到 {officer_import.MOST_ROWS} 行")
    return rows


def _sheet(content: bytes, name: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = spreadsheets.XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
