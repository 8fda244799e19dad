"""Passkeys (通行密钥): signing in by one, adding, naming and removing one's own, and what browsers ask them."""

from flask import Blueprint, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Conflict, Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import ceremonies, passkeys, sign_in
from webapp.storage.passkeys import Passkey
from webapp.web import csrf, step_up
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_actor, current_session, requires
from webapp.web.limits import CHALLENGES, limiter
from webapp.web.sign_in import visitor, welcome

bp = Blueprint("passkeys", __name__)


@bp.app_template_global()
def own_passkeys() -> list[Passkey]:
    """What passkeys/_list.html lists."""
    return passkeys.own(current_actor())


@bp.post("/login/passkey/request")
@requires(Permission.ANYBODY)
@limiter.limit(CHALLENGES)
def sign_in_request() -> Response:
    """What the browser is to ask a passkey for, so that it signs in."""
    return jsonify(ceremonies.sign_in_request(holder=csrf.holder(), visitor=visitor(), now=now()))


@bp.post("/login/passkey")
@requires(Permission.ANYBODY)
def give_passkey() -> Response:
    """Take what the passkey answered; signed in."""
    try:
        done = sign_in.give_passkey(
            request.form.get("answer", ""),
            holder=csrf.holder(),
            replaced=g.session,
            visitor=visitor(),
            now=now(),
        )
    except (Refused, Throttled) as error:
        return shown_again("sign_in/password.html", error, login="")
    answer = redirect("/", code=303)
    welcome(answer, done)
    return answer


@bp.post("/account/proof/request")
@requires(Permission.SIGNED_IN)
@limiter.limit(CHALLENGES)
def proof_request() -> Response:
    """What the browser is to ask one of my passkeys for, so that it proves me."""
    session = current_session()
    return jsonify(
        ceremonies.proof_request(session.officer, holder=session.public_id, visitor=visitor(), now=now())
    )


@bp.get("/account/passkeys")
@requires(Permission.SIGNED_IN)
def own() -> str:
    """My passkeys, and the way to another."""
    return render_template("passkeys/passkeys.html", **_shown())


@bp.post("/account/passkeys/proof")
@requires(Permission.SIGNED_IN)
def prove() -> Response:
    """A proof opens the way to another passkey."""
    try:
        step_up.check()
    except (Refused, Throttled) as error:
        return shown_again("passkeys/passkeys.html", error, **_shown())
    return redirect(url_for("passkeys.own"), code=303)


@bp.post("/account/passkeys/request")
@requires(Permission.SIGNED_IN)
@limiter.limit(CHALLENGES)
def registration_request() -> Response:
    """What the browser is to ask the phone for, so that it makes a passkey."""
    actor, session = current_actor(), current_session()
    passkeys.require_fresh_proof(actor, now=now())
    return jsonify(
        ceremonies.registration_request(actor.person, holder=session.public_id, visitor=visitor(), now=now())
    )


@bp.post("/account/passkeys")
@requires(Permission.SIGNED_IN)
def add() -> Response:
    """Keep the passkey the phone has made."""
    actor, session, form = current_actor(), current_session(), request.form
    try:
        passkeys.add(
            form.get("answer", ""),
            form.get("name", ""),
            actor=actor,
            holder=session.public_id,
            visitor=visitor(),
            now=now(),
        )
    except (Refused, Conflict, Invalid) as error:
        return shown_again("passkeys/passkeys.html", error, **_shown())
    return redirect(url_for("passkeys.own"), code=303)


@bp.get("/account/passkeys/<passkey_id>")
@requires(Permission.SIGNED_IN)
def passkey(passkey_id: str) -> str:
    """One passkey: its name, and how to remove it."""
    return render_template("passkeys/passkey.html", passkey=passkeys.find(passkey_id, actor=current_actor()))


@bp.post("/account/passkeys/<passkey_id>/name")
@requires(Permission.SIGNED_IN)
def rename(passkey_id: str) -> Response:
    """Call it something else."""
    actor = current_actor()
    try:
        passkeys.rename(passkey_id, request.form.get("name", ""), actor=actor, now=now())
    except Invalid as error:
        found = passkeys.find(passkey_id, actor=actor)
        return shown_again("passkeys/passkey.html", error, passkey=found, wrong="name")
    return redirect(url_for("passkeys.own"), code=303)


@bp.post("/account/passkeys/<passkey_id>/remove")
@requires(Permission.SIGNED_IN)
def remove(passkey_id: str) -> Response:
    """Forget it, by a proof; sittings on other devices end."""
    found = passkeys.find(passkey_id, actor=current_actor())
    try:
        step_up.check()
    except (Refused, Throttled) as error:
        return shown_again("passkeys/passkey.html", error, passkey=found, wrong="code")
    passkeys.remove(passkey_id, actor=current_actor(), now=now())
    return redirect(url_for("passkeys.own"), code=303)


def _shown() -> dict[str, object]:
    return {"most": passkeys.MOST, "device": visitor().browser}
