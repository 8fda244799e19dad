"""A form that is shown again: what was refused is in the log once, whoever wrote it down."""

import pytest

from tests.accounts import Enrolled, enrolled
from tests.site import Browser, Site
from webapp.services import audit


@pytest.fixture
def zhang(site: Site) -> Enrolled:
    return enrolled()


@pytest.fixture
def browser(site: Site, zhang: Enrolled) -> Browser:
    browser = site.browser()
    browser.sign_in(zhang)
    site.wait()
    return browser


def refusals_of(browser: Browser, path: str, form: dict[str, str]) -> list[tuple[str, str]]:
    """Send a form that is not accepted. Returns action and rule of each entry that it leaves, the oldest first."""
    before = audit.verify().entries
    answer = browser.post(path, form, seen="/account")
    assert answer.status_code == 422, answer.text
    left = audit.verify().entries - before
    return [(entry["action"], entry["reason"]) for entry in audit.entries(limit=left)][::-1] if left else []


def test_what_no_service_wrote_down_is_logged_by_its_rule(browser: Browser) -> None:
    left = refusals_of(browser, "/account/passkeys", {"answer": "{}", "name": "手机"})
    assert left == [("access:refused", "challenge-unknown")]
    assert next(audit.entries(limit=1))["record"] == "passkeys.add"
    assert refusals_of(browser, "/account/role", {"role": "auditor"}) == [("access:refused", "role-not-held")]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/phone", {"code": "000000"}),
        ("/account/phone", {"code": "{}"}),
        ("/account/password", {"current": "x", "password": "松风明月石泉九月", "again": "松风明月石泉九月"}),
        ("/login/passkey", {"answer": "{}"}),
    ],
    ids=["code", "passkey", "password", "passkey at sign-in"],
)
def test_a_proof_that_was_not_right_is_logged_once(browser: Browser, path: str, form: dict[str, str]) -> None:
    assert [action for action, _ in refusals_of(browser, path, form)] == ["sign-in:refused"]


def test_a_wrong_password_at_sign_in_is_logged_once(site: Site, zhang: Enrolled) -> None:
    stranger = site.browser("203.0.113.9")
    wrong = {"login": zhang.officer.login, "password": "wrong"}
    assert refusals_of(stranger, "/login", wrong) == [("sign-in:refused", "wrong-password")]


def test_what_is_only_invalid_leaves_nothing(browser: Browser) -> None:
    form = {"current": "x", "password": "abcdefgh1", "again": "abcdefgh2"}
    assert refusals_of(browser, "/account/password", form) == []
