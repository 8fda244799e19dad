"""The withheld page: readers are told why, an archivist looks and releases it, readers see it."""

import re
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import CDPSession, Page, ViewportSize, expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing, account
from tests.e2e.papers import OWN, unsent
from tests.e2e.service import Service
from webapp.demonstration import founding
from webapp.services import audit
from webapp.storage.archive import Material
from webapp.storage.database import database
from webapp.storage.pages import Page as Sheet

COVER, DIPLOMA = "干部履历表", "研究生学位证书"  # page 1 of each waits for a person
SMALL: ViewportSize = {"width": 360, "height": 780}
LARGE: ViewportSize = {"width": 412, "height": 915}


def test_a_withheld_page_says_why_until_an_archivist_has_looked(
    read: Service, official: Page, archivist: Page
) -> None:
    resume = visits.material_id(OWN.dossier_number, COVER)
    visits.read(official, resume, 1)
    expect(official.locator("#pg1")).to_contain_text("此页的遮挡还需档案管理员核对，核对后即可查看")
    expect(official.locator("#pg1 img")).to_have_count(0)
    assert official.request.get(f"/materials/{resume}/pages/1/image").status == 403

    archivist.goto("/")
    archivist.get_by_role("link", name="遮挡核对").click()
    archivist.get_by_role("link").filter(has_text=f"{COVER} · 第 1 页").click()
    expect(archivist.get_by_role("img", name="第 1 页的图像")).to_be_visible()
    archivist.wait_for_function("() => document.querySelector('.mask-page img').naturalWidth > 0")
    draw(archivist, (0.3, 0.4), (0.6, 0.5))
    archivist.get_by_role("button", name="核对无误，放行").click()
    archivist.wait_for_url(lambda address: not address.endswith(page_id(COVER)))
    read.read_everything()

    visits.read(official, resume, 1)
    expect(official.locator("#pg1 img")).to_be_visible()
    with database.connection_context():
        entry = next(one for one in audit.entries() if one["action"] == "mask:verified")
    assert (entry["details"]["added"], entry["details"]["removed"]) == (1, 0)


def test_a_page_is_released_without_scripts(read: Service, browsing: Browsing, official: Page) -> None:
    assert state(DIPLOMA) == "withheld"
    context = browsing.scriptless("dangan")
    page = context.new_page()
    page.goto("/desk/masks")
    page.get_by_role("link").filter(has_text=DIPLOMA).click()
    page.get_by_text("用数字加一个框").click()
    for side, percent in (("左边", "10"), ("右边", "40"), ("上边", "20"), ("下边", "30")):
        page.get_by_role("textbox", name=side).fill(percent)
    page.get_by_role("button", name="核对无误，放行").click()
    page.wait_for_url(lambda address: not address.endswith(page_id(DIPLOMA)))
    context.close()
    assert state(DIPLOMA) == "verified"
    visits.read(official, visits.material_id(OWN.dossier_number, DIPLOMA), 1)
    expect(official.locator("#pg1 img")).to_be_visible()


@pytest.fixture(scope="module")
def yearly(read: Service) -> list[str]:
    """Titles of two years of one form, which both wait for a person."""
    drawn = [one for one in unsent(OWN, "3") if "年度考核登记表" in one.title]
    with database.connection_context():
        founding.send(drawn, clock=lambda: datetime.now(UTC))
    read.read_everything()
    for one in drawn:
        visits.withhold(OWN.dossier_number, one.title)
    return [one.title for one in drawn]


def test_masks_are_checked_with_the_thumb(read: Service, archivist: Page, yearly: list[str]) -> None:
    first, second = yearly
    archivist.set_viewport_size(SMALL)
    open_page(archivist, first)
    boxes = archivist.locator("input[name=box]")
    before = boxes.count()
    archivist.get_by_role("link", name="先跳过").tap()
    archivist.wait_for_url(lambda address: not address.endswith(page_id(first)))
    open_page(archivist, first)
    archivist.get_by_role("button", name="画框").tap()
    swipe(archivist, (0.3, 0.35), (0.6, 0.42))
    expect(archivist.locator("[data-said]")).to_have_text("已加框：证件号")
    expect(boxes).to_have_count(before + 1)
    archivist.get_by_role("button", name="删除").tap()
    expect(boxes).to_have_count(before)
    archivist.get_by_role("button", name="撤销").tap()
    expect(boxes).to_have_count(before + 1)
    archivist.get_by_text("画的框也放到同一表格的其他待核对页").tap()
    archivist.get_by_role("button", name="核对无误，放行").tap()
    archivist.wait_for_url("**copied=1")
    expect(archivist.get_by_role("main")).to_contain_text("已放到同一表格的 1 页")
    assert (state(first), state(second)) == ("verified", "withheld"), "a box from elsewhere releases nothing"


def test_a_box_from_another_page_of_the_form_is_seen_and_the_page_released_by_one_tap(
    read: Service, archivist: Page, yearly: list[str]
) -> None:
    second = yearly[1]
    archivist.set_viewport_size(LARGE)
    open_page(archivist, second)
    carried = archivist.get_by_role("button", name=re.compile("^证件号，")).last.bounding_box()
    assert carried is not None
    archivist.touchscreen.tap(carried["x"] + carried["width"] / 2, carried["y"] + carried["height"] / 2)
    expect(archivist.locator("[data-said]")).to_have_text("证件号 · 由同一表格的另一页带来")
    archivist.get_by_role("button", name="核对无误，放行").tap()
    archivist.wait_for_url(lambda address: not address.endswith(page_id(second)))
    assert state(second) == "verified"
    archivist.goto(f"/desk/materials/{visits.material_id(OWN.dossier_number, second)}")
    expect(archivist.get_by_role("list", name="页的顺序")).to_contain_text(f"{account('dangan').name} 20")
    read.read_everything()


def open_page(page: Page, title: str) -> None:
    """A page that waits, opened from the list, its image on the screen."""
    page.goto("/desk/masks")
    page.get_by_role("link").filter(has_text=f"{title} · 第 1 页").tap()
    page.wait_for_url(f"**/{page_id(title)}")
    page.wait_for_function("() => document.querySelector('.mask-page img').naturalWidth > 0")


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger from and to shares of the picture's width and height, slowly: the tap after a flick is none."""
    box = page.locator(".mask-page svg").bounding_box()
    assert box is not None
    devtools, began = page.context.new_cdp_session(page), time.time() - 2
    for step in range(5):
        across, down = (a + step / 4 * (b - a) for a, b in zip(start, end, strict=True))
        point = {"x": box["x"] + across * box["width"], "y": box["y"] + down * box["height"]}
        _touch(devtools, "touchMove" if step else "touchStart", began + step / 4, point)
    _touch(devtools, "touchEnd", began + 1.5)
    devtools.detach()


def _touch(devtools: CDPSession, kind: str, at: float, *points: dict[str, float]) -> None:
    devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points), "timestamp": at})


def draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a box with the mouse, from and to shares of the picture's width and height."""
    picture = page.locator(".mask-page svg")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    (x, y), (to_x, to_y) = (
        (box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in (start, end)
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=5)
    page.mouse.up()
    expect(page.get_by_role("button", name="撤销")).to_be_enabled()


def sheet(title: str) -> Sheet:
    """The first page of one of the own dossier's materials."""
    with database.connection_context():
        id_ = visits.material_id(OWN.dossier_number, title)
        return Sheet.select().join(Material).where((Material.public_id == id_) & (Sheet.number == 1)).get()


def page_id(title: str) -> str:
    return str(sheet(title).public_id)


def state(title: str) -> str:
    return str(sheet(title).mask_state)
