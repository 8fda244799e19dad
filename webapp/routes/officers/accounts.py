"""The system administrator's list of accounts (账号清单): new ones, one-time links, disabling."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Conflict, Invalid, NotFound, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.domain.role import Role
from webapp.routes.officers import forms
from webapp.routes.officers.blueprint import bp
from webapp.services import officer_list, units
from webapp.services import officers as accounts
from webapp.services.officer_import import unit_at
from webapp.services.officer_list import State
from webapp.services.officers import NewOfficer
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import TRIALS, limiter


@bp.get("/desk/officers")
@requires(Permission.OFFICERS)
def officers() -> str:
    """Accounts by unit: all, or those in one state."""
    return _list("")


@bp.post("/desk/officers/search")
@requires(Permission.OFFICERS)
def search() -> str:
    """Accounts whose name or login contains the words; by POST, so that no name stands in an address."""
    return _list(request.form.get("q", ""))


@bp.get("/desk/officers/new")
@requires(Permission.OFFICERS)
def new() -> str:
    """The form for one account."""
    return render_template(
        "officers/new.html",
        typed={"roles": [Role.OFFICIAL.value]},
        **forms.choices(),
    )


@bp.post("/desk/officers/new")
@requires(Permission.OFFICERS)
@limiter.limit(TRIALS)
def create() -> Response | str:
    """Make one account and show its link, this once."""
    actor = current_actor()
    try:
        drafted = _drafted()
        step_up.check()
        officer = accounts.create(drafted, actor=actor, now=now())
    except (Invalid, Conflict, Refused, Throttled) as error:
        return shown_again("officers/new.html", error, typed=forms.typed(), **forms.choices())
    return forms.links_page([accounts.link(officer, actor=actor, now=now())])


@bp.get("/desk/officers/<officer_id>")
@requires(Permission.OFFICERS)
def officer(officer_id: str) -> str:
    """One account, and what can be done with it."""
    return render_template("officers/officer.html", **_shown(officer_id))


@bp.post("/desk/officers/<officer_id>/link")
@requires(Permission.OFFICERS)
def link(officer_id: str) -> Response | str:
    """Issue a new link, shown this once; the ones before are dead."""
    found = accounts.find(officer_id)
    try:
        step_up.check()
        issued = accounts.link(found, actor=current_actor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("officers/officer.html", error, **_shown(officer_id))
    return forms.links_page([issued])


@bp.post("/desk/officers/<officer_id>/disable")
@requires(Permission.OFFICERS)
def disable(officer_id: str) -> Response:
    """Shut the account; whoever uses it is signed out at once."""
    accounts.disable(accounts.find(officer_id), actor=current_actor(), now=now())
    return redirect(url_for("officers.officer", officer_id=officer_id), code=303)


@bp.post("/desk/officers/<officer_id>/enable")
@requires(Permission.OFFICERS)
def enable(officer_id: str) -> Response:
    """Open the account again."""
    accounts.enable(accounts.find(officer_id), actor=current_actor(), now=now())
    return redirect(url_for("officers.officer", officer_id=officer_id), code=303)


def _drafted() -> NewOfficer:
    """The account of the form. Raises Invalid. Only these fields are read, whatever else was sent."""
    form = request.form
    id_number = form.get("id_number", "").strip()
    return NewOfficer(
        login=form.get("login", ""),
        name=form.get("name", ""),
        rights=forms.rights_in_form(),
        unit=unit_at(form.get("unit", "").strip()),
        subject=accounts.asked_subject(id_number, actor=current_actor(), now=now()) if id_number else None,
    )


def _shown(officer_id: str) -> dict[str, object]:
    found = accounts.find(officer_id)
    return {
        "officer": found,
        "state": officer_list.state_of(found),
        "rights": accounts.rights_of(found),
        "unit_names": units.full_names(),
        "is_own": current_actor().person.id == found.id,
    }


def _list(words: str) -> str:
    """The list page, or its rows alone for htmx."""
    wanted = request.args.get("state", "")
    if wanted and wanted not in list(State):
        raise NotFound("没有这样的账号状态")
    number = max(1, request.args.get("page", 1, type=int))
    state = State(wanted) if wanted else None
    listed = officer_list.listing(state=state, words=words, page=number)
    return page_or_fragment(
        "officers/officers.html",
        "officers/_rows.html" if number > 1 else "officers/_list.html",
        listed=listed,
        state=state,
        states=list(State),
        state_of=officer_list.state_of,
        counts=officer_list.counts(),
        words=words,
        number=number,
    )
