"""The service worker keeps the listed files and the offline page, and nothing a page has shown."""

import re
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import BrowserContext, Page

from tests.static.conftest import SHELL, static

WORKER = (Path(__file__).parents[2] / "templates/pwa/sw.js").read_text()
KEPT = """async () => {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
  return { names, urls: requests.flat().map(request => request.url.slice(location.origin.length)).sort() };
}"""


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
