"""The approval form on paper (查阅审批表), for who asks and for who decides."""

from flask import Blueprint, Response

from webapp.domain.permission import Permission
from webapp.services import approval_form
from webapp.services.approval_form import Form
from webapp.web.clock import now
from webapp.web.documents import attached, printed
from webapp.web.guards import current_actor, requires
from webapp.web.limits import DOCUMENTS, limiter

bp = Blueprint("approval_form", __name__)


@bp.get("/requests/<request_id>/form.pdf")
@requires(Permission.REQUESTS)
@limiter.limit(DOCUMENTS)
def for_asker(request_id: str) -> Response:
    """The form of an own request."""
    return _paper(approval_form.for_asker(current_actor(), request_id, now=now()))


@bp.get("/approvals/<request_id>/form.pdf")
@requires(Permission.APPROVALS)
@limiter.limit(DOCUMENTS)
def for_approver(request_id: str) -> Response:
    """The form of a request that the officer may decide."""
    return _paper(approval_form.for_approver(current_actor(), request_id, now=now()))


def _paper(form: Form) -> Response:
    paper = printed("approval_form/print.html", form=form, me=current_actor().person, at=now())
    return attached(paper, "application/pdf", "查阅审批表.pdf")
