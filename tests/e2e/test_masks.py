"""The withheld page: readers are told why, an archivist looks and releases it, readers see it."""

from playwright.sync_api import Page, expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OWN
from tests.e2e.service import Service
from webapp.services import audit
from webapp.storage.archive import Material
from webapp.storage.database import database
from webapp.storage.pages import Page as Sheet

COVER, DIPLOMA = "干部履历表", "研究生学位证书"  # a machine doubts page 1 of each


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
    assert entry["details"] == {"boxes": 1, "added": 1, "removed": 0}


def test_a_page_is_released_without_scripts(read: Service, browsing: Browsing, official: Page) -> None:
    assert state(DIPLOMA) == "withheld"
    context = browsing.scriptless("dangan")
    page = context.new_page()
    page.goto("/desk/masks")
    page.get_by_role("link").filter(has_text=DIPLOMA).click()
    page.get_by_text("用数字加一个框").click()
    for side, percent in (("左边", "10"), ("右边", "40"), ("上边", "20"), ("下边", "30")):
        page.get_by_label(side).fill(percent)
    page.get_by_role("button", name="核对无误，放行").click()
    page.wait_for_url(lambda address: not address.endswith(page_id(DIPLOMA)))
    context.close()
    assert state(DIPLOMA) == "verified"
    visits.read(official, visits.material_id(OWN.dossier_number, DIPLOMA), 1)
    expect(official.locator("#pg1 img")).to_be_visible()


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
