"""Step-up (再次验证): a form asks for a proof before something sensitive, unless one was given lately.

In the template:  {% import "components/proof.html" as proof with context %} … {{ proof.fields() }}
In the route:     step_up.check()
Where each act needs a proof of its own, proof.fields(always=True), and given() goes to the service.
"""

from flask import Flask, g, request

from webapp.services import passkeys, proof, sessions
from webapp.web.clock import now
from webapp.web.guards import current_actor, current_session
from webapp.web.sign_in import visitor

FIELD = "code"  # six digits, or the answer of a passkey


def given() -> str:
    """The proof in the form that was sent."""
    return request.form.get(FIELD, "")


def check() -> None:
    """Require the proof of the form, unless one was given lately. Raises Refused or Throttled."""
    proof.require_recent(given(), actor=current_actor(), visitor=visitor(), now=now())


def is_asked() -> bool:
    """True when the form must ask for a proof: none was given lately."""
    return not sessions.proven_recently(current_session(), now=now())


def install(app: Flask) -> None:
    """Tell components/proof.html what to ask for."""
    app.jinja_env.globals.update(
        proof_is_asked=is_asked,
        may_prove_by_passkey=_has_passkey,
        passkey_site=app.config["SETTINGS"].public_origin,
    )


def _has_passkey() -> bool:
    return passkeys.exist_for(g.session.officer)
