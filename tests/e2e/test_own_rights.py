"""What people may do about their own dossier: see who viewed it, contest a page, complain, and be told."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.builders import picture
from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OWN
from tests.e2e.service import Service

RESUME = "干部履历表"
CONTESTED = "第二页的参加工作时间应为 1998 年 7 月，见招工登记表"
DECLINED = "已与招工登记表核对，两处一致，不予更正"
PROOF = FilePayload(name="招工登记表.jpg", mimeType="image/jpeg", buffer=picture("proof"))
COMPLAINT = "我不认识这个人，工作上也没有来往"
ANSWERED = "经查，这次查阅的事由属实"


@pytest.fixture
def individual(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer("benren")
    visits.act_as(page, browsing, "本人")
    yield page
    page.close()


@pytest.fixture
def security(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer("baomi")
    yield page
    page.close()


def test_who_viewed_is_told_and_a_complaint_reaches_the_security_officer(
    read: Service, official: Page, individual: Page, security: Page
) -> None:
    visits.read(official, visits.material_id(OWN.dossier_number, RESUME), 2)
    individual.goto("/")
    individual.get_by_role("link", name="谁看过我的档案").click()
    individual.get_by_role("link", name="苏砚秋").first.click()
    main = individual.get_by_role("main")
    expect(main).to_contain_text("干部日常管理")
    expect(main).to_contain_text(RESUME)
    individual.get_by_role("link", name="投诉这次查阅").click()
    individual.get_by_label("发生了什么").fill(COMPLAINT)
    individual.get_by_role("button", name="提交投诉").click()
    expect(individual.get_by_role("main")).to_contain_text("由安全保密员处理")

    security.goto("/notices")
    security.get_by_role("link", name="有一件投诉等您处理").first.click()
    expect(security.get_by_role("main")).to_contain_text(COMPLAINT)
    security.get_by_label("查明的情况").fill(ANSWERED)
    security.get_by_role("button", name="答复投诉人").click()
    expect(security.get_by_role("heading", name="没有等待答复的投诉")).to_be_visible()

    individual.goto("/notices")
    individual.get_by_role("link", name="您的投诉有了答复").first.click()
    expect(individual.get_by_role("main")).to_contain_text(ANSWERED)


def test_what_is_contested_is_marked_for_everybody_until_it_is_answered(
    read: Service, official: Page, individual: Page, archivist: Page
) -> None:
    resume, dossier = visits.material_id(OWN.dossier_number, RESUME), visits.dossier_id(OWN.dossier_number)
    visits.read(individual, resume, 1)
    individual.get_by_role("link", name="下一页").click()
    expect(individual.get_by_role("link", name="更正")).to_have_attribute("href", re.compile("page=2$"))
    individual.get_by_role("link", name="更正").click()
    expect(individual.get_by_role("main")).to_contain_text("第 2 页")
    individual.get_by_label("哪里不对").fill(CONTESTED)
    individual.get_by_role("button", name="提交更正申请").click()
    expect(individual.get_by_role("main")).to_contain_text("处理中")
    individual.get_by_label("证明文件").set_input_files(PROOF)
    individual.get_by_role("button", name="附上证明").click()
    expect(individual.get_by_role("img", name="证明，第 1 页")).to_be_visible()

    official.goto(f"/dossiers/{dossier}/catalogue")
    expect(official.get_by_role("listitem").filter(has_text=RESUME)).to_contain_text("本人有异议")
    visits.read(official, resume, 2)
    expect(official.get_by_role("banner")).to_contain_text("本人有异议：第 2 页")

    archivist.goto("/")
    archivist.get_by_role("link", name="更正申请").click()
    archivist.get_by_role("link").filter(has_text=RESUME).first.click()
    expect(archivist.get_by_role("main")).to_contain_text(CONTESTED)
    expect(archivist.get_by_role("img", name="证明，第 1 页")).to_be_visible()
    archivist.get_by_role("radio", name="不予更正").check()
    archivist.get_by_label("做了什么").fill(DECLINED)
    archivist.get_by_role("button", name="答复本人").click()
    expect(archivist.get_by_role("main")).not_to_contain_text(RESUME)

    official.reload()
    expect(official.get_by_role("banner")).not_to_contain_text("本人有异议")
    individual.goto("/me/corrections")
    individual.get_by_role("link", name=RESUME).first.click()
    expect(individual.get_by_role("main")).to_contain_text(DECLINED)
