"""Asking to read: drafts survive, what may not be asked is refused at once, and only the asker's turn changes it."""

from datetime import timedelta

import pytest

from tests.asking import DAY, REASON, approve, granted, make_approver, make_draft, make_request, terms
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.access_request import MOST_OPEN, State, Step
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import approvals, asked, audit, requests
from webapp.services.requests import Reason
from webapp.storage.requests import AccessRequest


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def state(request, now=NOW):
    return asked.state_of(AccessRequest.get_by_id(request.id), now)


def steps(request):
    return [step.kind for step in asked.steps_of(request)]


def test_a_draft_survives_step_by_step(asker, material):
    draft = make_draft(asker, material)
    assert state(draft) is State.DRAFT
    assert asked.terms_of(draft) is None
    requests.change_terms(asker, draft.public_id, terms(Level.CLEAR, minutes=30), now=NOW)
    held = requests.own(asker, draft.public_id)
    assert asked.terms_of(held) == terms(Level.CLEAR, minutes=30)
    assert asked.scope_of(held).materials == {material.public_id}
    assert [one.id for one in requests.listing(asker)] == [draft.id]


def test_a_draft_without_scope_or_terms_is_not_handed_in(asker, material):
    draft = requests.begin(asker, material.dossier.public_id, REASON, first=Scope(), now=NOW)
    with pytest.raises(Invalid, match="选择"):
        requests.submit(asker, draft.public_id, now=NOW)
    with pytest.raises(Invalid, match="期限"):
        requests.submit(asker, make_draft(asker, material).public_id, now=NOW)


def test_what_is_asked_for_first_is_named_already(asker, material):
    first = Scope(frozenset({material.public_id}), frozenset({"5"}))
    draft = requests.begin(asker, material.dossier.public_id, REASON, first=first, now=NOW)
    assert asked.scope_of(draft) == first
    assert asked.categories_in_words(draft) == ["五 政审、审计和审核类材料"]


@pytest.mark.parametrize("reason", [Reason("9", "核对"), Reason("2", " "), Reason("2", "长" * 501)])
def test_a_reason_is_coded_and_explained(asker, material, reason):
    with pytest.raises(Invalid):
        requests.begin(asker, material.dossier.public_id, reason, first=Scope(), now=NOW)
    draft = make_draft(asker, material)
    with pytest.raises(Invalid):
        requests.change_reason(asker, draft.public_id, reason, now=NOW)


def test_own_and_relatives_dossiers_are_refused_at_once(material):
    dossier = material.dossier
    for kept_away in (
        make_officer(Role.OFFICIAL, lookup=UNIT, subject=dossier.subject),
        make_officer(Role.OFFICIAL, lookup=UNIT, recused_from=dossier.subject),
    ):
        with pytest.raises(Refused) as refusal:
            requests.begin(kept_away, dossier.public_id, REASON, first=Scope(), now=NOW)
        assert refusal.value.rule in ("own-as-officer", "recused")
    assert AccessRequest.select().count() == 0


def test_a_recusal_that_came_later_stops_the_request(asker, material):
    from webapp.storage.accounts import Recusal

    draft = make_draft(asker, material)
    requests.change_terms(asker, draft.public_id, terms(), now=NOW)
    Recusal.create(officer=asker.person, subject=material.dossier.subject, relation="配偶")
    with pytest.raises(Refused, match="回避"):
        requests.submit(asker, draft.public_id, now=NOW)


def test_what_is_open_already_is_not_asked_for(material):
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    with pytest.raises(Invalid, match="现在就可以查看"):
        make_request(within, material)
    assert make_request(within, material, level=Level.CLEAR).state == State.WAITING
    assert make_request(within, material, categories="4-1", with_guarded=True).state == State.WAITING


def test_materials_of_another_dossier_are_not_named(asker, material):
    other = make_material(make_dossier("别人"), "1", "干部履历表")
    draft = make_draft(asker, material)
    for wrong in (Scope(frozenset({other.public_id})), Scope(frozenset({"no-such-material"})), Scope()):
        with pytest.raises(Invalid):
            requests.change_scope(asker, draft.public_id, wrong, now=NOW)
    with pytest.raises(Invalid):
        requests.change_scope(asker, draft.public_id, Scope(categories=frozenset({"4"})), now=NOW)
    assert asked.scope_of(draft).materials == {material.public_id}


def test_nobody_sees_or_changes_anothers_request(asker, material):
    request, other = make_request(asker, material), make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    for act in (
        lambda: requests.own(other, request.public_id),
        lambda: requests.withdraw(other, request.public_id, now=NOW),
        lambda: requests.submit(other, request.public_id, now=NOW),
        lambda: requests.again(other, request.public_id, now=NOW),
        lambda: requests.change_reason(other, request.public_id, REASON, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert requests.listing(other) == []


def test_a_request_that_waits_is_not_changed(asker, material):
    request = make_request(asker, material)
    for act in (
        lambda: requests.change_reason(asker, request.public_id, REASON, now=NOW),
        lambda: requests.change_scope(asker, request.public_id, Scope(categories=frozenset({"1"})), now=NOW),
        lambda: requests.change_terms(asker, request.public_id, terms(), now=NOW),
        lambda: requests.submit(asker, request.public_id, now=NOW),
    ):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(Conflict, match="同样的申请"):
        make_request(asker, material)


def test_a_returned_request_is_answered_and_waits_again(asker, material):
    request = make_request(asker, material)
    approvals.send_back(
        make_approver(), request.public_id, "要看哪一年的？", version=request.version, now=NOW
    )
    assert state(request) is State.RETURNED
    with pytest.raises(Invalid, match="补充说明"):
        requests.submit(asker, request.public_id, now=NOW)
    requests.change_terms(asker, request.public_id, terms(minutes=20), now=NOW)
    requests.submit(asker, request.public_id, now=NOW, words="2015 年毕业时的")
    assert state(request) is State.WAITING
    assert steps(request) == [Step.ANSWERED, Step.RETURNED, Step.SUBMITTED]


def test_a_request_is_withdrawn_before_it_is_decided_and_not_after(asker, material):
    request = make_request(asker, material)
    requests.withdraw(asker, request.public_id, now=NOW)
    assert state(request) is State.WITHDRAWN
    with pytest.raises(Conflict, match="已撤回"):
        requests.withdraw(asker, request.public_id, now=NOW)
    decided = make_request(asker, material)
    approve(decided)
    with pytest.raises(Conflict, match="已批准"):
        requests.withdraw(asker, decided.public_id, now=NOW)


def test_a_request_nobody_decided_expires_by_the_clock(asker, material):
    request, later = make_request(asker, material, days=1), NOW + DAY
    assert state(request, later) is State.EXPIRED
    with pytest.raises(Conflict, match="已过期"):
        approve(request, make_approver(now=later), now=later)
    assert make_request(asker, material, now=later + timedelta(seconds=1)).state == State.WAITING


def test_a_draft_never_expires_and_is_handed_in_with_new_dates_or_thrown_away(asker, material):
    drafts = [make_draft(asker, material) for _ in range(2)]
    for draft in drafts:
        requests.change_terms(asker, draft.public_id, terms(days=1), now=NOW)
    later, (first, second) = NOW + 30 * DAY, drafts
    assert state(first, later) is State.DRAFT
    with pytest.raises(Invalid, match="截止时间"):
        requests.submit(asker, first.public_id, now=later)
    requests.change_terms(asker, first.public_id, terms(now=later), now=later)
    requests.submit(asker, first.public_id, now=later)
    assert state(first, later) is State.WAITING
    requests.withdraw(asker, second.public_id, now=later)
    assert state(second, later) is State.WITHDRAWN


def test_nobody_has_more_than_twenty_requests_open_at_once(asker, material):
    waiting = make_request(asker, material)
    decided = make_request(asker, material, level=Level.CLEAR)
    drafts = [make_draft(asker, material) for _ in range(MOST_OPEN - 2)]
    for act in (
        lambda: make_draft(asker, material),
        lambda: requests.again(asker, waiting.public_id, now=NOW),
    ):
        with pytest.raises(Conflict, match="20 份申请没有办完"):
            act()
    assert make_draft(make_officer(Role.OFFICIAL, lookup=ELSEWHERE), material)
    requests.withdraw(asker, drafts[0].public_id, now=NOW)
    assert requests.again(asker, waiting.public_id, now=NOW)
    approve(decided)
    assert make_draft(asker, material)
    with pytest.raises(Conflict):
        make_draft(asker, material)
    assert make_draft(asker, material, now=NOW + 3 * DAY)  # the one that waits has expired


def test_drafts_are_listed_first_for_old_ones_count_too(asker, material):
    draft, waiting = make_draft(asker, material), make_request(asker, material)
    assert [one.id for one in requests.listing(asker)] == [draft.id, waiting.id]
    assert [one.id for one in requests.listing(asker, limit=1)] == [draft.id]


def test_a_returned_request_that_expired_is_not_changed_any_more(asker, material):
    request, later = make_request(asker, material, days=1), NOW + DAY
    approvals.send_back(
        make_approver(), request.public_id, "要看哪一年的？", version=request.version, now=NOW
    )
    with pytest.raises(Conflict, match="已过期"):
        requests.change_terms(asker, request.public_id, terms(now=later), now=later)
    assert state(request, later) is State.EXPIRED


def test_asking_again_takes_reason_and_scope_along(asker, material):
    grant = granted(asker, material, level=Level.CLEAR, minutes=30)
    draft = requests.again(asker, grant.request.public_id, now=NOW)
    assert (draft.earlier, draft.occasion) == (grant.request, grant.request.occasion)
    assert asked.scope_of(draft) == asked.scope_of(grant.request)
    assert (draft.details, draft.level, draft.minutes) == (REASON.details, "clear", 30)
    assert (state(draft), draft.approvals) == (State.DRAFT, 0)


def test_requests_of_one_matter_share_an_occasion(asker, material):
    one = make_request(asker, material)
    other = make_material(make_dossier("孙一"), "1", "干部履历表")
    reason = Reason("2", "同一批考察", like=one.public_id)
    draft = requests.begin(asker, other.dossier.public_id, reason, first=Scope(), now=NOW)
    assert draft.occasion == one.occasion
    stranger = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    with pytest.raises(NotFound):
        requests.begin(stranger, other.dossier.public_id, reason, first=Scope(), now=NOW)


def test_every_step_is_in_the_log_once_with_ids_only(asker, material):
    request = make_request(asker, material)
    requests.withdraw(asker, request.public_id, now=NOW)
    logged = [entry for entry in audit.entries(limit=20) if entry["kind"] == "request"]
    assert [entry["action"] for entry in reversed(logged)] == [
        "request:drafted", "request:changed", "request:changed", "request:submitted", "request:withdrawn",
    ]  # fmt: skip
    assert all(entry["details"] == {"dossier": material.dossier.public_id} for entry in logged)
    assert REASON.details not in str(logged)
