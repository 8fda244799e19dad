"""What an approver has before them: a list in pages with the clues at hand, and no catalogue once it is decided."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.asking import DAY, approve, granted, make_approver, make_request
from tests.builders import ELSEWHERE, UNIT, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.access_request import State
from webapp.domain.disclosure import Level
from webapp.domain.role import Role
from webapp.services import approvals, caseload
from webapp.storage.accounts import Officer


@pytest.fixture
def dossier(archive):
    return make_dossier("钱强丽")


@pytest.fixture
def asker(dossier):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


def waiting_for(asker, dossier, count):
    """Requests of one asker, a minute apart."""
    materials = [make_material(dossier, "1", f"履历表{number}") for number in range(count)]
    minute = timedelta(minutes=1)
    return [make_request(asker, one, now=NOW + step * minute) for step, one in enumerate(materials)]


def test_the_list_comes_in_pages_and_none_is_past_the_last(asker, dossier, monkeypatch):
    monkeypatch.setattr(caseload, "LISTED", 2)
    requests = waiting_for(asker, dossier, 5)
    approver, now = make_approver(), NOW + timedelta(hours=1)
    pages = [caseload.todo(approver, now=now, page=number) for number in (1, 2, 3, 9)]
    assert [[each.request for each in page.listed] for page in pages] == [
        requests[:2],
        requests[2:4],
        requests[4:],
        requests[4:],
    ]
    assert [(page.number, page.is_more, page.total) for page in pages[1:]] == [
        (2, True, 5),
        (3, False, 5),
        (3, False, 5),
    ]


def test_a_longer_list_takes_no_more_looks_than_one_for_each_request(asker, dossier, caplog):
    def looks():
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="peewee"):
            caseload.todo(approver, now=NOW + timedelta(hours=1))
        return sum(record.name == "peewee" for record in caplog.records)

    approver = make_approver()
    waiting_for(asker, dossier, 2)
    few = looks()
    waiting_for(asker, dossier, 10)
    assert looks() <= few + 10


def test_a_card_that_one_tap_decides_shows_what_is_unusual(asker, dossier):
    material = make_material(dossier, "1", "履历表")
    earlier = make_request(asker, material)
    approvals.reject(make_approver(), earlier.public_id, "不必", version=earlier.version, now=NOW)
    one_tap = make_request(asker, material, minutes=480)
    guarded = make_request(asker, material, level=Level.CLEAR)
    shown = {each.request: each for each in caseload.todo(make_approver(), now=NOW).listed}
    opened = caseload.opened(make_approver(), one_tap.public_id, now=NOW)
    assert shown[one_tap].unusual == opened.unusual
    assert [word in " ".join(opened.unusual) for word in ("查阅范围", "1 次未获批准", "480 分钟")] == [
        True
    ] * 3
    assert (shown[guarded].is_guarded, shown[guarded].unusual) == (True, ())


@pytest.mark.parametrize("end", ["approved", "rejected", "expired"])
def test_who_decided_looks_no_further_into_the_catalogue(end, dossier):
    asker = make_officer(Role.OFFICIAL, lookup=UNIT)
    request = make_request(
        asker, make_material(dossier, "5", "考核登记表"), categories="5", level=Level.CLEAR
    )
    first, second = make_approver(), make_approver()
    assert caseload.opened(first, request.public_id, now=NOW).disclosed
    if end == "approved":
        approve(request, first, second)
    if end == "rejected":
        approvals.reject(first, request.public_id, "不必", version=request.version, now=NOW)
    make_material(dossier, "5", "后来归档的考核登记表")
    case = caseload.opened(first, request.public_id, now=NOW + 5 * DAY if end == "expired" else NOW)
    assert case.state is State(end)
    assert (case.disclosed, case.unusual, case.pages) == ((), (), 0)


def test_what_was_read_lately_is_a_clue(asker, dossier):
    for number in range(10):
        granted(asker, make_material(make_dossier(f"张{number}"), "1", "履历表"))
    make_request(asker, make_material(dossier, "1", "履历表"))
    (card,) = caseload.todo(make_approver(), now=NOW).listed
    assert "申请人近 30 天已获准查阅 10 份档案" in card.unusual


def test_the_approvers_own_name_in_a_dossier_is_a_clue_for_them_alone(asker, dossier):
    approver, other = make_approver(), make_approver()
    Officer.update(name="钱国栋").where(Officer.id == approver.person.id).execute()
    approver = replace(approver, officer=Officer.get_by_id(approver.person.id))
    make_page(make_material(dossier, "1", "履历表"), "姓名 钱强丽", "父亲 钱国栋 退休")
    request = make_request(asker, make_material(dossier, "4-1", "学历证明"))
    words = "1 页出现您的姓名"
    for actor, expected in ((approver, True), (other, False)):
        (card,) = caseload.todo(actor, now=NOW).listed
        opened = caseload.opened(actor, request.public_id, now=NOW)
        assert [words in " ".join(clues) for clues in (card.unusual, opened.unusual)] == [expected] * 2
