"""The register of borrowed paper at the desk: entered, found, brought back, moved and printed by plain forms."""

import re
from datetime import timedelta

import pypdfium2
import pytest

from tests.asking import granted
from tests.borrowing import lent
from tests.builders import able, keeper_of, make_dossier, make_material, make_officer
from tests.desk import browser_of
from tests.moment import NOW
from tests.site import Site, words_of
from webapp.domain.disclosure import Level
from webapp.domain.loan import LOAN_DAYS
from webapp.domain.local_time import day
from webapp.domain.role import Role
from webapp.services import audit, grants
from webapp.settings import BadSettings, Settings
from webapp.storage.loans import Loan
from webapp.storage.requests import Grant

TODAY = day(NOW)


@pytest.fixture
def material(site: Site):
    return make_material(make_dossier("钱强丽", number="YW-0007"), "1", "干部履历表")


@pytest.fixture
def keeper(site: Site, material):
    return browser_of(site, keeper_of(material.dossier))


@pytest.fixture
def taker(material):
    return make_officer(Role.OFFICIAL)


@pytest.fixture
def place(material):
    return f"/desk/dossiers/{material.dossier.public_id}/loans/new"


def filled(borrower, **more):
    due = (TODAY + timedelta(days=7)).isoformat()
    said = {"kind": "borrow", "extent": "whole", "taker": borrower.person.login, "purpose": "2"}
    said |= {
        "paper_number": "云组查〔2026〕12号",
        "out_on": TODAY.isoformat(),
        "due_on": due,
        "checked": "yes",
    }
    return said | more


def text_of(content: bytes) -> str:
    """What is printed, without blanks and ends of lines: cells wrap."""
    document = pypdfium2.PdfDocument(content)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))


def test_paper_goes_out_and_comes_back(keeper, taker, material, place):
    assert "2026-03-09" in keeper.get(place).text
    answer = keeper.post(place, filled(taker, extent="some", material=material.public_id))
    assert answer.status_code == 303
    entry = answer.headers["Location"]
    assert "3月9日前还" in words_of(keeper.get(entry).text)
    for screen in (f"/desk/dossiers/{material.dossier.public_id}/catalogue", "/desk/loans"):
        assert "钱强丽" in words_of(keeper.get(screen).text)
    for screen in ("", "/catalogue"):
        page = words_of(keeper.get(f"/dossiers/{material.dossier.public_id}{screen}").text)
        assert "纸质档案的 1 份材料在 某某 处" in page
    assert "1 份借出" in words_of(keeper.get("/").text)
    assert keeper.post(f"{entry}/end", {"ending": "returned"}).status_code == 422
    assert keeper.post(f"{entry}/end", {"ending": "returned", "complete": "yes"}).status_code == 303
    assert "已归还" in words_of(keeper.get("/desk/loans?ended=1").text)
    assert "都在库里" in words_of(keeper.get("/desk/loans").text)
    again = keeper.post(f"{entry}/end", {"ending": "returned", "complete": "yes"})
    assert (again.status_code, "已经了结" in words_of(again.text)) == (422, True)


def test_nothing_typed_is_lost_when_something_is_wrong(keeper, taker, material, place):
    wrong = filled(taker, checked="", place="组织部会议室", extent="some", material=material.public_id)
    answer = keeper.post(place, wrong)
    assert answer.status_code == 422
    assert "打勾" in words_of(answer.text)
    for kept in ("组织部会议室", "云组查〔2026〕12号", taker.person.login, "checked"):
        assert kept in answer.text
    assert Loan.select().count() == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"out_on": ""}, "请填写日期"),
        ({"out_on": "昨天"}, "的样子填写"),
        ({"due_on": "2026-13-01"}, "的样子填写"),
        ({"kind": "copy", "pages": "三页"}, "页数请填数字"),
        ({"kind": "copy", "pages": ""}, "复制了多少页"),
    ],
)
def test_what_is_no_day_and_no_number_is_told(keeper, taker, place, wrong, words):
    answer = keeper.post(place, filled(taker, **wrong))
    assert answer.status_code == 422
    assert words in words_of(answer.text)


def test_who_may_not_have_it_is_refused_in_words_and_in_the_log(keeper, material, place):
    related = make_officer(Role.OFFICIAL, recused_from=material.dossier.subject)
    answer = keeper.post(place, filled(related))
    assert answer.status_code == 422
    assert "回避" in words_of(answer.text)
    refusals = [e["reason"] for e in audit.entries(limit=9) if e["action"] == "access:refused"]
    assert refusals == ["loan:recused"]


def test_an_approved_request_is_offered_with_its_form(site, keeper, taker, material, place):
    assert "没有可作依据的申请" in words_of(keeper.get(place).text)
    grant = granted(taker, material, level=Level.CLEAR)
    page = keeper.get(place)
    assert f"/desk/requests/{grant.request.public_id}/form.pdf" in page.text
    assert "不能复制" in words_of(page.text)
    assert "须双人查阅" not in words_of(page.text)
    Grant.update(is_for_two=True, may_copy=True).where(Grant.id == grant.id).execute()
    assert "可以复制 · 须双人查阅" in words_of(keeper.get(place).text)
    Grant.update(is_for_two=False).where(Grant.id == grant.id).execute()
    until = {"due_on": (TODAY + timedelta(days=3)).isoformat()}
    form = filled(taker, taker="", paper_number="", purpose="", approval=grant.request.public_id, **until)
    answer = keeper.post(place, form | {"extent": "some", "material": material.public_id})
    assert answer.status_code == 303
    assert "申请 2026-03-02 批准" in words_of(keeper.get(answer.headers["Location"]).text)
    paper = keeper.get(f"/desk/requests/{grant.request.public_id}/form.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    words = text_of(paper.data)
    for said in ("干部人事档案查（借）阅审批表", "钱强丽", "YW-0007", grant.public_id, "任前考察"):
        assert said in words


def test_the_day_is_moved_on_the_page_of_the_entry(keeper, taker, material):
    loan = lent(material, taker, due_on=TODAY + timedelta(days=3))
    place = f"/desk/loans/{loan.public_id}"
    due = (TODAY + timedelta(days=6)).isoformat()
    answer = keeper.post(f"{place}/extend", {"due_on": due, "reason": ""})
    assert answer.status_code == 422
    assert due in answer.text
    assert keeper.post(f"{place}/extend", {"due_on": due, "reason": "考察延长"}).status_code == 303
    page = words_of(keeper.get(place).text)
    assert "2026-03-05 延到 2026-03-08" in page
    assert "考察延长" in page


def test_paper_whose_approval_was_taken_back_is_to_be_fetched(keeper, taker, material):
    grant = granted(taker, material, level=Level.CLEAR)
    due = TODAY + timedelta(days=3)
    loan = lent(material, "", approval=grant.request.public_id, due_on=due)
    place = f"/desk/loans/{loan.public_id}"
    assert "依据的申请到 2026-03-05 为止" in words_of(keeper.get(place).text)
    grants.revoke(grant.public_id, actor=make_officer(Role.SECURITY_OFFICER), now=NOW)
    assert "授权已被收回。请催还" in words_of(keeper.get(place).text)
    later = {"due_on": (due + timedelta(days=1)).isoformat(), "reason": "考察延长"}
    answer = keeper.post(f"{place}/extend", later)
    assert (answer.status_code, "填写编号" in words_of(answer.text)) == (422, True)
    answer = keeper.post(f"{place}/extend", later | {"paper_number": "云组查〔2026〕13号"})
    assert answer.status_code == 303
    assert "考察延长（纸质审批表 云组查〔2026〕13号）" in words_of(keeper.get(place).text)


def test_an_entry_is_found_without_its_name_in_the_address(keeper, material):
    lent(material, "陈远山", taker_unit="省委巡视组")
    found = keeper.post("/desk/loans/search", {"q": "陈远山"})
    assert "钱强丽" in words_of(found.text)
    assert "没有找到" in words_of(keeper.post("/desk/loans/search", {"q": "查无此人"}).text)


def test_the_register_of_a_period_is_a_document(keeper, material):
    lent(material, "陈远山", taker_unit="省委巡视组", place="会议室")
    paper = keeper.get("/desk/loans/register.pdf?first=2026-03-01&last=2026-03-31")
    words = text_of(paper.data)
    for said in ("登记簿", "YW-0007", "钱强丽", "干部履历表", "陈远山", "2026-03-09"):
        assert said in words
    assert keeper.get("/desk/loans/register.pdf?first=2026-03-31&last=2026-03-01").status_code == 422
    assert "没有登记" in text_of(keeper.get("/desk/loans/register.pdf?first=2025-01-01&last=2025-03-31").data)


def test_who_borrowed_it_sees_it_at_home_and_on_a_page_of_its_own(site, material):
    taker = able(Role.OFFICIAL)
    loan = lent(material, taker)
    browser = browser_of(site, taker)
    assert "我借的纸质档案" in words_of(browser.get("/").text)
    page = words_of(browser.get(f"/loans/{loan.public_id}").text)
    assert "请在 2026-03-09 前还给档案管理员" in page
    site.wait(timedelta(days=9))
    late = words_of(browser_of(site, taker).get(f"/loans/{loan.public_id}").text)
    assert "逾期 2 天" in late


def test_the_person_is_told_of_the_paper_but_of_no_title(site, taker, material):
    owner = browser_of(site, make_officer(Role.INDIVIDUAL, subject=material.dossier.subject))
    assert "还没有人用过" in words_of(owner.get("/me/viewers/paper").text)
    lent(material, "陈远山", taker_unit="省委巡视组", purpose="4")
    page = words_of(owner.get("/me/viewers/paper").text)
    for said in ("陈远山（省委巡视组）", "案件查办", "部分材料", "2026-03-02"):
        assert said in page
    assert "干部履历表" not in page
    assert "谁看过我的档案 1 次" in words_of(owner.get("/me").text)


def test_what_the_person_takes_along_says_who_used_the_paper(site, material):
    owner = browser_of(site, make_officer(Role.INDIVIDUAL, subject=material.dossier.subject))
    assert "还没有人用过" in text_of(owner.post("/me/export", seen="/me/export").data)
    lent(material, "陈远山", taker_unit="省委巡视组", purpose="4")
    assert "陈远山（省委巡视组）" in text_of(owner.post("/me/export", seen="/me/export").data)


def test_the_days_of_the_rule_are_a_setting():
    assert Settings.from_env({}).loan_days == LOAN_DAYS
    assert Settings.from_env({"LANTAI_LOAN_DAYS": "14"}).loan_days == 14
    for wrong in ("0", "61", "一周"):
        with pytest.raises(BadSettings, match="LANTAI_LOAN_DAYS"):
            Settings.from_env({"LANTAI_LOAN_DAYS": wrong})
