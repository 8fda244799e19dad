"""The page viewer: which page is fetched when, what is told as read, and when content is covered."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

IS_HIDDEN = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def viewer(page: Page, stage: SimpleNamespace) -> Page:
    page.goto(f"{stage.address}/viewer?page=3")
    expect(page.locator("figure:has(img[src])")).to_have_count(3)
    return page


def fetched(stage: SimpleNamespace) -> list[str]:
    return [what for name, what in stage.told if name == "page"]


def read(stage: SimpleNamespace) -> list[tuple[str, str]]:
    return [(what["page"], what["seconds"]) for name, what in stage.told if name == "viewed"]


def test_a_page_is_fetched_first_and_its_neighbours_after_it(viewer: Page, stage: SimpleNamespace) -> None:
    viewer.wait_for_load_state("networkidle")
    assert fetched(stage)[0] == "3/screen"
    assert sorted(fetched(stage)) == ["2/screen", "3/screen", "4/screen"]


def test_buttons_keys_and_the_jump_sheet_turn_pages(viewer: Page) -> None:
    viewer.get_by_role("link", name="下一页").click()
    expect(viewer).to_have_url(re.compile(r"\?page=4#pg4$"))
    viewer.keyboard.press("ArrowRight")
    expect(viewer).to_have_url(re.compile(r"#pg5$"))
    expect(viewer.get_by_role("link", name="下一页")).to_have_attribute("aria-disabled", "true")
    viewer.get_by_role("link", name="选择页码").click()
    viewer.get_by_role("link", name="第 1 页").click()
    expect(viewer.locator("[data-number]")).to_have_text("1")
    expect(viewer.locator("dialog")).to_be_hidden()


def test_a_jump_fetches_no_page_it_passes(viewer: Page, stage: SimpleNamespace) -> None:
    viewer.goto(f"{stage.address}/viewer?page=1")
    viewer.wait_for_load_state("networkidle")
    stage.told.clear()
    viewer.get_by_role("link", name="选择页码").click()
    viewer.get_by_role("link", name="第 5 页").click()
    expect(viewer).to_have_url(re.compile(r"#pg5$"))
    viewer.wait_for_load_state("networkidle")
    assert "3/screen" not in fetched(stage)
    assert fetched(stage)[0] == "5/screen"


def test_a_page_counts_as_read_after_a_second_and_beats_while_it_is(
    viewer: Page, stage: SimpleNamespace
) -> None:
    while len(read(stage)) < 2:
        with viewer.expect_event("requestfinished", lambda request: request.url.endswith("/viewed")):
            pass
    assert read(stage)[:2] == [("3", "1"), ("3", "2")]
    [token] = {what["csrf_token"] for name, what in stage.told if name == "viewed"}
    assert token == "token-1"


def test_a_hidden_page_is_covered_and_not_read(viewer: Page, stage: SimpleNamespace) -> None:
    viewer.evaluate(IS_HIDDEN)
    expect(viewer.locator("[data-strip]")).to_have_css("visibility", "hidden")
    stage.told.clear()
    with pytest.raises(Exception, match="Timeout"), viewer.expect_request("**/viewed", timeout=1500):
        pass


def test_a_page_brought_back_from_the_past_is_asked_for_again(viewer: Page) -> None:
    with viewer.expect_navigation():
        viewer.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")


def test_zooming_in_fetches_the_larger_image_once(
    viewer: Page, phone: BrowserContext, stage: SimpleNamespace
) -> None:
    phone.new_cdp_session(viewer).send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    expect(viewer.locator("#pg3 img")).to_have_attribute("src", "/pages/3/full")
    viewer.wait_for_load_state("networkidle")
    assert [what for what in fetched(stage) if what.endswith("full")] == ["3/full"]


def test_a_page_that_cannot_be_shown_says_why_and_its_neighbours_are_there(
    page: Page, stage: SimpleNamespace
) -> None:
    page.goto(f"{stage.address}/viewer?page=3&withheld=3")
    expect(page.locator("#pg3")).to_contain_text("此页的遮挡还需核对")
    expect(page.get_by_role("heading", name="第 3 页")).to_be_in_viewport()
    page.wait_for_load_state("networkidle")
    assert sorted(fetched(stage)) == ["2/screen", "4/screen"]
    page.get_by_role("link", name="下一页").click()
    expect(page).to_have_url(re.compile(r"#pg4$"))
    expect(page.get_by_role("link", name="文字")).to_have_attribute("href", re.compile(r"/pages/4/text$"))
    page.get_by_role("link", name="上一页").click()
    expect(page.locator("[data-number]")).to_have_text("3")


def test_a_page_that_cannot_be_shown_is_never_told_as_read(
    page: Page, phone: BrowserContext, stage: SimpleNamespace
) -> None:
    page.goto(f"{stage.address}/viewer?page=3&withheld=3")
    phone.new_cdp_session(page).send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    with pytest.raises(Exception, match="Timeout"), page.expect_request("**/viewed", timeout=1500):
        pass


def test_without_script_the_viewer_is_one_page_and_links(
    phone: BrowserContext, stage: SimpleNamespace
) -> None:
    html = stage.app.test_client().get("/viewer?page=3").text
    assert html.count("<img src=") == 1
    assert 'href="?page=2"' in html
    assert 'href="?page=4"' in html
