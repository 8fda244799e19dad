"""Every screen of every role: no axe violation in light, dark and for elders, no sideways scrolling, large targets."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import screens, visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER, OWN
from tests.e2e.service import Service
from webapp.domain.role import Role
from webapp.services import complaints
from webapp.services.actor import Actor
from webapp.services.complaints import Matter
from webapp.storage.accounts import Officer
from webapp.storage.database import database
from webapp.storage.facts import FactQuery
from webapp.storage.loans import Loan
from webapp.storage.pages import Mask
from webapp.storage.pages import Page as Sheet

Tour = dict[str, Callable[[Page], object]]


def to(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def searched(words: str) -> Callable[[Page], object]:
    return lambda page: visits.search(page, words)


def reading(material: str, number: int) -> Callable[[Page], object]:
    return lambda page: visits.read(page, material, number)


def first_of(path: str) -> Callable[[Page], object]:
    """The page of the first row of a list."""

    def visit(page: Page) -> None:
        page.goto(path)
        page.locator(".cells a").first.click()
        page.wait_for_url(lambda address: not address.endswith(path))

    return visit


def complaint() -> str:
    """The id of a complaint of the individual, made once."""
    with database.connection_context():
        individual = Actor(Officer.get(Officer.login == "benren"), Role.INDIVIDUAL)
        made = complaints.own(individual)
        if not made:
            words = "更正申请一直没有人答复"
            return str(
                complaints.complain(individual, Matter("correction"), words, now=datetime.now(UTC)).public_id
            )
        return str(made[0].complaint.public_id)


def loan_of(login: str) -> str:
    """The id of what an officer has borrowed."""
    with database.connection_context():
        return str(Loan.select().join(Officer, on=Loan.taker).where(Officer.login == login).get().public_id)


def query() -> str:
    """The id of the query for facts that waits for the keeper."""
    with database.connection_context():
        return str(FactQuery.get(FactQuery.state == "waiting").public_id)


def officer_id(login: str) -> str:
    with database.connection_context():
        return str(Officer.get(Officer.login == login).public_id)


def verdict(page: Page) -> None:
    page.goto("/desk/audit")
    page.get_by_role("button", name="核验全部日志").click()
    expect(page.get_by_role("heading", name="日志核验结果")).to_be_visible()


def checked_rules(page: Page) -> None:
    page.goto("/desk/policy/new")
    page.get_by_label("阅读时长最长").fill("600")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="核对规则变更")).to_be_visible()


def strangers() -> Tour:
    return {
        "login": to("/login"),
        "offline": to("/offline"),
        "help-stranger": to("/help"),
        "check": to("/check"),
        "demonstration": to("/demo/codes"),
        "nowhere": to("/nowhere"),
        "dead-link": to("/enrol/none"),
    }


def officials() -> Tour:
    own, booklet = visits.dossier_id(OWN.dossier_number), visits.material_id(OWN.dossier_number, "干部履历表")
    closed = visits.material_id(OTHER.dossier_number, f"关于{OTHER.name}同志的考察材料")
    return {
        "home-new": to("/"),
        "search": to("/search"),
        "results": searched("云梧市"),
        "results-none": searched("查无此句的一句话"),
        "summary": to(f"/dossiers/{own}"),
        "catalogue": to(f"/dossiers/{own}/catalogue"),
        "purpose": to(f"/materials/{visits.material_id(OTHER.dossier_number, '干部任免审批表')}"),
        "viewer": reading(booklet, 2),
        "viewer-withheld": reading(booklet, 1),
        "page-as-text": to(f"/materials/{booklet}/pages/2/text"),
        "refused": to(f"/materials/{closed}"),
        "facts": to("/requests/facts"),
        "facts-new": to(f"/requests/facts/new?dossier={own}"),
        "facts-query": first_of("/requests/facts"),
        "home": to("/"),
        "own-loan": to(f"/loans/{loan_of('chadang')}"),
        "account": to("/account"),
        "help": to("/help"),
        "password": to("/account/password"),
        "phone": to("/account/phone"),
        "recovery-codes": to("/account/recovery-codes"),
    }


def individuals() -> Tour:
    own, booklet = visits.dossier_id(OWN.dossier_number), visits.material_id(OWN.dossier_number, "干部履历表")
    return {
        "own": to("/"),
        "own-catalogue": to(f"/dossiers/{own}/catalogue"),
        "own-viewer": reading(booklet, 2),
        "own-viewers": to("/me/viewers"),
        "own-paper": to("/me/viewers/paper"),
        "own-viewing": first_of("/me/viewers?own=1"),
        "own-corrections": to("/me/corrections"),
        "own-correction-new": to("/me/corrections/new"),
        "own-correction": first_of("/me/corrections"),
        "own-complaint-new": to("/me/complaints/new"),
        "own-complaint": to(f"/me/complaints/{complaint()}"),
        "own-facts": to("/me/facts"),
        "own-facts-new": to("/me/facts/new"),
        "own-facts-told": to("/me/facts/told"),
        "own-export": to("/me/export"),
        "own-account": to("/account"),
        "own-role": to("/account/role"),
    }


def archivists() -> Tour:
    own, report = visits.dossier_id(OWN.dossier_number), visits.material_id(OWN.dossier_number, "思想汇报")
    with database.connection_context():
        waiting = Sheet.get(Sheet.mask_state == "withheld").public_id
        boxed = Sheet.select(Sheet).join(Mask).order_by(Sheet.id).first().public_id
    return {
        "desk-home": to("/"),
        "desk-intake": to("/desk/intake"),
        "desk-material-files": to(f"/desk/intake/{report}"),
        "desk-people": to("/desk/people"),
        "desk-roster": to("/desk/people/import"),
        "desk-catalogue": to(f"/desk/dossiers/{own}/catalogue"),
        "desk-new-material": to(f"/desk/dossiers/{own}/catalogue/new"),
        "desk-material": to(f"/desk/materials/{visits.material_id(OWN.dossier_number, '干部履历表')}"),
        "desk-masks": to("/desk/masks"),
        "desk-mask-page": to(f"/desk/masks/{waiting}"),
        "desk-mask-page-with-boxes": to(f"/desk/masks/{boxed}"),
        "desk-corrections": to("/desk/corrections"),
        "desk-correction": first_of("/desk/corrections"),
        "desk-loans": to("/desk/loans"),
        "desk-loan": first_of("/desk/loans"),
        "desk-loan-new": to(f"/desk/dossiers/{own}/loans/new"),
        "desk-loans-of-dossier": to(f"/desk/dossiers/{own}/loans"),
        "desk-facts": to("/desk/facts"),
        "desk-facts-query": first_of("/desk/facts"),
        "desk-fact": to(f"/desk/facts/{query()}/lines/full-time"),
        "desk-notices": to("/notices"),
        "desk-summary": to(f"/dossiers/{own}"),
    }


def system_administrators() -> Tour:
    someone = officer_id("caizheng")
    return {
        "admin-home": to("/"),
        "admin-officers": to("/desk/officers"),
        "admin-new-officer": to("/desk/officers/new"),
        "admin-import": to("/desk/officers/import"),
        "admin-officer": to(f"/desk/officers/{someone}"),
    }


def security_officers() -> Tour:
    someone = officer_id("caizheng")
    return {
        "security-home": to("/"),
        "security-rights": to("/desk/rights"),
        "security-cases": to("/desk/cases"),
        "security-case": to(f"/desk/cases/{complaint()}"),
        "security-officer": to(f"/desk/rights/{someone}"),
        "security-grants": to("/desk/grants"),
        "security-recusals": to("/desk/recusals"),
        "security-delegations": to("/desk/delegations"),
        "security-policy": to("/desk/policy"),
        "security-policy-new": to("/desk/policy/new"),
        "security-policy-check": checked_rules,
    }


def auditors() -> Tour:
    return {
        "audit-home": to("/"),
        "audit": to("/desk/audit"),
        "audit-verdict": verdict,
        "audit-policy": to("/desk/policy"),
    }


TOURS = {
    "chadang": officials,
    "benren": individuals,
    "dangan": archivists,
    "xitong": system_administrators,
    "baomi": security_officers,
    "shenji": auditors,
}


@pytest.mark.parametrize("login", TOURS)
def test_every_screen_of_a_role_is_open_to_everyone(read: Service, browsing: Browsing, login: str) -> None:
    tour = TOURS[login]()
    page = browsing.officer(login)
    if login == "benren":
        visits.act_as(page, browsing, "本人")
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
    for name, visit in strangers().items():
        visit(page)
        found += screens.faults(page, name)
    context.close()
    assert not found, "\n".join(found)


def choose_size(page: Page, label: str) -> None:
    page.goto("/account")
    page.locator("label", has_text=label).click()
    page.get_by_role("button", name="保存显示设置").click()
    expect(page.get_by_label(label)).to_be_checked()
