"""The security officer's part (角色与范围): confirm new accounts, change roles and scopes."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.routes.officers import forms
from webapp.routes.officers.blueprint import bp
from webapp.services import caseload, officer_list, units
from webapp.services import officers as accounts
from webapp.services.officer_list import State
from webapp.storage.accounts import Officer
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires


@bp.get("/desk/rights")
@requires(Permission.ROLES)
def rights() -> str:
    """Accounts that wait to be confirmed, or those in another state."""
    return _list("")


@bp.post("/desk/rights/search")
@requires(Permission.ROLES)
def search_rights() -> str:
    """Accounts whose name or login contains the words."""
    return _list(request.form.get("q", ""))


@bp.post("/desk/rights/authorise")
@requires(Permission.ROLES)
def authorise() -> Response:
    """Confirm the accounts of the page that was shown, but one's own."""
    actor = current_actor()
    try:
        step_up.check()
    except (Refused, Throttled) as error:
        return shown_again("rights/rights.html", error, **_listed(""))
    for officer_id in request.form.getlist("officer")[: officer_list.PAGE]:
        if officer_id != actor.person.public_id:
            accounts.authorise(accounts.find(officer_id), actor=actor, now=now())
    return redirect(url_for("officers.rights"), code=303)


@bp.get("/desk/rights/<officer_id>")
@requires(Permission.ROLES)
def officer_rights(officer_id: str) -> str:
    """What one officer may act as, and where."""
    found = accounts.find(officer_id)
    held = accounts.rights_of(found)
    return render_template("rights/officer.html", typed=forms.written(held), **_shown(found))


@bp.post("/desk/rights/<officer_id>")
@requires(Permission.ROLES)
def set_rights(officer_id: str) -> Response:
    """Give other roles and scopes; the officer signs in anew."""
    found = accounts.find(officer_id)
    try:
        chosen = forms.rights_in_form()
        step_up.check()
        accounts.set_rights(found, chosen, actor=current_actor(), now=now())
    except (Invalid, Refused, Throttled) as error:
        return shown_again("rights/officer.html", error, typed=forms.typed(), **_shown(found))
    return redirect(url_for("officers.officer_rights", officer_id=officer_id), code=303)


def _shown(found: Officer) -> dict[str, object]:
    return {
        "officer": found,
        "unit": units.full_name(found.unit) if found.unit else None,
        "state": officer_list.state_of(found),
        "is_own": current_actor().person.id == found.id,
        **forms.choices(),
    }


def _list(words: str) -> str:
    listed = _listed(words)
    part = "rights/_rows.html" if listed["number"] != 1 else "rights/_list.html"
    return page_or_fragment("rights/rights.html", part, **listed)


def _listed(words: str) -> dict[str, object]:
    """A page of accounts; without a state in the address, those that wait."""
    wanted = request.args.get("state", "all" if words else State.WAITING.value)
    if wanted not in (*State, "all"):
        raise NotFound("没有这样的账号状态")
    state = State(wanted) if wanted in list(State) else None
    number = max(1, request.args.get("page", 1, type=int))
    return {
        "listed": officer_list.listing(state=state, words=words, page=number),
        "state": state,
        "states": list(State),
        "state_of": officer_list.state_of,
        "counts": officer_list.counts(),
        "words": words,
        "number": number,
        "stranded": _stranded(),
    }


def _stranded() -> list[tuple[str, int]]:
    """Units of which requests wait that nobody may decide, and how many."""
    names = units.full_names()
    return sorted((names[unit], count) for unit, count in caseload.stranded(now=now()).items())
