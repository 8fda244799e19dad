"""Everything works without JavaScript: plain links, plain forms, full pages. (The mask release: test_masks.py.)"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing, new_official, sign_in
from tests.e2e.papers import OWN, photo, unsent
from tests.e2e.service import Service

RESUME, REPORT = "干部履历表", "思想汇报"


@pytest.fixture
def reader(browsing: Browsing) -> Iterator[Page]:
    """An official whose browser runs no scripts, signed in by hand."""
    context = browsing.stranger(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, browsing, new_official("池见山"))
    yield page
    context.close()


def test_search_purpose_and_pages_work_without_scripts(read: Service, reader: Page) -> None:
    visits.search(reader, OWN.name)
    reader.get_by_role("link", name=re.compile(f"^{OWN.name} ")).first.click()
    reader.get_by_role("link", name="查看目录").click()
    reader.get_by_role("link", name=RESUME).click()
    visits.state_purpose(reader)
    reader.get_by_role("link", name="下一页").click()
    expect(reader.get_by_role("img", name="第 2 页")).to_be_visible()
    expect(reader).to_have_url(re.compile(r"page=2$"))
    reader.get_by_role("link", name="选择页码").click()
    reader.get_by_role("link", name="第 4 页").click()
    expect(reader.get_by_role("img", name="第 4 页")).to_be_visible()
    reader.get_by_role("link", name="文字").click()
    expect(reader.get_by_role("heading", name=RESUME)).to_be_visible()
    expect(reader.get_by_role("main")).to_contain_text("家庭主要成员")
    reader.goto("/account")
    reader.get_by_role("button", name="退出登录").click()
    expect(reader.get_by_role("heading", name="登录", exact=True)).to_be_visible()


def test_files_are_sent_refused_and_withdrawn_without_scripts(read: Service, browsing: Browsing) -> None:
    context = browsing.scriptless("dangan")
    page = context.new_page()
    material = visits.material_id(OWN.dossier_number, REPORT)
    page.goto(f"/desk/intake/{material}")
    good: FilePayload = {"name": "另一页.jpg", "mimeType": "image/jpeg", "buffer": photo(unsent(OWN, "7")[0])}
    bad: FilePayload = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"plain words"}
    page.locator("input[type=file]").set_input_files([bad, good])
    page.get_by_role("button", name="开始上传").click()
    expect(page.get_by_role("alert")).to_contain_text("notes.jpg")
    expect(visits.upload_of(page, good["name"])).to_be_visible()
    read.read_everything()
    page.goto(f"/desk/intake/{material}")
    card = visits.upload_of(page, good["name"])
    expect(card).to_contain_text("1 页，已可查找")
    card.get_by_text("撤回这个文件").click()
    card.get_by_role("button", name="确认撤回").click()
    expect(visits.upload_of(page, good["name"])).to_have_count(0)
    context.close()
