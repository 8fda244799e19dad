"""The web app on a phone: installable, keeps its static shell and nothing else, says so when offline, and is light."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import visits
from tests.e2e.browsing import CHROMIUM, FLAGS, Browsing, new_official, sign_in
from tests.e2e.papers import OWN, truth
from tests.e2e.service import Service
from webapp.web.static_files import SHELL

Say = Callable[[str], None]
COLD_KB, COLD_REQUESTS, IMAGE_KB = 35, 9, 130
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found.sort();
}"""
STORED = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"


@pytest.fixture
def phone(browsing: Browsing, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser with a profile of its own: only there can a web app be installed."""
    context = browsing.playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, headless=True, args=FLAGS, **browsing.phone()
    )
    browsing.watch(context)
    yield context
    context.close()


@pytest.fixture
def remembering(browsing: Browsing, tmp_path: Path) -> Iterator[BrowserContext]:
    """The same with a memory of pages one can go back to, which Playwright switches off."""
    context = browsing.playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=CHROMIUM, headless=True, args=FLAGS,
        ignore_default_args=["--disable-back-forward-cache"], **browsing.phone(),
    )  # fmt: skip
    browsing.watch(context)
    yield context
    context.close()


@dataclass
class Weight:
    """What a page fetched: requests and bytes as they came over the wire, headers too."""

    bytes: int = 0
    addresses: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", lambda event: self.addresses.append(event["request"]["url"]))
        devtools.on("Network.loadingFinished", self._finished)

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    @property
    def kilobytes(self) -> float:
        return self.bytes / 1024


def test_the_app_can_be_installed(browsing: Browsing, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/login")
    page.evaluate("() => navigator.serviceWorker.ready")
    devtools = phone.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest")
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


def test_a_tour_leaves_only_the_static_shell_on_the_phone(
    read: Service, browsing: Browsing, phone: BrowserContext
) -> None:
    page = phone.new_page()
    sign_in(page, browsing, new_official("言之远"))
    _tour(page)
    state = page.evaluate("() => navigator.serviceWorker.ready.then(held => held.active.state)")
    assert state == "activated"
    assert page.evaluate("() => Boolean(navigator.serviceWorker.controller)")
    assert page.evaluate(KEPT) == sorted(["/offline", *(f"/static/{name}" for name in SHELL)])
    assert page.evaluate(STORED) == [0, 0, 0]
    page.goto("/account")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    assert page.evaluate(STORED) == [0, 0, 0]
    assert set(page.evaluate(KEPT)) <= {"/offline", *(f"/static/{name}" for name in SHELL)}


def test_without_network_the_app_says_so_and_shows_nothing_else(
    read: Service, browsing: Browsing, phone: BrowserContext
) -> None:
    page = phone.new_page()
    sign_in(page, browsing, new_official("步青云"))
    _tour(page)
    phone.set_offline(True)
    page.goto("/search")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    assert OWN.name not in page.content()
    phone.set_offline(False)
    page.goto("/search")
    expect(page.get_by_role("heading", name="查档")).to_be_visible()
    browsing.wrong[:] = [what for what in browsing.wrong if "ERR_INTERNET_DISCONNECTED" not in what]


def test_after_signing_out_neither_memory_history_nor_disk_holds_anything_of_a_dossier(
    read: Service, browsing: Browsing, remembering: BrowserContext, tmp_path: Path
) -> None:
    page = remembering.new_page()
    sign_in(page, browsing, new_official("路知远"))
    _tour(page)
    with page.expect_response(re.compile("/image")) as answered:
        page.goto(f"/materials/{visits.material_id(OWN.dossier_number, '思想汇报')}")
    picture = answered.value.body()
    page.goto("/account")
    with page.expect_request(lambda asked: asked.is_navigation_request()):
        page.go_back()  # to the viewer: asked for anew, not from the browser's memory
    expect(page.locator("figure img").first).to_be_visible()
    other = remembering.new_page()
    other.goto(f"/dossiers/{visits.dossier_id(OWN.dossier_number)}")
    page.goto("/account")
    page.get_by_role("button", name="退出登录").click()
    for signed_out in (page, other):  # in the other tab too, by itself
        expect(signed_out.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    entries = _history(page)
    assert len(entries) > 6
    assert _secrets_in(str(entries).encode()) == set()
    for _ in entries[1:-1]:
        page.go_back()
        assert _secrets_in(page.content().encode()) == set(), page.url
    page.goto("/login")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    remembering.set_offline(True)
    for _ in entries[1:-1]:
        page.go_back()
        assert _secrets_in(page.content().encode()) == set(), page.url
    remembering.close()
    browsing.wrong[:] = [what for what in browsing.wrong if "ERR_INTERNET_DISCONNECTED" not in what]
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any("原件浏览".encode() in content for content in kept.values()), "the history is among them"
    for path, content in kept.items():
        assert _secrets_in(content) == set(), path
        assert picture[400:464] not in content, path


def test_screens_are_light_when_nothing_is_kept_yet(read: Service, browsing: Browsing, say: Say) -> None:
    official = browsing.officer("chadang")
    visits.search(official, "云梧市")
    results = official.url
    state = official.context.storage_state()
    official.close()
    for name, address, held in (("login", "/login", None), ("home", "/", state), ("results", results, state)):
        context = browsing.stranger(storage_state=held)
        page, weight = context.new_page(), Weight()
        weight.listen(page)
        page.goto(address, wait_until="networkidle")
        context.close()
        say(f"{name}: {weight.kilobytes:.1f} KB in {len(weight.addresses)} requests")
        assert weight.kilobytes <= COLD_KB, weight.addresses
        assert len(weight.addresses) <= COLD_REQUESTS, weight.addresses


def test_the_first_image_of_the_viewer_is_light(read: Service, browsing: Browsing, say: Say) -> None:
    official = browsing.officer("chadang")
    for title, number in (("干部履历表", 2), ("干部履历表", 3), ("思想汇报", 1)):
        material = visits.material_id(OWN.dossier_number, title)
        visits.read(official, material, number)
        size = len(visits.picture(official, material, number, "image/avif", size="page")) / 1024
        say(f"{title} {number}: {size:.0f} KB")
        assert size <= IMAGE_KB
    official.close()


def test_the_shell_is_told_to_be_kept_and_pages_are_not(service: Service, browsing: Browsing) -> None:
    official = browsing.officer("chadang")
    page = official.request.get("/")
    assert page.headers["cache-control"] == "private, no-store"
    style = re.search(r"/static/css/lantai\.css\?v=\w+", page.text())
    assert style
    answer = official.request.get(style[0])
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    official.close()


def _tour(page: Page) -> None:
    """Search, summary, catalogue, viewer, account."""
    visits.search(page, OWN.name)
    dossier = visits.dossier_id(OWN.dossier_number)
    for address in (f"/dossiers/{dossier}", f"/dossiers/{dossier}/catalogue"):
        page.goto(address)
    visits.read(page, visits.material_id(OWN.dossier_number, "思想汇报"))
    page.goto("/account")


def _history(page: Page) -> list[dict[str, Any]]:
    """Address and title of every entry that one could go back to."""
    devtools = page.context.new_cdp_session(page)
    entries: list[dict[str, Any]] = devtools.send("Page.getNavigationHistory")["entries"]
    devtools.detach()
    return entries


def _secrets_in(content: bytes) -> set[str]:
    """Who the dossier is about, where it lies and what stands in it, however a browser writes it down."""
    words = {OWN.name, OWN.dossier_number, OWN.id_number, OWN.phone, truth(OWN, "思想汇报", 1)[:12]}
    return {word for word in words if word.encode() in content or word.encode("utf-16-le") in content}
