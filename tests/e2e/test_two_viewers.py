"""Two phones: a grant for two with copies, the code on one screen, the confirmation on the other, the paper checked."""

import io
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.screens import faults
from tests.e2e.service import Service, until

FORM = "干部任免审批表"
DETAILS = "双人核对任免经过，带回复制件"


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


def prove(page: Page, browsing: Browsing, login: str) -> None:
    """Give a code where one is asked for: none is soon after the last."""
    if page.get_by_label("验证码").count():
        page.get_by_label("验证码").fill(browsing.code(login))


def ask(page: Page, material: str) -> None:
    page.goto(f"/requests/new?material={material}")
    page.get_by_label("录用、聘用").check()
    page.get_by_label("具体事项").fill(DETAILS)
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/scope")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/terms")
    page.get_by_label("还要制作复制件").check()


def approve_for_two(page: Page, browsing: Browsing) -> None:
    page.goto("/approvals")
    page.get_by_role("article").filter(has_text=DETAILS).get_by_role("link", name="查看").click()
    page.wait_for_url("**/approvals/*")
    page.get_by_text("只批准一部分").click()
    page.get_by_label("须双人查阅").check()


def test_two_read_together_and_take_a_copy_along(
    read: Service, browsing: Browsing, asker: Page, approver: Page, official: Page, archivist: Page
) -> None:
    found: list[str] = []
    material = visits.material_id(OTHER.dossier_number, FORM)
    ask(asker, material)
    found += faults(asker, "copy-terms")
    asker.get_by_role("button", name="提交申请").click()
    expect(asker.get_by_text("已提交，等待审批")).to_be_visible()
    own = asker.url
    approve_for_two(approver, browsing)
    found += faults(approver, "copy-approval")
    prove(approver, browsing, "shenpi")
    approver.get_by_role("button", name="批准", exact=True).click()
    expect(approver.get_by_role("button", name="撤销")).to_be_visible()
    until(lambda: asker.request.get(f"/materials/{material}").status == 200, "the grant in force", seconds=15)

    asker.goto(f"/materials/{material}")
    expect(asker.get_by_role("heading", name="须两人在场才能打开")).to_be_visible()
    found += faults(asker, "two-alone")
    asker.get_by_role("button", name="生成同阅码").click()
    code = asker.locator(".number").inner_text().removeprefix("同阅码：").strip()
    assert re.fullmatch(r"\d{4} \d{4}", code)
    found += faults(asker, "two-code")
    assert asker.request.get(f"/materials/{material}/pages/1/image").status == 403

    official.goto("/")
    official.get_by_role("link", name="同阅").click()
    official.get_by_label("同阅码").fill(code)
    found += faults(official, "two-ask")
    official.get_by_role("button", name="下一步").click()
    expect(official.get_by_role("heading", name="确认同阅")).to_be_visible()
    found += faults(official, "two-confirm")
    prove(official, browsing, "chadang")
    official.get_by_role("button", name="我在场，加入").click()
    expect(official.get_by_role("heading", name="正在同阅")).to_be_visible()
    found += faults(official, "two-beside")

    expect(asker.get_by_text(re.compile("同阅 苏砚秋"))).to_be_visible(timeout=60_000)  # by itself
    asker.wait_for_function(visits.SHOWN, arg=1)
    assert visits.picture(asker, material, 1)
    found += faults(asker, "two-reading")

    asker.goto(own)
    found += faults(asker, "copy-granted")
    asker.get_by_role("link", name="制作复制件").click()
    asker.get_by_label(FORM).check()
    prove(asker, browsing, "caizheng")
    found += faults(asker, "copy-choose")
    asker.get_by_label(FORM).check()
    with asker.expect_download() as handed:
        asker.get_by_role("button", name="制作 PDF").click()
    assert handed.value.suggested_filename.startswith("复制件 F")
    paper = handed.value.path().read_bytes()
    assert io.BytesIO(paper).read(5) == b"%PDF-"
    asker.goto(own)
    expect(asker.get_by_role("list", name="已制作的复制件")).to_be_visible()
    found += faults(asker, "copy-listed")

    archivist.goto("/")
    archivist.get_by_role("link", name="复制件去向").click()
    found += faults(archivist, "copy-desk")
    archivist.get_by_text("已交回归档").first.click()
    archivist.get_by_role("button", name=re.compile("登记.*去向")).first.click()
    expect(archivist.get_by_text("没有在外的复制件")).to_be_visible()

    stranger = browsing.stranger().new_page()
    stranger.goto(
        f"/copies/check#{handed.value.suggested_filename[4:12]}.0000-0000-0000"
    )  # as the square code says
    expect(stranger.get_by_label("核验码")).to_have_value("0000-0000-0000")
    found += faults(stranger, "copy-check")
    stranger.get_by_role("button", name="核验").click()
    expect(stranger.get_by_role("heading", name="没有这份复制件")).to_be_visible()
    found += faults(stranger, "copy-checked")
    stranger.context.close()

    official.get_by_role("button", name="离开").click()
    expect(official.get_by_role("heading", name="正在同阅")).to_be_hidden()
    assert asker.request.get(f"/materials/{material}/pages/1/image").status == 403
    assert not found, "\n".join(found)
