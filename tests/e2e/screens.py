"""What every screen must keep: open to everyone, whole on a small phone and with large text, easy to hit."""

import json
import os
import re
from pathlib import Path

from playwright.sync_api import CDPSession, Page, ViewportSize

AXE = (Path(__file__).parents[1] / "vendor/axe-core-4.14.1/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = f""";axe.run(document, {{ runOnly: {json.dumps(RULES)} }})
  .then(found => JSON.stringify(found.violations.map(each => [each.id, each.nodes.map(node => node.html)])))"""
TALL: ViewportSize = {
    "width": 412,
    "height": 2400,
}  # nothing lies half under the tab bar, which axe takes for a small target
PHONE: ViewportSize = {"width": 412, "height": 839}
SMALL: ViewportSize = {"width": 320, "height": 700}
WIDE: ViewportSize = {"width": 1280, "height": 800}
LARGE_TEXT = {"standard": 32, "fixed": 26}  # px, twice the usual
SMALLEST_TARGET_PX = 44
SHOTS = os.environ.get("LANTAI_SCREENSHOTS", "")

OVERFLOW = "() => document.documentElement.scrollWidth - innerWidth"
# A target is a link or control that is not part of a sentence; a box in a label is hit by hitting the label.
SMALL_TARGETS = """smallest => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .map(element => element.closest("label") ?? element)
  .filter(element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(element => !(element.matches("a") && getComputedStyle(element).display === "inline"))
  .filter(element => !element.matches(".skip, .sr"))
  .map(element => [element.outerHTML.slice(0, 160), element.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < smallest - 0.5)
  .map(([html, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)"""


def faults(page: Page, name: str) -> list[str]:
    """What is wrong with the screen that `page` shows, in light and in dark. Keeps pictures of it when asked to."""
    found: list[str] = []
    devtools = page.context.new_cdp_session(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{name} {scheme}: {what}" for what in _faults_as_it_is(page, devtools)]
        keep_picture(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")
    keep_picture(page, f"{name}-wide", WIDE)
    found += [f"{name}: {what}" for what in _faults_when_small(page, devtools)]
    devtools.detach()
    return found


def faults_for_elders(page: Page, name: str) -> list[str]:
    """What is wrong with the screen in the large version (长辈版)."""
    devtools = page.context.new_cdp_session(page)
    found = [*_faults_as_it_is(page, devtools), *_faults_when_small(page, devtools)]
    keep_picture(page, f"{name}-elder")
    devtools.detach()
    return [f"{name} elder: {what}" for what in found]


def keep_picture(page: Page, name: str, size: ViewportSize = PHONE) -> None:
    """A picture of the whole page in the folder that LANTAI_SCREENSHOTS names."""
    if SHOTS:
        page.set_viewport_size(size)
        page.screenshot(path=Path(SHOTS) / f"{re.sub(r'[^a-z0-9-]', '-', name)}.png", full_page=True)


def _faults_as_it_is(page: Page, devtools: CDPSession) -> list[str]:
    page.set_viewport_size(TALL)
    devtools.send("Page.enable")
    answer = devtools.send(
        "Runtime.evaluate", {"expression": AXE + RUN, "awaitPromise": True, "returnByValue": True}
    )
    found = [f"{rule}: {nodes}" for rule, nodes in json.loads(answer["result"]["value"])]
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} h1")
    if "兰台" not in page.title():
        found.append(f"titled {page.title()!r}")
    return found + [f"small target: {what}" for what in page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX)]


def _faults_when_small(page: Page, devtools: CDPSession) -> list[str]:
    found = []
    for size in (SMALL, WIDE):
        page.set_viewport_size(size)
        if (over := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{over} px too wide at {size['width']} px")
    page.set_viewport_size(PHONE)
    devtools.send("Page.setFontSizes", {"fontSizes": LARGE_TEXT})
    if (over := page.evaluate(OVERFLOW)) > 0:
        found.append(f"{over} px too wide with text of twice the size")
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    return found
