"""People at the desk (人员): found by unit or words, taken in from a roster, printed again."""

from flask import Blueprint, Response, make_response, render_template, request

from webapp.domain.errors import Invalid
from webapp.domain.permission import Permission
from webapp.services import people as register
from webapp.services import spreadsheets, units
from webapp.services.rosters import Outcome, Report
from webapp.storage.archive import Unit
from webapp.web.clock import now
from webapp.web.documents import attached, printed
from webapp.web.fragments import page_or_fragment, wants_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, TRIALS, limiter

bp = Blueprint("people", __name__)
MOST_PRINTED = 1000  # people on paper at once: setting them takes some 10 s


@bp.get("/desk/people")
@requires(Permission.PEOPLE)
def people() -> str:
    """People whose dossiers are kept here, all or of one unit."""
    unit = _unit()
    found = register.listed(current_actor(), now=now(), unit=unit)
    return page_or_fragment("people/people.html", "people/_found.html", **_list(found, unit, ""))


@bp.post("/desk/people")
@requires(Permission.PEOPLE)
def find() -> str:
    """People by name, post, dossier number or ID number: words are sent, never put in an address."""
    words = request.form.get("q", "").strip()[:100]
    found = register.listed(current_actor(), now=now(), words=words)
    return page_or_fragment("people/people.html", "people/_found.html", **_list(found, None, words))


@bp.get("/desk/people/import")
@requires(Permission.PEOPLE)
def roster() -> str:
    """Choose a roster."""
    return render_template("people/import.html", report=None, error="")


@bp.post("/desk/people/import")
@requires(Permission.PEOPLE)
@limiter.limit(TRIALS)
def take_roster() -> Response:
    """Try the roster; take it in when the same file was tried and the button for that was pressed."""
    try:
        table = _sent_table()
        report = register.try_roster(current_actor(), table, now=now())
        is_wanted = request.form.get("step") == "import" and request.form.get("tried") == report.sha256
        if is_wanted and not report.of(Outcome.FAULTY):
            report = register.import_roster(current_actor(), table, now=now())
            return make_response(_report(report, is_done=True))
        return make_response(_report(report))
    except Invalid as error:
        return make_response(_report(None, error=str(error)), 422)


@bp.get("/desk/people/roster.pdf")
@requires(Permission.PEOPLE)
@limiter.limit(DOCUMENTS)
def roster_pdf() -> Response:
    """The roster on paper."""
    unit = _unit()
    held = register.roster(current_actor(), now=now(), form="pdf", unit=unit, most=MOST_PRINTED)
    paper = printed(
        "people/print.html",
        columns=register.PRINTED_COLUMNS,
        rows=register.printed_rows(held),
        unit=unit,
        at=now(),
    )
    return attached(paper, "application/pdf", "花名册.pdf")


@bp.get("/desk/people/roster.xlsx")
@requires(Permission.PEOPLE)
@limiter.limit(DOCUMENTS)
def roster_xlsx() -> Response:
    """The roster for office software."""
    held = register.roster(current_actor(), now=now(), form="xlsx", unit=_unit())
    sheet = spreadsheets.workbook("花名册", register.PRINTED_COLUMNS, register.printed_rows(held))
    return attached(sheet, spreadsheets.XLSX, "花名册.xlsx")


def _unit() -> Unit | None:
    public_id = request.args.get("unit", "")
    return units.find(public_id) if public_id else None


def _list(found: register.Found, unit: Unit | None, words: str) -> dict[str, object]:
    kept = register.kept_units(current_actor())
    return {"found": found, "unit": unit, "words": words, "kept": kept}


def _sent_table() -> spreadsheets.Table:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("请选择花名册文件")
    return spreadsheets.read(sent.stream.read(spreadsheets.LARGEST_FILE + 1))


def _report(report: Report | None, *, is_done: bool = False, error: str = "") -> str:
    template = "people/_report.html" if wants_fragment() else "people/import.html"
    return render_template(template, report=report, is_done=is_done, error=error, outcomes=Outcome)
