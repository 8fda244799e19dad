"""The shield: dossier content is covered before the phone takes its picture, never printed, and gone from every tab."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

HAPPENS = "type => dispatchEvent(new Event(type))"
CHANGES = """isHidden => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
COMES_BACK = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
SAID = "selector => getComputedStyle(document.querySelector(selector), '::before').content"


@pytest.fixture
def viewer(page: Page, stage: SimpleNamespace) -> Page:
    page.goto(f"{stage.address}/viewer")
    expect(page.locator("#pg1 img")).to_be_visible()
    return page


def is_covered(page: Page) -> bool:
    """No dossier content is visible, and the cover lies over all of the screen, names in the header too."""
    cover = page.evaluate(
        "() => { const { position, inset, zIndex } = getComputedStyle(document.body, '::after');"
        " return position === 'fixed' && inset === '0px' && Number(zIndex) > 6; }"
    )
    return bool(cover) and not page.locator("[data-shield]").first.is_visible()


def test_content_is_covered_before_the_page_is_hidden_and_back_when_it_has_the_focus(viewer: Page) -> None:
    assert not is_covered(viewer)
    viewer.evaluate(HAPPENS, "blur")
    assert is_covered(viewer)
    viewer.evaluate(HAPPENS, "focus")
    assert not is_covered(viewer)


@pytest.mark.parametrize("event", ["pagehide", "visibilitychange"])
def test_content_is_covered_when_the_page_goes_away(viewer: Page, event: str) -> None:
    if event == "pagehide":
        viewer.evaluate(HAPPENS, event)
    else:
        viewer.evaluate(CHANGES, True)
    assert is_covered(viewer)
    viewer.evaluate(CHANGES, False)
    assert not is_covered(viewer)


def test_an_open_sheet_is_covered_too(viewer: Page) -> None:
    viewer.get_by_role("link", name="选择页码").click()
    expect(viewer.get_by_role("dialog")).to_be_visible()
    viewer.evaluate(HAPPENS, "blur")
    expect(viewer.locator("dialog")).to_be_hidden()


def test_a_desk_screen_is_not_covered_by_a_window_beside_it(
    phone: BrowserContext, stage: SimpleNamespace
) -> None:
    page = phone.new_page()
    page.add_init_script(
        "const real = matchMedia;"
        "window.matchMedia = query => query.includes('coarse') ? { matches: false } : real(query);"
    )
    page.goto(f"{stage.address}/viewer")
    page.evaluate(HAPPENS, "blur")
    assert not is_covered(page)
    page.close()


def test_a_page_from_the_browsers_memory_is_asked_for_anew(viewer: Page) -> None:
    with viewer.expect_navigation():
        viewer.evaluate(COMES_BACK)


@pytest.mark.parametrize(("screen", "selector"), [("viewer", "body"), ("masks", "[data-shield]")])
def test_nothing_of_a_dossier_is_printed_but_a_notice(
    page: Page, stage: SimpleNamespace, screen: str, selector: str
) -> None:
    page.goto(f"{stage.address}/{screen}")
    page.emulate_media(media="print")
    for shown in page.locator("img, rect, h1").all():
        assert not shown.is_visible()
    assert "不能直接打印" in page.evaluate(SAID, selector)
    page.evaluate(
        "() => { for (const one of document.querySelectorAll('[data-shield]')) one.dataset.shield = 'print'; }"
    )
    if screen != "viewer":
        expect(page.locator("h1")).to_be_visible()
    page.emulate_media(media="screen")


def test_the_sign_in_page_makes_every_other_tab_ask_again(
    phone: BrowserContext, viewer: Page, stage: SimpleNamespace
) -> None:
    other = phone.new_page()
    other.goto(f"{stage.address}/parts")
    with viewer.expect_navigation():
        other.evaluate("() => new BroadcastChannel('lantai').postMessage('signed out')")
    other.close()
