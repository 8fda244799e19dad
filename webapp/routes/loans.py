"""The register of borrowed, extracted and copied paper at the desk (借阅、摘录、复制登记), on a phone as well."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.domain import purpose as purposes
from webapp.domain.errors import Conflict, Invalid, Refused
from webapp.domain.loan import ENDS, Ending, Kind
from webapp.domain.local_time import day
from webapp.domain.permission import Permission
from webapp.services import approval_form, dossiers, loan_approvals, loan_register, loans
from webapp.services.loan_words import EndWords
from webapp.services.loans import Entry
from webapp.web.clock import now
from webapp.web.documents import attached, printed
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter

bp = Blueprint("loans", __name__)
PERIOD = timedelta(days=90)  # printed unless another is asked for: a quarter, as paper registers are closed


@bp.get("/desk/loans")
@requires(Permission.LOANS)
def listed() -> str:
    """What is out, overdue first; or what ended."""
    return render_template("loans/loans.html", **_list())


@bp.post("/desk/loans/search")
@requires(Permission.LOANS)
def search() -> str:
    """Entries of one dossier or person; by POST, so that no name stands in an address."""
    return render_template("loans/loans.html", **_list(request.form.get("q", "")[:100]))


@bp.get("/desk/loans/register.pdf")
@requires(Permission.LOANS)
@limiter.limit(DOCUMENTS)
def register() -> Response:
    """The register of a period on paper."""
    today = day(now())
    first = _day("开始日期", request.args.get("first", "")) or today - PERIOD
    last = _day("结束日期", request.args.get("last", "")) or today
    entries = loan_register.printed(current_actor(), first, last, now=now())
    paper = printed("loans/print.html", entries=entries, first=first, last=last, at=now())
    return attached(paper, "application/pdf", f"借阅登记簿 {first} 至 {last}.pdf")


@bp.get("/desk/loans/<loan_id>")
@requires(Permission.LOANS)
def shown(loan_id: str) -> str:
    """One entry, and the forms that end it or move its day."""
    return render_template("loans/loan.html", **_shown(loan_id))


@bp.post("/desk/loans/<loan_id>/end")
@requires(Permission.LOANS)
def end(loan_id: str) -> AnyResponse:
    """Enter that it came back, or what became of it."""
    form = request.form
    complete = {"yes": True, "no": False}.get(form.get("complete", ""))
    words = EndWords(form.get("bringer", ""), form.get("remark", ""))
    return _done(
        loan_id,
        lambda: loans.end(
            current_actor(), loan_id, form.get("ending", ""), is_complete=complete, words=words, now=now()
        ),
    )


@bp.post("/desk/loans/<loan_id>/extend")
@requires(Permission.LOANS)
def extend(loan_id: str) -> AnyResponse:
    """Move the day on which it is due."""
    form = request.form
    return _done(
        loan_id,
        lambda: loans.extend(
            current_actor(),
            loan_id,
            _day("应还日期", form.get("due_on", "")),
            form.get("reason", ""),
            paper_number=form.get("paper_number", ""),
            days=_days(),
            now=now(),
        ),
    )


@bp.get("/desk/dossiers/<dossier_id>/loans")
@requires(Permission.LOANS)
def of_dossier(dossier_id: str) -> str:
    """Everything entered about one dossier."""
    entries = loan_register.of_dossier(current_actor(), dossier_id, now=now())
    return render_template("loans/dossier.html", dossier=dossiers.find(dossier_id), entries=entries)


@bp.get("/desk/dossiers/<dossier_id>/loans/new")
@requires(Permission.LOANS)
def new(dossier_id: str) -> str:
    """The form for a further entry."""
    return render_template("loans/new.html", typed=_first(), chosen=(), **_form(dossier_id))


@bp.post("/desk/dossiers/<dossier_id>/loans/new")
@requires(Permission.LOANS)
def enter(dossier_id: str) -> AnyResponse:
    """Enter it; the form again, with all that was typed, when something is wrong with it."""
    try:
        loan = loans.enter(current_actor(), dossier_id, _entry(), days=_days(), now=now())
    except (Invalid, Conflict, Refused) as error:
        form = _form(dossier_id)  # raised again for who has no hand in this dossier
        chosen = request.form.getlist("material")
        return shown_again("loans/new.html", error, typed=request.form, chosen=chosen, **form)
    return redirect(url_for("loans.shown", loan_id=loan.public_id), code=303)


@bp.get("/desk/requests/<request_id>/form.pdf")
@requires(Permission.LOANS)
@limiter.limit(DOCUMENTS)
def approval(request_id: str) -> Response:
    """The approval form of a request about a dossier that is kept here."""
    form = approval_form.for_keeper(current_actor(), request_id, now=now())
    paper = printed("approval_form/print.html", form=form, me=current_actor().person, at=now())
    return attached(paper, "application/pdf", "查阅审批表.pdf")


def _done(loan_id: str, act: Callable[[], None]) -> AnyResponse:
    """An act on an entry, then the entry; with what was wrong and what was typed, if something was."""
    try:
        act()
    except (Invalid, Conflict) as error:
        return shown_again("loans/loan.html", error, typed=request.form, **_shown(loan_id))
    return redirect(url_for("loans.shown", loan_id=loan_id), code=303)


def _list(words: str = "") -> dict[str, Any]:
    ended = request.args.get("ended") == "1"
    today = day(now())
    entries = loan_register.listed(current_actor(), now=now(), words=words, ended=ended)
    return {"entries": entries, "words": words, "ended": ended, "first": today - PERIOD, "last": today}


def _shown(loan_id: str) -> dict[str, Any]:
    told, moved = loan_register.opened(current_actor(), loan_id, now=now())
    ends = [ending for ending in ENDS[told.kind] if ending is not Ending.MISTAKEN]
    loan, furthest = told.loan, day(now()) + timedelta(days=_days())
    approval = loan_approvals.behind(loan, at=now())
    return {
        "told": told,
        "moved": moved,
        "ends": ends,
        "latest": min(furthest, approval.last_day) if approval else furthest,
        "furthest": furthest,
        "needs_paper": loan.request_id is not None and approval is None,
        "is_recalled": told.is_out and loan_approvals.was_taken_back(loan),
    }


def _form(dossier_id: str) -> dict[str, Any]:
    """What there is to choose from. Raises NotFound, Refused for who does not keep the dossier."""
    opened = dossiers.kept_catalogue(current_actor(), dossier_id, at=now())
    return {
        "opened": opened,
        "out": loan_register.out_of(current_actor(), opened.dossier, now=now()),
        "approvals": loan_approvals.usable(opened.dossier, at=now()),
        "purposes": list(purposes.PURPOSES.items()),
        "kinds": list(Kind),
        "days": _days(),
        "today": day(now()),
    }


def _first() -> dict[str, str]:
    """What an empty form says already."""
    today = day(now())
    due = today + timedelta(days=_days())
    return {"kind": Kind.BORROW, "extent": "whole", "out_on": today.isoformat(), "due_on": due.isoformat()}


def _entry() -> Entry:
    """What was filled in. Raises Invalid for what is no day or number."""
    form = request.form
    kind, pages = form.get("kind", ""), form.get("pages", "")
    out_on = _day("日期", form.get("out_on", ""))
    if out_on is None:
        raise Invalid("请填写日期")
    if pages and not (pages.isdecimal() and len(pages) <= 4):
        raise Invalid("页数请填数字")
    return Entry(
        kind=kind,
        taker=form.get("taker", ""),
        taker_unit=form.get("taker_unit", ""),
        second=form.get("second", ""),
        second_unit=form.get("second_unit", ""),
        approval=form.get("approval", ""),
        paper_number=form.get("paper_number", ""),
        material_ids=frozenset(form.getlist("material")) if form.get("extent") == "some" else None,
        purpose=form.get("purpose", ""),
        out_on=out_on,
        due_on=_day("应还日期", form.get("due_on", "")) if kind == Kind.BORROW else None,
        pages=int(pages) if pages else None,
        place=form.get("place", ""),
        is_checked=form.get("checked") == "yes",
    )


def _day(what: str, written: str) -> date | None:
    """A day as browsers send it; None for nothing. Raises Invalid."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(f"{what}请按 2026-01-31 的样子填写") from error


def _days() -> int:
    return int(current_app.config["SETTINGS"].loan_days)
