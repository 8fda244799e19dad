"""The approval form says what was asked and decided, to its asker, who decides and who keeps, and to nobody else."""

import pytest

from tests.asking import approve, granted, make_approver, make_draft, make_request
from tests.builders import ELSEWHERE, UNIT, keeper_of, make_dossier, make_material, make_officer
from tests.moment import NOW
from tests.ruling import rule
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import approval_form, approvals, audit
from webapp.services.named import UNTOLD


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽", number="YW-0007"), "8", "关于给予警告处分的决定")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def test_it_says_who_decided_what_and_what_was_granted(asker, material):
    grant = granted(asker, material)
    form = approval_form.for_asker(asker, grant.request.public_id, now=NOW)
    assert [form.label(step) for step in form.decisions] == ["第一位审批人同意", "批准"]
    assert [held.row.public_id for held, _ in form.grants] == [grant.public_id]
    assert form.subject_unit == UNIT
    assert form.state.value == "approved"
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("request:form-printed", grant.request.public_id)


def test_a_title_stands_on_it_only_for_who_may_know_it(asker, material):
    request = make_request(asker, material)
    waiting = approval_form.for_asker(asker, request.public_id, now=NOW)
    assert (waiting.materials, waiting.decisions, waiting.grants) == ([UNTOLD], [], [])
    keeper = approval_form.for_keeper(keeper_of(material.dossier), request.public_id, now=NOW)
    assert (keeper.materials, keeper.number) == (["关于给予警告处分的决定"], "YW-0007")
    decider = approval_form.for_approver(make_approver(), request.public_id, now=NOW)
    assert decider.materials == ["关于给予警告处分的决定"]
    approve(request)
    later = NOW + UNDO
    assert approval_form.for_asker(asker, request.public_id, now=later).materials == keeper.materials


def test_it_is_signed_by_as_many_as_approved_or_as_it_takes_by_now(asker, material):
    plain = make_material(material.dossier, "1", "干部履历表")

    def signatures(request):
        return approval_form.for_asker(asker, request.public_id, now=NOW).signatures

    decided, waiting = make_request(asker, plain), make_request(asker, plain, categories="1")
    approve(decided)
    assert (signatures(decided), signatures(waiting)) == (1, 1)
    rule(approvers="2")
    assert (signatures(decided), signatures(waiting)) == (1, 2)
    assert signatures(granted(asker, material).request) == 2


def test_a_refusal_stands_on_it_with_its_reason(asker, material):
    request = make_request(asker, material)
    approvals.reject(make_approver(), request.public_id, "事由不清", version=request.version, now=NOW)
    (step,) = approval_form.for_asker(asker, request.public_id, now=NOW).decisions
    assert step.words == "事由不清"


def test_a_draft_has_no_form(asker, material):
    draft = make_draft(asker, material)
    with pytest.raises(Conflict):
        approval_form.for_asker(asker, draft.public_id, now=NOW)
    with pytest.raises(NotFound):
        approval_form.for_keeper(keeper_of(material.dossier), draft.public_id, now=NOW)


def test_nobody_else_prints_it(asker, material):
    request = make_request(asker, material)
    with pytest.raises(NotFound):
        approval_form.for_asker(make_officer(Role.OFFICIAL), request.public_id, now=NOW)
    subject = material.dossier.subject
    for keeper in (
        make_officer(Role.ARCHIVIST, custody=ELSEWHERE),
        make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject),
        make_officer(Role.ARCHIVIST, custody=UNIT, subject=subject),
    ):
        with pytest.raises(Refused):
            approval_form.for_keeper(keeper, request.public_id, now=NOW)
    for decider in (make_approver(recused_from=subject), make_officer(Role.ARCHIVIST, custody=UNIT)):
        with pytest.raises(Refused):
            approval_form.for_approver(decider, request.public_id, now=NOW)
