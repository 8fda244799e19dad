"""Deciding: whole or less, one or two approvers, nobody about themselves, and five seconds to take it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.asking import DAY, approve, make_approver, make_request, terms
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.access_request import State
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import UNDO, Scope
from webapp.domain.role import Role
from webapp.services import approvals, asked, caseload, grants, notices, requests
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.services.requests import Reason
from webapp.storage.accounts import Officer
from webapp.storage.pages import Page
from webapp.storage.requests import AccessRequest, Grant


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")


@pytest.fixture
def sanction(material):
    return make_material(material.dossier, "8", "关于给予警告处分的决定")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def fresh(request):
    return AccessRequest.get_by_id(request.id)


def waiting(approver):
    return [each.request for each in caseload.todo(approver, now=NOW).listed]


def live(asker, now):
    return [one.public_id for held in grants.in_force(asker, at=now).values() for one in held]


def test_an_approval_comes_into_force_after_five_seconds(asker, material):
    grant = approve(make_request(asker, material))
    assert live(asker, NOW + UNDO - timedelta(milliseconds=1)) == []
    assert live(asker, NOW + UNDO) == [grant.public_id]
    assert live(asker, NOW + 3 * DAY) == []


def test_a_grant_begins_on_its_first_day(asker, material):
    draft = make_request(asker, material)
    AccessRequest.update(not_before=NOW + DAY).where(AccessRequest.id == draft.id).execute()
    approve(draft)
    assert live(asker, NOW + UNDO) == []
    assert len(live(asker, NOW + DAY)) == 1


def test_a_grant_opens_nothing_in_another_role_and_nothing_to_another_officer(asker, material):
    approve(make_request(asker, material))
    for other in (replace(asker, role=Role.APPROVER), make_officer(Role.OFFICIAL, lookup=ELSEWHERE)):
        assert live(other, NOW + UNDO) == []


def test_nobody_decides_about_themselves_or_their_family(asker, material):
    subject = material.dossier.subject
    request = make_request(asker, material)
    kept_away = {
        "approval:own-request": Actor(asker.officer, Role.APPROVER, asker.session),
        "approval:own": make_approver(subject=subject),
        "approval:recused": make_approver(recused_from=subject),
        "approval:role": make_officer(Role.ARCHIVIST, custody=UNIT),
    }
    for rule, actor in kept_away.items():
        for act in (
            lambda a: approvals.approve(a, request.public_id, version=request.version, now=NOW),
            lambda a: approvals.reject(a, request.public_id, "不", version=request.version, now=NOW),
            lambda a: approvals.send_back(a, request.public_id, "问", version=request.version, now=NOW),
            lambda a: caseload.opened(a, request.public_id, now=NOW),
        ):
            with pytest.raises(Refused) as refusal:
                act(actor)
            assert refusal.value.rule == rule
        if actor.role is Role.APPROVER:
            assert waiting(actor) == []
    assert fresh(request).state == State.WAITING
    assert Grant.select().count() == 0


def test_nobody_decides_what_a_relative_asks_for(material):
    """Whichever of the two the register names as the one to keep away."""
    home, other = make_dossier("李四").subject, make_dossier("王五").subject
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE, subject=home, recused_from=other)
    request = make_request(asker, material)
    for approver in (make_approver(recused_from=home), make_approver(subject=other)):
        with pytest.raises(Refused) as refusal:
            approve(request, approver)
        assert refusal.value.rule == "approval:related"
        assert waiting(approver) == []
    assert approve(request, make_approver())


def test_guarded_papers_take_two_different_approvers(asker, sanction):
    request, first, second = make_request(asker, sanction), make_approver(), make_approver()
    grant = approve(request, first)
    assert (fresh(request).state, grant.in_force_at) == (State.WAITING, None)
    assert live(asker, NOW + UNDO) == []
    with pytest.raises(Refused) as refusal:
        approve(request, first)
    assert refusal.value.rule == "approval:same-approver"
    assert waiting(first) == []
    assert waiting(second) == [request]
    assert grants.of_officer(asker, at=NOW) == []
    approve(request, second)
    assert fresh(request).state == State.APPROVED
    assert live(asker, NOW + UNDO) == [grant.public_id]
    assert Grant.select().count() == 1
    assert caseload.opened(first, request.public_id, now=NOW).state is State.APPROVED


def test_a_paper_that_became_guarded_meanwhile_takes_two(asker, material):
    request = make_request(asker, material)
    material.sensitivity = "restricted"
    material.save()
    approve(request, make_approver())
    assert fresh(request).state == State.WAITING


def test_what_one_approver_opened_does_not_open_what_became_guarded(asker, material):
    approve(make_request(asker, material))
    (held,) = grants.in_force(asker, at=NOW + UNDO)[material.dossier_id]
    assert grants.opening([held], material).level is Level.MASKED
    material.sensitivity = "restricted"
    assert grants.opening([held], material) is None


def test_guarded_and_clear_pages_are_not_approved_without_a_code(asker, material, sanction):
    stale = make_approver(is_proven=False)
    for request in (make_request(asker, sanction), make_request(asker, material, level=Level.CLEAR)):
        with pytest.raises(Refused) as refusal:
            approve(request, stale)
        assert refusal.value.rule == "step-up"
    one_tap = make_request(asker, material)
    assert approve(one_tap, stale).level == "masked"


def test_less_is_given_and_never_more(asker, material):
    other = make_material(material.dossier, "4-1", "学位证书")
    request = make_request(asker, material, other, level=Level.CLEAR)
    less = Offer(Scope(frozenset({other.public_id})), terms(minutes=30, days=1))
    for wider in (
        replace(less, scope=Scope(categories=frozenset({"1"}))),
        replace(less, scope=Scope(frozenset({other.public_id}), with_guarded=True)),
        replace(less, terms=terms(minutes=61)),
        replace(less, terms=terms(days=4)),
        replace(less, scope=Scope()),
    ):
        with pytest.raises(Invalid):
            approve(request, make_approver(), less=wider)
    grant = approve(request, make_approver(), less=less)
    assert (grant.level, grant.allowed_ms, grant.not_after) == ("masked", 30 * 60_000, NOW + DAY)
    (held,) = grants.in_force(asker, at=NOW + UNDO)[material.dossier_id]
    assert grants.opening([held], material) is None
    assert grants.opening([held], other).level is Level.MASKED


def test_the_second_approver_sees_what_the_first_left(asker, sanction):
    request = make_request(asker, sanction, level=Level.CLEAR)
    less = Offer(Scope(frozenset({sanction.public_id})), terms(minutes=15))
    approve(request, make_approver(), less=less)
    second = make_approver()
    assert caseload.opened(second, request.public_id, now=NOW).offer == less
    with pytest.raises(Invalid):
        approve(request, second, less=replace(less, terms=terms(Level.CLEAR, minutes=15)))
    assert approve(request, second).level == "masked"


def test_a_second_approval_does_not_stand_without_the_first(asker, sanction):
    request = make_request(asker, sanction)
    grant = approve(request, make_approver())
    Grant.update(revoked_at=NOW).where(Grant.id == grant.id).execute()
    with pytest.raises(Conflict, match="第一位"):
        approve(request, make_approver())
    assert fresh(request).state == State.WAITING


def test_a_rejection_after_the_first_approval_leaves_nothing(asker, sanction):
    request = make_request(asker, sanction)
    approve(request, make_approver())
    approvals.reject(make_approver(), request.public_id, "理由不足", version=fresh(request).version, now=NOW)
    assert fresh(request).state == State.REJECTED
    assert Grant.get().revoked_at == NOW


def test_a_returned_request_starts_from_the_first_approver_again(asker, sanction):
    request = make_request(asker, sanction)
    approve(request, first := make_approver())
    approvals.send_back(make_approver(), request.public_id, "为何", version=fresh(request).version, now=NOW)
    requests.submit(asker, request.public_id, now=NOW, words="案件需要")
    assert fresh(request).approvals == 0
    approve(fresh(request), first)
    approve(fresh(request), make_approver())
    assert len(live(asker, NOW + UNDO)) == 1


def test_what_was_changed_since_it_was_seen_is_not_decided(asker, material):
    request, seen = make_request(asker, material), make_request(asker, material, categories="1").version
    approvals.send_back(make_approver(), request.public_id, "缩小范围", version=seen, now=NOW)
    requests.change_scope(asker, request.public_id, Scope(categories=frozenset({"1", "2"})), now=NOW)
    requests.submit(asker, request.public_id, now=NOW, words="好的")
    for act in (
        lambda: approvals.approve(make_approver(), request.public_id, version=seen, now=NOW),
        lambda: approvals.reject(make_approver(), request.public_id, "不", version=seen, now=NOW),
    ):
        with pytest.raises(Conflict, match="新的内容"):
            act()


def test_only_who_approved_takes_it_back_and_only_in_time(asker, material):
    request, approver = make_request(asker, material), make_approver()
    approve(request, approver)
    with pytest.raises(Refused):
        approvals.undo(make_approver(), request.public_id, now=NOW)
    approvals.undo(approver, request.public_id, now=NOW + UNDO - timedelta(milliseconds=1))
    assert fresh(request).state == State.WAITING
    assert live(asker, NOW + 2 * UNDO) == []
    approve(request, approver)
    with pytest.raises(Conflict, match="收回"):
        approvals.undo(approver, request.public_id, now=NOW + UNDO)
    assert len(live(asker, NOW + UNDO)) == 1


def test_the_second_of_two_takes_back_their_own_approval_alone(asker, sanction):
    request, second = make_request(asker, sanction), make_approver()
    approve(request, make_approver())
    approve(request, second)
    approvals.undo(second, request.public_id, now=NOW)
    assert (fresh(request).state, fresh(request).approvals) == (State.WAITING, 1)
    assert live(asker, NOW + UNDO) == []
    approve(request, second)
    assert len(live(asker, NOW + UNDO)) == 1
    assert Grant.select().count() == 1


def test_a_batch_is_of_one_occasion_and_never_guarded(asker, material, sanction):
    one, other = make_request(asker, material), make_request(asker, material, categories="1")
    approver = make_approver()

    def chosen(*asked_for):
        return [(request.public_id, fresh(request).version) for request in asked_for]

    with pytest.raises(Refused, match="同一事项"):
        approvals.approve_all(approver, chosen(one, other), now=NOW)
    AccessRequest.update(occasion=one.occasion).execute()
    guarded = make_request(asker, sanction)
    AccessRequest.update(occasion=one.occasion).execute()
    with pytest.raises(Refused, match="逐份"):
        approvals.approve_all(approver, chosen(one, guarded), now=NOW)
    assert Grant.select().count() == 0
    assert len(approvals.approve_all(approver, chosen(one, other), now=NOW)) == 2


def test_a_batch_is_approved_whole_or_not_at_all(asker, material):
    one = make_request(asker, material)
    other = make_request(asker, material, categories="1")
    AccessRequest.update(occasion=one.occasion).execute()
    pairs = [(one.public_id, one.version), (other.public_id, other.version + 1)]
    with pytest.raises(Conflict):
        approvals.approve_all(make_approver(), pairs, now=NOW)
    assert Grant.select().count() == 0
    assert fresh(one).state == State.WAITING


def test_a_draft_is_nobodys_business_yet(asker, material):
    draft = requests.begin(asker, material.dossier.public_id, Reason("2", "草稿"), first=Scope(), now=NOW)
    with pytest.raises(NotFound):
        caseload.opened(make_approver(), draft.public_id, now=NOW)
    assert waiting(make_approver()) == []


def test_the_list_puts_first_what_is_urgent(asker, material):
    old = make_request(asker, material, days=3)
    soon = make_request(asker, material, categories="1", days=1, now=NOW + timedelta(hours=1))
    listed = caseload.todo(make_approver(), now=NOW + timedelta(hours=2)).listed
    assert [each.request for each in listed] == [soon, old]
    assert [each.is_urgent for each in listed] == [True, False]


def test_what_is_unusual_is_said(material):
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    asker.person.name = "钱多多"
    asker.person.save()
    page = make_page(material, "家庭成员 钱多多 父亲")
    Page.update(state="read").where(Page.id == page.id).execute()
    approver = make_approver()
    earlier = make_request(asker, material)
    approvals.reject(approver, earlier.public_id, "不必", version=earlier.version, now=NOW)
    request = make_request(asker, material, level=Level.CLEAR, minutes=480)
    case = caseload.opened(approver, request.public_id, now=NOW)
    said = " ".join(case.unusual)
    for clue in ("查阅范围", "1 页出现申请人的姓名", "未遮挡", "480 分钟", "1 次未获批准"):
        assert clue in said
    assert [each.material for each in case.disclosed] == [material]
    assert case.pages == 1


def test_nothing_is_said_of_a_usual_request(material):
    within = make_officer(Role.OFFICIAL, lookup=UNIT)
    request = make_request(within, material, categories="4-1", with_guarded=True)
    assert caseload.opened(make_approver(), request.public_id, now=NOW).unusual == ()


def test_a_decision_is_told_with_its_words(asker, material):
    request = make_request(asker, material)
    approvals.reject(make_approver(), request.public_id, " 目的不明 ", version=request.version, now=NOW)
    assert asked.steps_of(request)[0].words == "目的不明"
    for empty in ("", "  "):
        with pytest.raises(Invalid):
            approvals.reject(make_approver(), request.public_id, empty, version=request.version, now=NOW)


def told(officer):
    return [each.notice.kind for each in notices.listed(officer) if each.notice.read_at is None]


def able(actor):
    """As if enrolled: notices go to officers who may sign in."""
    Officer.update(password_hash="x", totp_secret=b"x", authorised_at=NOW).where(
        Officer.id == actor.person.id
    ).execute()
    return actor


def test_both_sides_are_told_and_nobody_who_may_not_decide(asker, sanction):
    first, second = able(make_approver()), able(make_approver())
    relative = able(make_approver(recused_from=sanction.dossier.subject))
    request = make_request(asker, sanction)
    assert [told(one) for one in (first, second, relative)] == [["request-waiting"], ["request-waiting"], []]
    approve(request, first)
    assert [told(one) for one in (first, second)] == [[], ["request-waiting"]]
    approve(request, second)
    assert (told(second), told(asker)) == ([], ["request-approved"])
    grants.revoke(Grant.get().public_id, actor=first, now=NOW)
    assert told(asker) == ["grant-revoked", "request-approved"]
