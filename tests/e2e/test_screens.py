"""Every screen of every role: no axe violation in light, dark and for elders, no sideways scrolling, large targets."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import screens
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER, OWN
from tests.e2e.service import Service
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import database
from webapp.storage.pages import Page as Sheet

Tour = dict[str, Callable[[Page], object]]


def to(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def dossier(number: str) -> str:
    return str(Dossier.get(Dossier.number == number).public_id)


def material(number: str, title: str) -> str:
    found = Material.select().join(Dossier).where((Dossier.number == number) & (Material.title == title))
    return str(found.get().public_id)


def searched(words: str) -> Callable[[Page], object]:
    def search(page: Page) -> None:
        page.goto("/search")
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="查找").click()
        expect(page.locator("#results")).to_be_visible()

    return search


def read(material_id: str, number: int = 1) -> Callable[[Page], object]:
    """Open the viewer, stating a purpose where that is asked."""

    def open_viewer(page: Page) -> None:
        page.goto(f"/materials/{material_id}?page={number}")
        if page.get_by_role("button", name="开始查阅").count():
            page.locator("input[name=purpose]").first.check()
            page.get_by_role("button", name="开始查阅").click()
        expect(page.locator(f"#pg{number}")).to_be_visible()

    return open_viewer


def verdict(page: Page) -> None:
    page.goto("/desk/audit")
    page.get_by_role("button", name="核验全部日志").click()
    expect(page.get_by_role("heading", name="日志核验结果")).to_be_visible()


def strangers(_: Service) -> Tour:
    return {
        "login": to("/login"),
        "offline": to("/offline"),
        "demonstration": to("/demo/codes"),
        "nowhere": to("/nowhere"),
        "dead-link": to("/enrol/none"),
    }


def officials(_: Service) -> Tour:
    own, booklet = dossier(OWN.dossier_number), material(OWN.dossier_number, "干部履历表")
    closed = material(OTHER.dossier_number, f"关于{OTHER.name}同志的考察材料")
    return {
        "home-new": to("/"),
        "search": to("/search"),
        "results": searched("云梧市"),
        "results-none": searched("查无此句的一句话"),
        "summary": to(f"/dossiers/{own}"),
        "catalogue": to(f"/dossiers/{own}/catalogue"),
        "purpose": to(f"/materials/{material(OTHER.dossier_number, '干部任免审批表')}"),
        "viewer": read(booklet, 2),
        "viewer-withheld": read(booklet, 1),
        "page-as-text": to(f"/materials/{booklet}/pages/2/text"),
        "refused": to(f"/materials/{closed}"),
        "home": to("/"),
        "account": to("/account"),
        "password": to("/account/password"),
        "phone": to("/account/phone"),
        "recovery-codes": to("/account/recovery-codes"),
    }


def archivists(_: Service) -> Tour:
    own, report = dossier(OWN.dossier_number), material(OWN.dossier_number, "思想汇报")
    withheld = Sheet.get(Sheet.mask_state == "withheld").public_id
    masked = Sheet.select().join(Material).where((Material.title == "干部履历表") & (Sheet.number == 2)).get()
    return {
        "desk-home": to("/"),
        "desk-intake": to("/desk/intake"),
        "desk-material-files": to(f"/desk/intake/{report}"),
        "desk-people": to("/desk/people"),
        "desk-roster": to("/desk/people/import"),
        "desk-catalogue": to(f"/desk/dossiers/{own}/catalogue"),
        "desk-new-material": to(f"/desk/dossiers/{own}/catalogue/new"),
        "desk-material": to(f"/desk/materials/{material(OWN.dossier_number, '干部履历表')}"),
        "desk-masks": to("/desk/masks"),
        "desk-mask-page": to(f"/desk/masks/{withheld}"),
        "desk-mask-page-with-boxes": to(f"/desk/masks/{masked.public_id}"),
        "desk-summary": to(f"/dossiers/{own}"),
    }


def system_administrators(_: Service) -> Tour:
    someone = Officer.get(Officer.login == "caizheng").public_id
    return {
        "admin-home": to("/"),
        "admin-officers": to("/desk/officers"),
        "admin-new-officer": to("/desk/officers/new"),
        "admin-import": to("/desk/officers/import"),
        "admin-officer": to(f"/desk/officers/{someone}"),
    }


def security_officers(_: Service) -> Tour:
    someone = Officer.get(Officer.login == "caizheng").public_id
    return {
        "security-home": to("/"),
        "security-rights": to("/desk/rights"),
        "security-officer": to(f"/desk/rights/{someone}"),
    }


def auditors(_: Service) -> Tour:
    return {"audit-home": to("/"), "audit": to("/desk/audit"), "audit-verdict": verdict}


TOURS = {
    "chadang": officials,
    "dangan": archivists,
    "xitong": system_administrators,
    "baomi": security_officers,
    "shenji": auditors,
}


@pytest.mark.parametrize("login", TOURS)
def test_every_screen_of_a_role_is_open_to_everyone(read: Service, browsing: Browsing, login: str) -> None:
    with database.connection_context():
        tour = TOURS[login](read)
    page = browsing.officer(login)
    found = []
    for name, visit in tour.items():
        visit(page)
        found += screens.faults(page, name)
    choose_size(page, "长辈版")
    for name, visit in tour.items():
        visit(page)
        found += screens.faults_for_elders(page, name)
    choose_size(page, "标准")
    page.close()
    assert not found, "\n".join(found)


def test_every_screen_before_signing_in_is_open_to_everyone(read: Service, browsing: Browsing) -> None:
    context = browsing.stranger()
    page, found = context.new_page(), []
    for name, visit in strangers(read).items():
        visit(page)
        found += screens.faults(page, name)
    context.close()
    assert not found, "\n".join(found)


def choose_size(page: Page, label: str) -> None:
    page.goto("/account")
    page.locator("label", has_text=label).click()
    page.get_by_role("button", name="保存显示设置").click()
    expect(page.get_by_label(label)).to_be_checked()
