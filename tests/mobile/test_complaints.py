"""Complaining on the phone, and answering at the desk."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.moment import NOW
from tests.site import words_of
from webapp.domain.role import Role
from webapp.services import complaints, viewings
from webapp.services.complaints import Matter

WORDS = "这个人与我的工作没有关系"


@pytest.fixture
def dossier(site):
    return make_dossier("张三")


@pytest.fixture
def owner(dossier):
    return make_officer(Role.INDIVIDUAL, subject=dossier.subject)


def test_a_viewing_is_complained_of_and_answered(site, owner, dossier):
    page = make_page(make_material(dossier, "1", "干部履历表"))
    viewing = viewings.begin(make_officer(Role.OFFICIAL, lookup=UNIT), page.material.public_id, "2", now=NOW)
    security = able(Role.SECURITY_OFFICER)
    browser, new = browser_of(site, owner), f"/me/complaints/new?viewing={viewing.public_id}"
    shown = browser.get(f"/me/viewers/{viewing.public_id}").text
    assert new in shown
    assert "没有可以列出的页面" in words_of(shown)
    assert "审批" not in words_of(shown)
    assert viewing.number in words_of(browser.get(new).text)
    sent = browser.post("/me/complaints/new", {"viewing": viewing.public_id, "words": WORDS}, seen=new)
    mine = sent.headers["Location"]
    assert "由安全保密员处理" in words_of(browser.get(mine).text)

    desk = browser_of(site, security)
    case = "/desk/cases/" + mine.rpartition("/")[2]
    assert case in desk.get("/desk/cases").text
    shown = words_of(desk.get(case).text)
    assert WORDS in shown
    assert viewing.number in shown
    assert desk.post(case, {"words": ""}, seen=case).status_code == 422
    assert desk.post(case, {"words": "经查属于规定的查阅"}, seen=case).status_code == 303
    assert "没有等待答复" in words_of(desk.get("/desk/cases").text)
    assert "经查属于规定的查阅" in words_of(browser.get(mine).text)
    assert "一次查阅" in words_of(desk.get("/desk/cases?closed=1").text)


def test_a_faulty_complaint_is_shown_again_with_its_words(site, owner):
    again = browser_of(site, owner).post("/me/complaints/new", {"words": WORDS}, seen="/me/complaints/new")
    assert again.status_code == 422
    assert WORDS in again.text
    assert "请选择投诉的事项" in words_of(again.text)


def test_it_can_be_taken_back(site, owner):
    browser = browser_of(site, owner)
    sent = browser.post("/me/complaints/new", {"about": "other", "words": WORDS}, seen="/me/complaints/new")
    assert browser.post(f"{sent.headers['Location']}/withdraw", seen="/me/complaints").status_code == 303
    assert "已撤回" in words_of(browser.get("/me/complaints").text)


def test_a_complaint_that_nobody_may_handle_says_so(site, owner):
    able(Role.AUDITOR)
    browser = browser_of(site, owner)
    sent = browser.post("/me/complaints/new", {"about": "audit", "words": WORDS}, seen="/me/complaints/new")
    words = words_of(browser.get(sent.headers["Location"]).text)
    assert "您可以向上级部门提出" in words
    assert "应当答复" not in words
    assert "由安全" not in words


def test_it_is_overdue_when_the_day_has_ended_in_china(site, owner):
    complaints.complain(owner, Matter("other"), WORDS, now=NOW)
    security = able(Role.SECURITY_OFFICER)
    midnight = datetime(2026, 3, 23, 16, tzinfo=UTC)  # there; three weeks on
    for at, is_overdue in ((midnight - timedelta(minutes=1), False), (midnight, True)):
        site.wait(at - site.now)
        words = words_of(browser_of(site, security).get("/desk/cases").text)
        assert ("已过答复期限" in words) is is_overdue
