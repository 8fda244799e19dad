"""`screens`: what a phone fetches and waits for, each screen cold, at Slow 4G and a processor four times slower.

No rival can be installed beside it; the budgets stand next to the figures. Sizes are as transferred, headers included.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.benchmarks import archives
from tests.benchmarks.figures import Figures, say
from tests.benchmarks.processes import web
from webapp.services import search
from webapp.settings import Settings

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SLOW_4G = {
    "offline": False,
    "latency": 562.5,  # ms
    "downloadThroughput": 1.47e6 / 8,  # bytes a second
    "uploadThroughput": 0.675e6 / 8,
}
SLOWER = 4
BUDGETS: Figures = {
    "budget_kb": 35, "budget_requests": 9, "budget_lcp_ms": 1700, "budget_cls": 0.02,
    "viewer_budget_kb": 140, "viewer_budget_lcp_ms": 2200,
}  # fmt: skip
OBSERVE = """() => {
  window.seen = { lcp: 0, cls: 0 };
  new PerformanceObserver(list => { seen.lcp = list.getEntries().at(-1).startTime })
    .observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver(list => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) seen.cls += shift.value;
  }).observe({ type: 'layout-shift', buffered: true });
}"""
ANSWER = """() => ({
  lcp: seen.lcp, cls: seen.cls,
  fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
})"""


@dataclass(frozen=True, slots=True)
class Load:
    """One cold load of a screen. Times in ms from the start of the navigation."""

    kb: float
    requests: int
    lcp_ms: float
    fcp_ms: float
    cls: float


def measure(*, runs: int = 3, pages: int = 2) -> Figures:
    """Load each screen `runs` times in a new browser profile; figures are medians."""
    say(f"screens: reading {pages} pages")
    with archives.demonstration() as settings:
        addresses, token = _addresses(pages)
        figures: Figures = dict(BUDGETS)
        with web(settings), sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, path in addresses.items():
                say(f"screens: {name}")
                held = "" if name == "login" else token
                loads = [_load(playwright, chromium, settings, path, held) for _ in range(runs)]
                figures |= _medians(name, loads)
            chromium.close()
        return figures


def _addresses(pages: int) -> tuple[dict[str, str], str]:
    """By screen its address for one official, and the token of their sitting."""
    material = archives.read_dossier(pages)[0]
    (login,) = archives.officials(1)
    actor, token = archives.sign_in(login)
    archives.open_for_reading(actor, material)
    made = search.record(actor, "干部", now=archives.utc_now())
    dossier = f"/dossiers/{material.dossier.public_id}"
    return {
        "login": "/login",
        "home": "/",
        "results": f"/search/{made.public_id}",
        "summary": dossier,
        "catalogue": f"{dossier}/catalogue",
        "viewer": f"/materials/{material.public_id}",
    }, token


def _load(playwright: Playwright, chromium: Browser, settings: Settings, path: str, token: str) -> Load:
    with _phone(playwright, chromium, settings, token) as phone:
        page = phone.new_page()
        network = phone.new_cdp_session(page)
        received: list[float] = []
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", SLOW_4G)
        network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(f"({OBSERVE})()")
        page.goto(path, wait_until="load", timeout=120_000)
        page.wait_for_load_state("networkidle", timeout=120_000)
        seen: dict[str, float] = page.evaluate(ANSWER)
        kb = sum(received) / 1024
        return Load(kb, len(received), seen["lcp"], seen["fcp"], seen["cls"])


@contextmanager
def _phone(
    playwright: Playwright, chromium: Browser, settings: Settings, token: str
) -> Iterator[BrowserContext]:
    """A phone that has never been here, but for the cookie of a sitting."""
    device: dict[str, Any] = dict(playwright.devices["Pixel 7"])
    del device["default_browser_type"]
    phone = chromium.new_context(**device, locale="zh-CN", base_url=settings.public_origin)
    if token:
        phone.add_cookies([{"name": "session", "value": token, "url": settings.public_origin}])
    yield phone
    phone.close()


def _medians(name: str, loads: list[Load]) -> Figures:
    return {
        f"{name}_kb": round(median(load.kb for load in loads), 1),
        f"{name}_requests": round(median(load.requests for load in loads)),
        f"{name}_lcp_ms": round(median(load.lcp_ms for load in loads)),
        f"{name}_fcp_ms": round(median(load.fcp_ms for load in loads)),
        f"{name}_cls": round(median(load.cls for load in loads), 4),
    }
