"""The rules at the desk (查阅规则): read them, propose others, confirm what somebody else proposed."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain import policy as rules
from webapp.domain.category import Category, every
from webapp.domain.disclosure import Policy
from webapp.domain.errors import Conflict, Invalid, Refused, Throttled
from webapp.domain.permission import Permission, permits
from webapp.domain.policy import RULES, Rule, Topic
from webapp.services import policy_changes
from webapp.web import step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, requires

bp = Blueprint("policy", __name__)


@bp.get("/desk/policy")
@requires(Permission.POLICY)
def index() -> str:
    """The rules in force, what waits to be confirmed, and earlier versions."""
    return render_template("policy/index.html", **_standing())


@bp.get("/desk/policy/grants")
@requires(Permission.GRANTS)
def beyond() -> str:
    """Grants that could not be given under the present rules, to be taken back or left."""
    at = now()
    running = policy_changes.beyond(current_actor(), now=at)
    return render_template("policy/grants.html", running=running, revoke="grants.revoke", at=at)


@bp.get("/desk/policy/new")
@requires(Permission.POLICY_CHANGES)
def new() -> str:
    """A form with the rules as they are."""
    in_force = policy_changes.standing(current_actor(), now=now()).in_force
    return render_template("policy/new.html", **_form(in_force.row.version, _written(in_force.policy)))


@bp.post("/desk/policy/new")
@requires(Permission.POLICY_CHANGES)
def check() -> str | Response:
    """What the form would change, in words; or the form again, as it was filled in."""
    version = request.form.get("version", 0, type=int)
    if "edit" in request.form:
        return render_template("policy/new.html", **_form(version, request.form))
    try:
        return render_template("policy/check.html", **_checked(version, rules.decoded(request.form)))
    except (Invalid, Conflict) as error:
        return _form_again(error)


@bp.post("/desk/policy")
@requires(Permission.POLICY_CHANGES)
def propose() -> Response:
    """Propose what was checked."""
    form, version = request.form, request.form.get("version", 0, type=int)
    try:
        chosen = rules.decoded(form)
        checked = _checked(version, chosen)
    except (Invalid, Conflict) as error:
        return _form_again(error)
    try:
        step_up.check()
        policy_changes.propose(current_actor(), chosen, form.get("reason", ""), based_on=version, now=now())
    except (Invalid, Conflict, Refused, Throttled) as error:
        return shown_again("policy/check.html", error, reason=form.get("reason", ""), **checked)
    return redirect(url_for("policy.index"), code=303)


@bp.post("/desk/policy/<change_id>/confirm")
@requires(Permission.POLICY_CHANGES)
def confirm(change_id: str) -> Response:
    """Put in force what another security officer proposed."""
    try:
        step_up.check()
    except (Refused, Throttled) as error:
        return shown_again("policy/index.html", error, **_standing())
    policy_changes.confirm(current_actor(), change_id, now=now())
    return redirect(url_for("policy.index"), code=303)


@bp.post("/desk/policy/<change_id>/drop")
@requires(Permission.POLICY_CHANGES)
def drop(change_id: str) -> Response:
    """Leave the rules as they are."""
    policy_changes.drop(current_actor(), change_id, now=now())
    return redirect(url_for("policy.index"), code=303)


def _standing() -> dict[str, object]:
    actor = current_actor()
    standing = policy_changes.standing(actor, now=now())
    held = _written(rules.in_effect(standing.in_force.policy))
    return {
        "standing": standing,
        "held": held,
        "topics": _topics(),
        "alike": _alike(held),
        "may_change": actor.role is not None and permits(actor.role, Permission.POLICY_CHANGES),
        "mine": actor.person.id,
    }


def _checked(version: int, chosen: Policy) -> dict[str, object]:
    """What would change from the version in force. Raises Conflict when that is another than the form was made of."""
    standing = policy_changes.standing(current_actor(), now=now())
    policy_changes.require_newest(standing.in_force.row, version)
    changed = rules.differences(standing.in_force.policy, chosen)
    if not changed:
        raise Invalid("与现行规则没有不同，不用变更")
    return {
        "version": version,
        "differences": changed,
        "codes": _written(chosen),
        "has_second": standing.has_second,
        "waiting": standing.waiting,
    }


def _form_again(error: Invalid | Conflict) -> Response:
    """The form as it was sent, now against the version in force."""
    version = policy_changes.standing(current_actor(), now=now()).in_force.row.version
    return shown_again("policy/new.html", error, **_form(version, request.form))


def _form(version: int, held: Mapping[str, str]) -> dict[str, object]:
    """The form filled in. held -- codes by key; a rule that is not named has none."""
    return {
        "version": version,
        "held": {rule.key: held.get(rule.key, "") for rule in RULES},
        "topics": _topics(),
        "categories": [(one, _rules_of(one)) for one in every()],
    }


def _written(policy: Policy) -> dict[str, str]:
    return {rule.key: rule.read(policy) for rule in RULES}


def _topics() -> dict[str, list[Rule]]:
    return {topic.value: [rule for rule in RULES if rule.topic is topic] for topic in Topic}


def _rules_of(category: Category) -> list[Rule]:
    return [rule for rule in RULES if rule.category == category.code]


def _alike(held: Mapping[str, str]) -> list[tuple[list[Category], list[tuple[Rule, str]]]]:
    """Categories for which the same is ruled, together, with what that is in words."""
    found: dict[tuple[str, ...], list[Category]] = {}
    for category in every():
        words = tuple(rule.words(held[rule.key]) for rule in _rules_of(category))
        found.setdefault(words, []).append(category)
    return [(alike, list(zip(_rules_of(alike[0]), words, strict=True))) for words, alike in found.items()]
