"""Checking masks by finger, mouse and keys: what is drawn is what the form sends, and zooming goes on working."""

import json
import re
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

BOXES = "() => [...document.querySelectorAll('input[name=box]')].map(input => input.value)"
PHONE = {"kind": "phone", "box": [100, 100, 300, 200]}
SALARY = {"kind": "salary", "box": [600, 600, 700, 700]}


@pytest.fixture
def screen(page: Page, stage: SimpleNamespace) -> Page:
    page.goto(f"{stage.address}/masks")
    expect(page.get_by_role("button", name="画框")).to_be_visible()
    return page


def boxes(page: Page) -> list[dict[str, object]]:
    return [json.loads(value) for value in page.evaluate(BOXES)]


def at(page: Page, x: int, y: int) -> tuple[float, float]:
    """Where a pixel of the thousand by thousand page is on the screen."""
    frame = page.locator(".mask-page svg").bounding_box()
    assert frame
    return frame["x"] + frame["width"] * x / 1000, frame["y"] + frame["height"] * y / 1000


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=4)
    page.mouse.up()


class Fingers:
    """One or two fingers on the screen, held down from one call to the next."""

    def __init__(self, page: Page, phone: BrowserContext) -> None:
        self._page, self._browser = page, phone.new_cdp_session(page)

    def swipe(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        (left, top), (right, bottom) = at(self._page, *start), at(self._page, *end)
        self.put((left, top))
        for share in (0.3, 0.6, 1):
            self.move((left + (right - left) * share, top + (bottom - top) * share))
        self.lift()

    def put(self, *places: tuple[float, float]) -> None:
        self._send("touchStart", places)

    def move(self, *places: tuple[float, float]) -> None:
        self._send("touchMove", places)

    def lift(self) -> None:
        self._send("touchEnd", ())

    def _send(self, kind: str, places: Sequence[tuple[float, float]]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(places)]
        self._browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.fixture
def fingers(screen: Page, phone: BrowserContext) -> Fingers:
    return Fingers(screen, phone)


def about(box: object, expected: list[int]) -> bool:
    """Within the four page pixels that a screen pixel of a phone stands for."""
    return all(abs(a - b) <= 4 for a, b in zip(box, expected, strict=True))  # type: ignore[call-overload]


def test_a_mouse_draws_a_box_of_the_chosen_kind(screen: Page) -> None:
    screen.get_by_role("button", name="画框").click()
    screen.locator("[data-kinds]").get_by_text("证件号").click()
    drag(screen, (800, 400), (400, 300))  # from any corner
    assert boxes(screen)[:2] == [PHONE, SALARY]
    drawn = boxes(screen)[2]
    assert drawn["kind"] == "id_number"
    assert about(drawn["box"], [400, 300, 800, 400])
    expect(screen.locator("rect[aria-pressed=true]")).to_have_count(1)


def test_a_finger_draws_only_when_drawing_is_switched_on(screen: Page, fingers: Fingers) -> None:
    fingers.swipe((400, 300), (500, 280))
    assert boxes(screen) == [PHONE, SALARY]
    button = screen.get_by_role("button", name="画框")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    fingers.swipe((400, 300), (800, 400))
    assert about(boxes(screen)[2]["box"], [400, 300, 800, 400])


def test_two_fingers_zoom_and_draw_nothing(screen: Page, fingers: Fingers) -> None:
    screen.get_by_role("button", name="画框").click()
    x, y = at(screen, 500, 400)
    fingers.put((x - 20, y - 20))
    fingers.put((x - 20, y - 20), (x + 20, y + 20))
    for spread in (40, 60, 80, 100):
        fingers.move((x - spread, y - spread), (x + spread, y + spread))
    fingers.lift()
    screen.wait_for_function("() => visualViewport.scale > 1.3")
    assert boxes(screen) == [PHONE, SALARY]
    expect(screen.locator(".mask-page rect")).to_have_count(2)


def test_a_tap_chooses_a_box_to_change_remove_and_bring_back(screen: Page) -> None:
    screen.touchscreen.tap(*at(screen, 305, 205))  # beside it, as fingers do
    expect(screen.get_by_label("电话，离左边 10%")).to_have_attribute("aria-pressed", "true")
    screen.locator("[data-kinds]").get_by_text("证件号").click()
    assert boxes(screen) == [PHONE | {"kind": "id_number"}, SALARY]
    screen.get_by_role("button", name="删除").click()
    assert boxes(screen) == [SALARY]
    undo = screen.get_by_role("button", name="撤销")
    undo.click()
    undo.click()
    assert boxes(screen) == [PHONE, SALARY]
    expect(undo).to_be_disabled()


def test_it_says_what_found_the_chosen_box_and_what_was_done(screen: Page) -> None:
    said = screen.locator("[data-said]")
    expect(said).to_have_text("2 个框")
    screen.touchscreen.tap(*at(screen, 200, 150))
    expect(said).to_have_text("电话 · 按号码格式找到")
    drag(screen, (400, 300), (800, 400))
    expect(said).to_have_text("已加框：电话")
    screen.get_by_role("button", name="撤销").click()
    expect(said).to_have_text("已撤销")


def test_kinds_and_other_pages_are_offered_only_when_there_is_something_to_choose_them_for(
    screen: Page,
) -> None:
    kinds, elsewhere = screen.locator("[data-kinds]"), screen.get_by_label("同一表格的其他待核对页")
    expect(kinds).to_be_hidden()
    expect(elsewhere).to_be_hidden()
    screen.get_by_role("button", name="画框").click()
    expect(kinds).to_be_visible()
    drag(screen, (400, 300), (800, 400))
    expect(elsewhere).to_be_visible()
    screen.get_by_role("button", name="撤销").click()
    expect(elsewhere).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(360, 640), (360, 780), (412, 915)])
def test_a_thumb_reaches_every_act_and_sees_half_of_the_page(screen: Page, width: int, height: int) -> None:
    screen.set_viewport_size({"width": width, "height": height})
    for name in ("画框", "撤销", "删除", "核对无误，放行"):
        place = screen.get_by_role("button", name=name).bounding_box()
        assert place
        assert place["height"] >= 44
        assert height / 2 < place["y"] < place["y"] + place["height"] <= height, name
    expect(screen.get_by_role("link", name="先跳过")).to_be_in_viewport(ratio=1)
    expect(screen.locator(".mask-page")).to_be_in_viewport(ratio=0.5)


def test_keys_move_stretch_and_remove_the_box_in_focus(screen: Page) -> None:
    screen.get_by_label("电话，离左边 10%").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        screen.keyboard.press(key)
    assert boxes(screen)[0]["box"] == [106, 97, 306, 200]
    screen.keyboard.press("Tab")
    screen.keyboard.press("Delete")
    assert boxes(screen) == [{"kind": "phone", "box": [106, 97, 306, 200]}]
    expect(screen.locator("[data-said]")).to_have_text("已删除：工资")
    screen.keyboard.press("Control+z")
    assert len(boxes(screen)) == 2


def test_a_box_stays_on_the_page(screen: Page) -> None:
    drag(screen, (900, 100), (1500, 300))
    drawn = boxes(screen)[2]["box"]
    assert about(drawn, [900, 100, 1000, 300])
    screen.keyboard.press("ArrowRight")
    assert boxes(screen)[2]["box"] == drawn


def test_zooming_in_fetches_the_larger_image(screen: Page, phone: BrowserContext) -> None:
    phone.new_cdp_session(screen).send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    expect(screen.locator(".mask-page img")).to_have_attribute("src", re.compile("size=full$"))


def test_releasing_sends_every_box_and_the_revision(screen: Page, stage: SimpleNamespace) -> None:
    drag(screen, (400, 300), (800, 400))
    screen.get_by_role("button", name="核对无误，放行").click()
    expect(screen.locator("#answer")).to_have_text("收到")
    [(_, sent)] = [told for told in stage.told if told[0] == "masks"]
    assert sent["revision"] == "4"
    assert json.loads(sent["box"]) == PHONE


def test_without_script_boxes_are_checkboxes_in_words(stage: SimpleNamespace) -> None:
    html = stage.app.test_client().get("/masks").text
    assert html.count('type="checkbox" name="box"') == 2
    assert html.count("<rect x=") == 2
    assert html.count("data-tools hidden") == 2
