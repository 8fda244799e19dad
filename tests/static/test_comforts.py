"""What scripts add to pages that work without them: sheets, notices, uploads; and nobody is shut out by it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

AXE = (Path(__file__).parents[1] / "vendor/axe-core-4.14.1/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f""";axe.run(document, {{ runOnly: {json.dumps(RULES)} }})
  .then(found => JSON.stringify(found.violations.map(each => [each.id, each.nodes.map(node => node.html)])))"""
TALL = 2400  # px: nothing lies half under the tab bar, which axe would take for a small target


def violations(page: Page, phone: BrowserContext) -> list[object]:
    session = phone.new_cdp_session(page)
    session.send("Page.enable")
    answer = session.send(
        "Runtime.evaluate", {"expression": AXE + RUN, "awaitPromise": True, "returnByValue": True}
    )
    return json.loads(answer["result"]["value"])


@pytest.mark.parametrize(
    ("query", "width"), [("theme=light", 412), ("theme=dark", 1280), ("size=elder", 320)]
)
@pytest.mark.parametrize("screen", ["parts", "intake", "viewer", "masks"])
def test_a_screen_is_open_to_everyone(
    page: Page, phone: BrowserContext, stage: SimpleNamespace, screen: str, query: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": TALL})
    page.goto(f"{stage.address}/{screen}?{query}")
    assert violations(page, phone) == []
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_text_twice_as_large_needs_no_sideways_scrolling(
    page: Page, phone: BrowserContext, stage: SimpleNamespace
) -> None:
    phone.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    for screen in ("parts", "intake", "sign_in"):
        page.goto(f"{stage.address}/{screen}")
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, screen


def test_a_sheet_opens_closes_and_gives_the_focus_back(page: Page, stage: SimpleNamespace) -> None:
    page.goto(f"{stage.address}/parts")
    page.get_by_role("link", name="更多筛选").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="更多筛选")).to_be_focused()


def test_a_sheet_opens_by_its_address_when_there_is_no_script(page: Page, stage: SimpleNamespace) -> None:
    page.route("**/app.js*", lambda route: route.abort())
    page.goto(f"{stage.address}/parts")
    page.get_by_role("link", name="更多筛选").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("link", name="关闭").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_htmx_carries_the_token_and_a_failure_is_told_until_the_next_try(
    page: Page, stage: SimpleNamespace
) -> None:
    page.goto(f"{stage.address}/parts")
    page.locator("#bad").click()
    expect(page.locator("#notice")).to_contain_text("没有送达")
    expect(page.locator("#answer")).to_have_text("未处理")
    page.locator("#good").click()
    expect(page.locator("#answer")).to_have_text("收到")
    expect(page.locator("#notice")).to_be_empty()
    assert [what["token"] for name, what in stage.told if name in ("good", "broken")] == [
        "token-1",
        "token-1",
    ]


def test_files_go_one_by_one_and_the_refused_one_stays(page: Page, stage: SimpleNamespace) -> None:
    page.goto(f"{stage.address}/intake")
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": b"x"} for name in ("one.jpg", "blurred.jpg")]
    page.locator("#files").set_input_files(files)
    page.get_by_role("button", name="开始上传").click()
    expect(page.locator(".upload-files .danger")).to_contain_text("看不清字")
    expect(page.get_by_role("button", name="重新上传 1 个文件")).to_be_enabled()
    assert [what["files"] for name, what in stage.told if name == "intake"] == [["one.jpg"], ["blurred.jpg"]]
    page.locator("#files").set_input_files(files[:1])
    page.locator("[data-upload] button[type=submit]").click()
    page.wait_for_url("**/parts")


def test_a_notice_goes_away_when_dismissed(page: Page, stage: SimpleNamespace) -> None:
    page.goto(f"{stage.address}/intake")
    page.get_by_role("button", name="关闭提示").click()
    expect(page.locator(".toast")).to_have_count(0)
