"""A page read on a phone, its screenshot sent to the security officer: the viewing it came from comes out first."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import screens, visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.service import Service
from webapp.storage.accounts import Officer
from webapp.storage.archive import Material
from webapp.storage.database import database
from webapp.storage.pages import Page as Sheet
from webapp.storage.reading import Viewing

TITLE = "干部任免审批表"


def number_of(login: str) -> str:
    """The viewing in which this officer reads the other person's dossier."""
    with database.connection_context():
        query = Viewing.select().join(Officer).where(Officer.login == login).order_by(Viewing.id.desc())
        return next(one.number for one in query if one.dossier.number == OTHER.dossier_number)


def page_of(material: str) -> str:
    """Public id of the first page of a material."""
    with database.connection_context():
        found = Sheet.select().join(Material).where((Material.public_id == material) & (Sheet.number == 1))
        return str(found.get().public_id)


def test_a_screenshot_of_the_phone_leads_to_the_viewing_it_was_taken_in(
    read: Service, browsing: Browsing, official: Page, say: Callable[[str], None]
) -> None:
    material = visits.material_id(OTHER.dossier_number, TITLE)
    keeper = browsing.officer("dangan")  # another reader of the same page
    keeper.goto(f"/desk/masks/{page_of(material)}")
    keeper.wait_for_function("() => document.querySelector('.mask-page img').naturalWidth > 0")
    keeper.close()
    visits.read(official, material)
    screenshot = official.screenshot()  # as the phone makes it: bars, buttons and all

    page = browsing.officer("baomi")
    page.goto("/")
    page.get_by_role("link", name="追查", exact=True).first.click()
    page.get_by_label("泄露的截图或照片").set_input_files(
        {"name": "截图.png", "mimeType": "image/png", "buffer": screenshot}
    )
    page.get_by_text("知道是哪一份档案或哪一页").click()
    page.get_by_label("档案号").fill(OTHER.dossier_number)
    page.get_by_role("button", name="开始比对").click()
    page.wait_for_url("**/desk/trace/*")
    first = page.get_by_role("article").first
    expect(first).to_contain_text(number_of("chadang"), timeout=120_000)
    expect(first).to_contain_text("可作证据")
    say("trace: " + " ".join(first.get_by_role("definition").all_inner_texts()))
    expect(page.get_by_role("main")).not_to_contain_text(OTHER.name)
    expect(page.get_by_role("main")).not_to_contain_text(TITLE)
    assert screens.faults(page, "trace-answer") == []

    page.goto("/desk/trace")
    assert screens.faults(page, "trace") == []
    page.get_by_label("明水印上的查阅号").fill(number_of("chadang").lower())
    page.get_by_role("button", name="查这个号").click()
    expect(page.get_by_role("article")).to_contain_text("chadang")
    assert screens.faults(page, "trace-viewing") == []
    page.close()


def test_only_the_security_officer_traces(read: Service, browsing: Browsing) -> None:
    for login in ("chadang", "dangan", "xitong", "shenji"):
        page = browsing.officer(login)
        assert page.request.get("/desk/trace").status == 403, login
        page.close()
