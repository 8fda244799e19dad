"""The approval form on paper (查阅审批表): what a request says and how it was decided.

What only a hand can add is left blank: signatures, seals, party membership and numbers of identity papers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import purpose as purposes
from webapp.domain.access_request import State, Step
from webapp.domain.errors import Conflict
from webapp.domain.grant import GrantState
from webapp.services import approvals, asked, audit, deciders, dossiers, grants, named, requests, units
from webapp.services.actor import Actor
from webapp.services.grants import Held
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.requests import AccessRequest, RequestStep

_DECISIONS = {Step.SECONDED, Step.APPROVED, Step.RETURNED, Step.REJECTED, Step.UNDONE, Step.REVOKED}


@dataclass(frozen=True, slots=True)
class Form:
    """What stands on the form.

    number -- of the dossier; empty where who prints it may not know it
    materials -- titles, as far as who prints it may know them
    decisions -- what was decided, the oldest first
    signatures -- of approvers: as many as approved it, or as it takes
    """

    request: AccessRequest
    state: State
    asker_unit: str
    subject_unit: str
    number: str
    categories: list[str]
    materials: list[str]
    decisions: list[RequestStep]
    signatures: int
    grants: list[tuple[Held, GrantState]]

    @property
    def purpose(self) -> str:
        """What for, in words."""
        return purposes.label(self.request.purpose)

    def label(self, step: RequestStep) -> str:
        """A decision in words."""
        return Step(step.kind).label


def for_asker(actor: Actor, request_id: str, *, now: datetime) -> Form:
    """The form of an own request, once it was handed in; logged. Raises NotFound, Conflict for a draft."""
    request = requests.own(actor, request_id)
    if request.submitted_at is None:
        raise Conflict("草稿还不能打印审批表，请先提交申请")
    titles = [one.title for one in named.told(actor, request, at=now)]
    return _form(actor, request, titles, now)


def for_approver(actor: Actor, request_id: str, *, now: datetime) -> Form:
    """The form for one who may decide about it; logged. Raises NotFound, Refused."""
    request = approvals.find(request_id)
    deciders.require(actor, request, at=now)
    return _form(actor, request, _titles(request), now)


def for_keeper(actor: Actor, request_id: str, *, now: datetime) -> Form:
    """The form for who keeps the dossier; logged. Raises NotFound, Refused."""
    request = approvals.find(request_id)
    dossiers.require_custody(actor, request.dossier)
    return _form(actor, request, _titles(request), now)


def _titles(request: AccessRequest) -> list[str]:
    return [material.title for material in asked.named_in([request])[request.id].materials]


def _form(actor: Actor, request: AccessRequest, titles: Sequence[str], now: datetime) -> Form:
    dossier = request.dossier
    with transaction():
        audit.append("request:form-printed", actor=actor, at=now, kind="request", record=request.public_id,
                     purpose=request.purpose, details={"dossier": dossier.public_id})  # fmt: skip
    knows_number = dossiers.decide_for(actor, dossier, at=now).shows_catalogue
    steps = [step for step in reversed(asked.steps_of(request)) if step.kind in _DECISIONS]
    return Form(
        request,
        asked.state_of(request, now),
        _unit_of(request.asker),
        units.full_name(dossier.subject.unit),
        dossier.number if knows_number else "",
        asked.categories_in_words(request),
        list(titles),
        steps,
        _signatures(request),
        grants.told_of(request, at=now),
    )


def _signatures(request: AccessRequest) -> int:
    is_approved = request.state == State.APPROVED
    return len(asked.approvals_of(request)) if is_approved else approvals.needed(request)


def _unit_of(officer: Officer) -> str:
    return units.full_name(officer.unit) if officer.unit else ""
