"""The whole chain on phones: an official asks, an approver approves, the official reads, the approver revokes."""

import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.builders import picture
from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.screens import faults
from tests.e2e.service import Service, until
from webapp.domain.local_time import ZONE

FORM = "干部任免审批表"
LETTER = FilePayload(name="介绍信.jpg", mimeType="image/jpeg", buffer=picture("letter"))
LONGEST_S = 1.0  # from a revocation to the first refusal


@pytest.fixture
def asker(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer("caizheng")
    yield page
    page.close()


@pytest.fixture
def approver(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer("shenpi")
    yield page
    page.close()


def ask(page: Page, material: str, details: str) -> None:
    """From a refusal through the three steps to a request that waits."""
    page.goto(f"/materials/{material}")
    expect(page.get_by_role("heading", name="不能查看")).to_be_visible()
    page.get_by_role("link", name="申请查阅").click()
    page.get_by_label("录用、聘用").check()
    page.get_by_label("具体事项").fill(details)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/scope")
    expect(page.get_by_label(FORM)).to_be_checked()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/terms")
    page.get_by_text("30 分钟").click()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("已提交，等待审批")).to_be_visible()


def approve(page: Page, details: str) -> None:
    """One tap on the list, and the five seconds in which it can be undone."""
    page.goto("/approvals")
    card = page.get_by_role("article").filter(has_text=details)
    card.get_by_role("button", name="批准").click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()


def test_ask_approve_read_revoke(read: Service, asker: Page, approver: Page) -> None:
    material = visits.material_id(OTHER.dossier_number, FORM)
    ask(asker, material, "任前考察，核对任免经过")
    approve(approver, "任前考察，核对任免经过")
    assert asker.request.get(f"/materials/{material}").status == 403
    until(lambda: asker.request.get(f"/materials/{material}").status == 200, "the grant in force", seconds=15)
    asker.goto("/requests")
    asker.get_by_role("list", name="有效授权").get_by_role("link").first.click()
    asker.get_by_role("link", name=re.compile(FORM)).click()
    asker.wait_for_function(visits.SHOWN, arg=1)
    expect(asker.get_by_text(re.compile("剩 (30|29) 分钟"))).to_be_visible()
    assert visits.picture(asker, material, 1)

    approver.goto("/approvals")
    approver.get_by_role("button", name=re.compile("收回.*的授权")).first.click()
    began = time.monotonic()
    address = f"/materials/{material}/pages/1/image"
    until(lambda: asker.request.get(address).status == 403, "the next request refused", seconds=10)
    assert time.monotonic() - began < LONGEST_S
    expect(asker.get_by_role("heading", name="不能查看")).to_be_visible(timeout=60_000)
    expect(asker.get_by_text("查阅授权已被收回")).to_be_visible()


def test_an_approval_is_undone_and_turned_down(read: Service, asker: Page, approver: Page) -> None:
    material = visits.material_id(OTHER.dossier_number, FORM)
    ask(asker, material, "再次核对任免经过")
    approve(approver, "再次核对任免经过")
    approver.get_by_role("button", name="撤销").click()
    expect(approver.get_by_text("撤销批准")).to_be_visible()
    approver.get_by_role("link", name="退回或不批准").click()
    approver.get_by_label("不予批准的理由").fill("上次已经看过")
    approver.get_by_role("button", name="不予批准", exact=True).click()
    expect(approver.get_by_role("heading", name=re.compile("待审批"))).to_be_visible()
    asker.reload()
    expect(asker.get_by_text("没有批准：上次已经看过")).to_be_visible()
    assert asker.request.get(f"/materials/{material}").status == 403


def test_asking_and_deciding_need_no_script(read: Service, browsing: Browsing) -> None:
    material = visits.material_id(OTHER.dossier_number, FORM)
    asking, deciding = browsing.scriptless("caizheng"), browsing.scriptless("shenpi")
    asker, approver = asking.new_page(), deciding.new_page()
    ask(asker, material, "没有脚本也要能申请")
    approve(approver, "没有脚本也要能申请")
    until(lambda: asker.request.get(f"/materials/{material}").status == 200, "the grant in force", seconds=15)
    asker.goto(f"/materials/{material}")
    expect(asker.get_by_text(re.compile("剩 (30|29) 分钟"))).to_be_visible()
    approver.goto("/approvals")
    approver.get_by_role("button", name=re.compile("收回.*的授权")).first.click()
    expect(approver.get_by_role("heading", name=re.compile("待审批"))).to_be_visible()
    asking.close()
    deciding.close()


def test_a_deputy_is_named_seen_and_let_go(read: Service, browsing: Browsing, approver: Page) -> None:
    deputy, security = browsing.officer("fushen"), browsing.officer("baomi")
    approver.goto("/approvals")
    approver.get_by_role("link", name="审批代理").click()
    found = faults(approver, "delegations-new")
    approver.get_by_label("请谁代理").select_option(label="方允衡")
    approver.get_by_label("最后一天").fill(f"{datetime.now(ZONE) + timedelta(days=5):%Y-%m-%d}")
    approver.get_by_label("原因").fill("到省里参加培训")
    if approver.get_by_label("验证码").count():
        approver.get_by_label("验证码").fill(browsing.code("shenpi"))
    approver.get_by_role("button", name="委托代理").click()
    expect(approver.get_by_text("代理中")).to_be_visible()
    found += faults(approver, "delegations")
    deputy.goto("/approvals")
    expect(deputy.get_by_text("由您代理审批")).to_be_visible()
    found += faults(deputy, "approvals-deputy")
    security.goto("/desk/delegations")
    expect(security.get_by_text("到省里参加培训")).to_be_visible()
    found += faults(security, "desk-delegations")
    deputy.goto("/delegations")
    deputy.get_by_role("button", name="结束代理").click()
    expect(deputy.get_by_text("提前结束")).to_be_visible()
    for page in (deputy, security):
        page.close()
    assert not found, "\n".join(found)


def test_the_screens_of_requests_are_open_to_everyone(read: Service, asker: Page, approver: Page) -> None:
    found = []
    asker.goto("/requests")
    found += faults(asker, "requests")
    asker.get_by_role("list", name="我的申请").get_by_role("link").last.click()
    asker.wait_for_url("**/requests/*")
    found += faults(asker, "request")
    dossier = visits.dossier_id(OTHER.dossier_number)
    asker.goto(f"/requests/new?dossier={dossier}")
    found += faults(asker, "request-reason")
    asker.get_by_label("录用、聘用").check()
    asker.get_by_label("具体事项").fill("看看各步是否好用")
    asker.get_by_label("介绍信或公函").set_input_files([LETTER])
    asker.get_by_role("button", name="下一步").click()
    asker.wait_for_url("**/scope")
    found += faults(asker, "request-scope")
    asker.get_by_role("link", name="上一步").click()
    expect(asker.get_by_role("img", name="介绍信、公函，第 1 页")).to_be_visible(timeout=60_000)
    found += faults(asker, "request-letter")
    asker.get_by_role("button", name="下一步").click()
    asker.wait_for_url("**/scope")
    asker.get_by_label(re.compile("政审、审计")).check()
    asker.get_by_role("button", name="下一步").click()
    asker.wait_for_url("**/terms")
    found += faults(asker, "request-terms")
    asker.get_by_role("button", name="提交申请").click()
    expect(asker.get_by_text("须两位审批人同意")).to_be_visible()
    approver.goto("/approvals")
    found += faults(approver, "approvals")
    approver.get_by_role("article").filter(has_text="看看各步").get_by_role("link", name="查看").click()
    approver.wait_for_url("**/approvals/*")
    expect(approver.get_by_role("img", name="介绍信、公函，第 1 页")).to_be_visible()
    found += faults(approver, "approval")
    assert not found, "\n".join(found)
