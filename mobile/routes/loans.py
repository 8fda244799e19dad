"""The paper that an officer has borrowed (我借的纸质档案): until when, and how to bring it back."""

from flask import Blueprint, render_template

from webapp.domain.permission import Permission
from webapp.services import loan_register
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("own_loans", __name__)


@bp.get("/loans/<loan_id>")
@requires(Permission.SIGNED_IN)
def shown(loan_id: str) -> str:
    """One entry of the officer's own."""
    return render_template("loans/own.html", told=loan_register.mine_one(current_actor(), loan_id, now=now()))
