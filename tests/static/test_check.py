"""What a phone scanned is put into the form from the fragment of the address, and is gone from the address."""

from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

NUMBER, CODE = '<input id="number">', '<input id="code">'


@pytest.fixture
def form(page: Page, stage: SimpleNamespace):
    """Open a form of these fields at a fragment."""

    def opened(fields: str, fragment: str) -> Page:
        html = f'<title>核验</title><main id="main">{fields}</main><script src="/static/js/check.js" defer></script>'
        page.route("**/scanned", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{stage.address}/scanned#{fragment}", wait_until="load")
        return page

    return opened


@pytest.mark.parametrize(
    ("fields", "fragment", "filled"),
    [
        (NUMBER + CODE, "F1234567.ABCD-EFGH-JKMN", ["F1234567", "ABCD-EFGH-JKMN"]),
        (CODE, "12345678", ["12345678"]),
    ],
)
def test_a_form_takes_number_and_code_or_the_code_alone(form, fields, fragment, filled):
    page = form(fields, fragment)
    for box, value in zip(page.locator("input").all(), filled, strict=True):
        expect(box).to_have_value(value)
    assert page.url.endswith("/scanned")


@pytest.mark.parametrize(
    ("fields", "fragment"),
    [(NUMBER + CODE, "F1234567"), (NUMBER + CODE, "F1234567."), (CODE, ""), (CODE, "1.2"), (CODE, "main")],
)
def test_what_is_no_code_fills_nothing_in(form, fields, fragment):
    page = form(fields, fragment)
    assert [box.input_value() for box in page.locator("input").all()] == [""] * fields.count("input")
