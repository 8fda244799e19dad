"""Being told while a page is open: the number on the icon, and a list that keeps up to date under the eyes."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.asking import make_request
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.screens import faults
from tests.e2e.service import Service
from tests.services.cast import material_in
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import notices, requests
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier
from webapp.storage.database import database, new_public_id, transaction
from webapp.storage.requests import AccessRequest

ICON = """window.told = [];
navigator.setAppBadge = number => Promise.resolve(told.push(number));
navigator.clearAppBadge = () => Promise.resolve(told.push(0));"""
POLL_MS = 31_000
TAP_AFTER_SWAP = """() => document.addEventListener("htmx:after:swap", () => {
  const tap = new MouseEvent("click", { detail: 1, bubbles: true, cancelable: true });
  window.hit = document.querySelector("#waiting a").dispatchEvent(tap);
})"""


def ask(title: str) -> AccessRequest:
    with database.connection_context():
        dossier = Dossier.get(Dossier.number == OTHER.dossier_number)
        return make_request(_asker(), material_in(dossier, "4-1", title), now=datetime.now(UTC))


def withdraw(request: AccessRequest) -> None:
    with database.connection_context():
        requests.withdraw(_asker(), request.public_id, now=datetime.now(UTC))


def tell(login: str) -> None:
    with database.connection_context(), transaction():
        officer = Officer.get(Officer.login == login)
        notices.notify(officer, NoticeKind.PASSKEY_ADDED, new_public_id(), now=datetime.now(UTC))


def _asker() -> Actor:
    return Actor(Officer.get(Officer.login == "caizheng"), Role.OFFICIAL)


def waiting(page: Page) -> int:
    return int(re.sub(r"\D", "", page.get_by_role("heading", level=1).inner_text()))


def test_an_open_list_shows_what_arrives_and_drops_what_is_withdrawn(
    service: Service, browsing: Browsing
) -> None:
    page = browsing.officer("shenpi")
    page.goto("/approvals")
    before = waiting(page)
    request = ask("正在看着的时候来的登记表")
    card = page.get_by_role("article").filter(has_text="正在看着的时候来的登记表")
    expect(card).to_be_visible()
    assert waiting(page) == before + 1
    withdraw(request)
    expect(card).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"待审批 {before}")
    expect(page.get_by_role("status").filter(has_text="待审批")).to_have_text(f"待审批 {before}")
    assert faults(page, "approvals-live") == []
    page.close()


def test_what_has_just_moved_is_not_hit_and_the_focus_stays(service: Service, browsing: Browsing) -> None:
    page = browsing.officer("shenpi")
    request = ask("原来就在的登记表")
    page.goto("/approvals")
    link = page.get_by_role("article").filter(has_text="原来就在的登记表").get_by_role("link")
    link.focus()
    page.evaluate(TAP_AFTER_SWAP)
    other = ask("后来的登记表")
    expect(page.get_by_role("article").filter(has_text="后来的登记表")).to_be_visible()
    assert page.evaluate("() => hit") is False
    expect(link).to_be_focused()
    page.keyboard.press("Enter")  # whoever types has aimed at nothing that moves
    page.wait_for_url(f"**/approvals/{request.public_id}")
    page.close()
    for each in (request, other):
        withdraw(each)


def test_the_number_on_the_icon_follows_what_is_unread(service: Service, browsing: Browsing) -> None:
    page = browsing.officer("benren")
    page.add_init_script(ICON)
    page.clock.install()
    page.goto("/notices")
    if page.get_by_role("button", name="全部标为已读").count():
        page.get_by_role("button", name="全部标为已读").click()
    page.wait_for_function("() => told.length && told.at(-1) === 0")
    with page.expect_response(re.compile("/badge")) as unchanged:
        page.clock.run_for(POLL_MS)
    assert unchanged.value.status == 204
    tell("benren")
    page.clock.run_for(POLL_MS)
    page.wait_for_function("() => told.at(-1) === 1")
    expect(page.locator("#badge")).to_have_attribute("data-unread", "1")
    page.close()


def test_the_screen_of_the_ways_is_open_to_everyone(service: Service, browsing: Browsing) -> None:
    page = browsing.officer("benren")
    page.goto("/account")
    page.get_by_role("link", name="提醒方式").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("提醒方式")
    assert faults(page, "ways") == []
    page.close()
