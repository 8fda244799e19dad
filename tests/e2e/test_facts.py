"""A fact asked for, answered and certified on phones, and the certificate checked by a stranger who scans it."""

from urllib.parse import urlsplit

import cv2
import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.screens import faults
from tests.e2e.service import Service


def ask(page: Page, details: str) -> str:
    """From the dossier to a query that waits; its address."""
    page.goto(f"/dossiers/{visits.dossier_id(OTHER.dossier_number)}")
    page.get_by_role("link", name="查一项事实").click()
    page.get_by_label("现任职务及任职时间").check()
    page.get_by_label("录用、聘用").check()
    page.get_by_label("具体事项").fill(details)
    page.get_by_label("同时开具证明").check()
    page.get_by_role("button", name="提交查询").click()
    expect(page.get_by_text("等待档案管理员核对和答复")).to_be_visible()
    return page.url


def answer(page: Page) -> None:
    """What the keeper finds on the form of the appointment, and the answer."""
    page.goto("/")
    page.get_by_role("link", name="事实查询").click()
    page.get_by_role("link", name=OTHER.name).first.click()
    page.get_by_role("link", name="现任职务及任职时间").click()
    page.get_by_label("已确认").check()
    page.get_by_label("单位和职务").fill("科长")
    page.get_by_label("任职时间").fill("2020.5")
    page.get_by_label("依据哪份材料").select_option(index=1)
    page.get_by_label("第几页").fill("1")
    page.get_by_role("button", name="保存这一项").click()
    page.get_by_role("button", name="答复并开具证明").click()
    expect(page.get_by_text("证明编号")).to_be_visible()


def scanned(page: Page) -> str:
    """What a phone reads off the certificate that is offered."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证明").click()
    sheet = pypdfium2.PdfDocument(download.value.path())[0]
    drawn = np.asarray(sheet.render(scale=3).to_pil().convert("L"))
    return cv2.QRCodeDetector().detectAndDecode(drawn)[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_ask_answer_certify_check(read: Service, browsing: Browsing, scripts: bool) -> None:
    if scripts:
        asker, keeper = browsing.officer("chadang"), browsing.officer("dangan")
    else:
        asker, keeper = (browsing.scriptless(login).new_page() for login in ("chadang", "dangan"))
    own = ask(asker, "任前考察，核对现任职务")
    answer(keeper)
    asker.goto(own)
    expect(asker.get_by_text("科长；任职时间：2020年5月")).to_be_visible()
    place = urlsplit(scanned(asker))
    number, code = place.fragment.split(".")
    context = browsing.stranger(java_script_enabled=scripts)
    stranger = context.new_page()
    stranger.goto(f"{place.path}#{place.fragment}")
    if scripts:
        expect(stranger.get_by_label("校验码")).to_have_value(code)
        assert "#" not in stranger.url
    else:
        stranger.get_by_label("证明编号").fill(number)
        stranger.get_by_label("校验码").fill(code)
    stranger.get_by_role("button", name="核对").click()
    expect(stranger.get_by_role("heading", name="证明是真的")).to_be_visible()
    expect(stranger.get_by_text("科长；任职时间：2020年5月")).to_be_visible()
    found = [] if not scripts else [*faults(stranger, "genuine"), *faults(asker, "facts-answered")]
    if scripts:
        keeper.get_by_text("收回答复，证明作废").click()
        found += faults(keeper, "desk-facts-answered")
    context.close()
    for page in (asker, keeper):
        page.close()
    assert not found, "\n".join(found)
