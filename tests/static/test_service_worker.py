"""The service worker keeps the listed files and the offline page, and nothing a page has shown."""

import re
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import BrowserContext, Page

from tests.static.conftest import SHELL, static
from webapp.domain.notice import UNSAID

WORKER = (Path(__file__).parents[2] / "templates/pwa/sw.js").read_text()
KEPT = """async () => {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
  return { names, urls: requests.flat().map(request => request.url.slice(location.origin.length)).sort() };
}"""
SHOWN = """navigator.serviceWorker.ready.then(worker => worker.getNotifications())
  .then(shown => shown.map(each => [each.title, each.body]))"""


def test_the_worker_stores_once_and_never_puts() -> None:
    assert WORKER.count("addAll(") == 1
    assert not re.search(r"\.put\(|\.add\(", WORKER)


def test_after_a_tour_the_phone_keeps_the_shell_alone_and_goes_offline_politely(
    page: Page, phone: BrowserContext, stage: SimpleNamespace
) -> None:
    page.goto(f"{stage.address}/parts")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    for screen in ("parts", "viewer", "intake"):
        page.goto(f"{stage.address}/{screen}")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expected = {"names": ["lantai-7"], "urls": sorted([*(static(path) for path in SHELL), "/offline"])}
    assert page.evaluate(KEPT) == expected
    phone.set_offline(True)
    page.goto(f"{stage.address}/parts")
    assert page.get_by_role("heading", level=1).inner_text() == "没有网络"
    phone.set_offline(False)
    page.get_by_role("link", name="重试").click()
    assert page.get_by_role("heading", level=1).inner_text() == "钱强丽"
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]


def test_signing_out_empties_what_the_phone_keeps(page: Page, stage: SimpleNamespace) -> None:
    page.goto(f"{stage.address}/sign_in")
    page.evaluate("() => { localStorage.a = 1; return caches.open('old').then(() => true); }")
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/out")
    assert page.evaluate("() => caches.keys()") == []
    assert page.evaluate("() => localStorage.length") == 0


def test_the_phone_would_install_it(page: Page, phone: BrowserContext, stage: SimpleNamespace) -> None:
    page.goto(f"{stage.address}/parts")
    session = phone.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_a_push_shows_one_notification_that_says_nothing(
    page: Page, phone: BrowserContext, stage: SimpleNamespace
) -> None:
    phone.grant_permissions(["notifications"], origin=stage.address)
    page.goto(f"{stage.address}/parts")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    session, known = phone.new_cdp_session(page), []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    page.wait_for_function(f"() => {SHOWN}.then(() => true)")
    ours = next(each for each in known if each["scopeURL"].startswith(stage.address))
    for words in ("", "张三"):
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": stage.address, "registrationId": ours["registrationId"], "data": words},
        )
    page.wait_for_function(f"async () => {SHOWN}.then(shown => shown.length)")
    assert page.evaluate(f"() => {SHOWN}") == [["兰台", UNSAID]]
