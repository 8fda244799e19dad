"""Taking grants back: who sees which, nobody those on their own or a relative's dossier, never what is not given."""

import pytest

from tests.asking import approve, granted, make_approver, make_request, terms
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.disclosure import Level
from webapp.domain.errors import Conflict, Refused
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import approvals, audit, grants
from webapp.services.approvals import Offer
from webapp.storage.requests import AccessRequest, Grant


@pytest.fixture
def material(archive):
    return make_material(make_dossier("张三"), "1", "干部履历表")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def concerned(material):
    subject = material.dossier.subject
    return [
        make_approver(subject=subject),
        make_approver(recused_from=subject),
        make_officer(Role.SECURITY_OFFICER, recused_from=subject),
    ]


def test_nobody_sees_who_reads_their_own_or_a_relatives_dossier(asker, material):
    grant = granted(asker, material)
    elsewhere = granted(asker, make_material(make_dossier("李四"), "1", "干部履历表"))
    for actor in concerned(material):
        assert [held.row for held in grants.running(actor, at=NOW)] == [elsewhere]
    assert [held.row for held in grants.running(make_approver(), at=NOW)] == [grant, elsewhere]


def test_nobody_takes_back_a_grant_on_their_own_or_a_relatives_dossier(asker, material):
    grant = granted(asker, material)
    for actor in concerned(material):
        with pytest.raises(Refused) as refusal:
            grants.revoke(grant.public_id, actor=actor, now=NOW)
        assert refusal.value.rule == "grant:kept-away"
    assert Grant.get().revoked_at is None


def test_the_list_comes_in_pages_and_each_look_is_logged(asker, material, monkeypatch):
    monkeypatch.setattr(grants, "LISTED", 2)
    given = [granted(asker, material, minutes=minutes) for minutes in (10, 20, 30)]
    approver = make_approver()
    pages = [grants.listed(approver, now=NOW, page=number) for number in (1, 2, 3)]
    assert [([held.row for held in shown], is_more) for shown, is_more in pages] == [
        (given[:2], True),
        (given[2:], False),
        ([], False),
    ]
    assert [entry["action"] for entry in audit.entries(limit=3)] == ["grants:listed"] * 3


def test_what_a_first_approver_left_is_not_taken_back_as_a_grant(asker, material):
    """From a page that was open while the second approval was undone: the narrowing would go with it."""
    guarded = make_material(material.dossier, "8", "关于给予警告处分的决定")
    request = make_request(asker, guarded, level=Level.CLEAR, minutes=240)
    less = Offer(Scope(frozenset({guarded.public_id})), terms(minutes=10))
    approve(request, make_approver(), less=less)
    second = make_approver()
    grant = approve(request, second)
    approvals.undo(second, request.public_id, now=NOW)
    with pytest.raises(Conflict):
        grants.revoke(grant.public_id, actor=make_officer(Role.SECURITY_OFFICER), now=NOW)
    again = approve(AccessRequest.get_by_id(request.id), second)
    assert (again.level, again.allowed_ms) == ("masked", 10 * 60_000)
