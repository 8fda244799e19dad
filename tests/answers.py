"""What every answer of the site has to keep, whichever test asked for it. Installed for all of them in conftest."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; report-uri /csp-report"
)
IMAGE_CSP = "default-src 'none'; sandbox"
GOLDEN = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), display-capture=(), clipboard-read=(), "
    "publickey-credentials-get=(self)",
    "X-Robots-Tag": "noindex, nofollow",
}
NEVER_STORED = "private, no-store"
VARIES = {"cookie", "hx-request", "hx-history-restore-request"}
COOKIE_FLAGS = {"HttpOnly", "SameSite=Strict", "Path=/"}
_TOKEN = re.compile(r"[0-9a-f]{64,}")
_VOCAL = frozenset({"input", "select", "textarea"})


class CheckedClient(FlaskClient):
    """A test client that fails the test when an answer breaks a rule that holds for all of them."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        faults = [*_header_faults(answer), *_html_faults(answer)]
        assert not faults, f"{answer.request.method} {answer.request.path} ({answer.status_code}): {faults}"
        return answer


def _header_faults(answer: TestResponse) -> Iterator[str]:
    for name, value in GOLDEN.items():
        if answer.headers.getlist(name) != [value]:
            yield f"{name}: {answer.headers.getlist(name)}"
    is_image = (answer.mimetype or "").startswith("image/")
    if answer.headers.getlist("Content-Security-Policy") != [IMAGE_CSP if is_image else CSP]:
        yield f"CSP: {answer.headers.getlist('Content-Security-Policy')}"
    is_kept = answer.request.path.startswith("/static/") and "immutable" in answer.headers["Cache-Control"]
    if not is_kept:
        if answer.headers.getlist("Cache-Control") != [NEVER_STORED]:
            yield f"Cache-Control: {answer.headers.getlist('Cache-Control')}"
        if not {name.lower() for name in answer.vary} >= VARIES:
            yield f"Vary: {answer.vary}"
    for cookie in answer.headers.getlist("Set-Cookie"):
        if not {part.strip() for part in cookie.split(";")} >= COOKIE_FLAGS or "Domain=" in cookie:
            yield f"Set-Cookie: {cookie.partition('=')[0]}"


def _html_faults(answer: TestResponse) -> Iterator[str]:
    if answer.mimetype != "text/html" or not answer.data or answer.status_code in (303, 308):
        return
    if "Content-Encoding" in answer.headers:
        return  # the same page is checked plain elsewhere
    yield from _markup_faults(_TOKEN.sub("", answer.text))


@lru_cache(maxsize=1000)
def _markup_faults(text: str) -> tuple[str, ...]:
    """Of a page or a part of one, without its form token: the same page need not be read twice."""
    return tuple(_faults_of(text))


def _faults_of(text: str) -> Iterator[str]:
    is_page = text.lstrip().lower().startswith("<!doctype html>")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text) if is_page else _fragment(parser, text)
    if is_page:
        yield from (f"HTML at {place}: {code}" for place, code, _ in parser.errors)
        yield from _page_faults(tree)
    yield from _element_faults(tree)


def _fragment(parser: html5lib.HTMLParser, text: str) -> Element:
    root = Element("fragment")
    root.extend(parser.parseFragment(text))
    return root


def _page_faults(tree: Element) -> Iterator[str]:
    if tree.get("lang") != "zh-CN":
        yield f"lang {tree.get('lang')}"
    title = tree.find("head/title")
    if title is None or not (title.text or "").strip():
        yield "no title"
    if (count := len(list(tree.iter("h1")))) != 1:
        yield f"{count} h1"


def _element_faults(tree: Element) -> Iterator[str]:
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    yield from (f"id {name} {count} times" for name, count in ids.items() if count > 1)
    for element in elements:
        if element.tag == "style" or "style" in element.attrib:
            yield f"inline style on {element.tag}"
        if element.tag == "script" and (not element.get("src") or (element.text or "").strip()):
            yield "inline script"
        yield from (f"{name} on {element.tag}" for name in element.attrib if name.startswith(("on", "hx-on")))
        for name in ("href", "src", "action", "formaction"):
            if (element.get(name) or "").strip().lower().startswith(("javascript:", "data:", "http:", "//")):
                yield f"{name} {element.get(name)}"
        if element.tag == "form":
            yield from _form_faults(element)


def _form_faults(form: Element) -> Iterator[str]:
    if not form.get("action"):
        yield "a form without an action"
    names = {element.get("name") for element in form.iter() if element.tag in _VOCAL}
    if (form.get("method") or "get").lower() == "post" and "csrf_token" not in names:
        yield f"a form without a token: {form.get('action')}"
