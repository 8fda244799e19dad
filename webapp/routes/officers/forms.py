"""What the forms of the feature share: rights as fields, links as a page."""

from collections.abc import Sequence

from flask import current_app, render_template, request, url_for

from webapp.domain.errors import Invalid
from webapp.domain.role import Role
from webapp.services import units
from webapp.services.enrolment import LINK_LIFE
from webapp.services.officer_import import units_in
from webapp.services.officers import Linked, Rights
from webapp.web.clock import now
from webapp.web.filters import local


def rights_in_form() -> Rights:
    """Roles that were ticked and units that were written, a line each. Raises Invalid."""
    ticked = request.form.getlist("roles")
    if unknown := [name for name in ticked if name not in list(Role)]:
        raise Invalid(f"角色“{unknown[0][:20]}”不认识")
    lookup, custody, approval = (
        units_in(request.form.get(name, "")) for name in ("lookup", "custody", "approval")
    )
    return Rights(frozenset(map(Role, ticked)), lookup, custody, approval)


def written(rights: Rights) -> dict[str, object]:
    """Rights as the values of the fields."""
    names = units.full_names()
    return {
        "roles": [role.value for role in rights.roles],
        **{kind: "\n".join(names[unit.id] for unit in held) for kind, held in rights.scopes.items()},
    }


def typed() -> dict[str, object]:
    """The fields as they were sent, to be shown again."""
    texts = {name: value for name, value in request.form.items() if name not in ("csrf_token", "code")}
    return {**texts, "roles": request.form.getlist("roles")}


def choices() -> dict[str, object]:
    """What the fields of rights offer: roles, and all units by their full name."""
    return {"all_roles": list(Role), "all_units": sorted(units.full_names().values())}


def address_of(token: str) -> str:
    """The whole address of an enrolment link."""
    origin: str = current_app.config["SETTINGS"].public_origin
    return origin + url_for("sign_in.enrol", token=token)


def links_page(links: Sequence[Linked]) -> str:
    """The links just issued, to be printed and handed over; they are shown this once."""
    rows = [(made.officer, address_of(made.token)) for made in links]
    return render_template("officers/links.html", links=rows, until=local(now() + LINK_LIFE))
