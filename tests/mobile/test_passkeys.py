"""Passkeys through the pages: added after a proof, signed in with, proved by, renamed, removed; new devices told."""

import json
from typing import Any

import pytest
from webauthn.helpers import bytes_to_base64url

from tests.accounts import Enrolled, enrolled
from tests.authenticator import Authenticator
from tests.builders import make_dossier
from tests.site import Browser, Site, token_in, words_of
from webapp.domain.role import Role
from webapp.services import sessions
from webapp.storage.accounts import Officer, Session
from webapp.storage.passkeys import Device, Passkey


@pytest.fixture
def zhang(site: Site) -> Enrolled:
    return enrolled("zhangwei", Role.OFFICIAL, Role.ARCHIVIST)


@pytest.fixture
def browser(site: Site, zhang: Enrolled) -> Browser:
    """The browser 张伟 enrolled on, signed in."""
    browser = site.browser()
    browser.client.set_cookie("device", zhang.device)
    browser.sign_in(zhang)
    site.wait()
    return browser


@pytest.fixture
def phone(browser: Browser) -> Authenticator:
    phone = Authenticator()
    assert add(browser, phone).location == "/account/passkeys"
    return phone


def asked(browser: Browser, path: str, seen: str) -> dict[str, Any]:
    """What the page's script is told to ask, over the request it makes."""
    token = token_in(browser.get(seen, follow_redirects=True).text)
    answer = browser.client.post(
        path,
        headers={"X-CSRF-Token": token, "Accept": "text/plain"},
        environ_base={"REMOTE_ADDR": browser.address},
    )
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def add(browser: Browser, phone: Authenticator, name: str = "我的手机", **wrong: Any) -> Any:
    made = phone.create(asked(browser, "/account/passkeys/request", "/account/passkeys"), **wrong)
    return browser.post("/account/passkeys", {"answer": made, "name": name}, seen="/account/passkeys")


def sign_in(browser: Browser, phone: Authenticator, **wrong: Any) -> Any:
    answer = phone.sign(asked(browser, "/login/passkey/request", "/login"), **wrong)
    return browser.post("/login/passkey", {"answer": answer}, seen="/login")


def proved(browser: Browser, phone: Authenticator, seen: str) -> str:
    return phone.sign(asked(browser, "/account/proof/request", seen))


def test_a_passkey_signs_in_on_a_browser_that_knows_nobody(site: Site, phone: Authenticator) -> None:
    other = site.browser("198.51.100.7")
    answer = sign_in(other, phone)
    assert (answer.status_code, answer.location) == (303, "/")
    assert other.get("/account").status_code == 200
    assert other.cookie("device")


def test_signing_in_renews_the_sitting_and_ends_the_one_before(
    site: Site, browser: Browser, phone: Authenticator
) -> None:
    before = browser.cookie("session")
    browser.client.delete_cookie("session")
    browser.client.set_cookie("session", before)
    browser.post("/logout", seen="/account")
    sign_in(browser, phone)
    assert browser.cookie("session") not in ("", before)
    assert sessions.find(before, now=site.now) is None


def test_a_refused_passkey_shows_the_way_by_password(site: Site, phone: Authenticator) -> None:
    other = site.browser("198.51.100.7")
    answer = sign_in(other, phone, site="https://evil.example")
    assert answer.status_code == 422
    assert "用账号和密码登录" in words_of(answer.text)
    assert "data-autofill" in other.get("/login").text
    assert "data-autofill" not in answer.text, "a device that answers by itself would be asked for ever"
    assert other.cookie("session") == ""


def test_an_answer_that_no_phone_gives_is_refused_in_words(site: Site) -> None:
    client = bytes_to_base64url(b'{"challenge": "AAAA"}')
    made = json.dumps({"id": "\ud800", "response": {"clientDataJSON": client}})
    answer = site.browser().post("/login/passkey", {"answer": made}, seen="/login")
    assert (answer.status_code, "再试一次" in answer.text) == (422, True)


def test_an_answer_is_good_for_the_browser_that_was_asked(site: Site, phone: Authenticator) -> None:
    victim, thief = site.browser("198.51.100.7"), site.browser("203.0.113.9")
    answer = phone.sign(asked(victim, "/login/passkey/request", "/login"))
    assert thief.post("/login/passkey", {"answer": answer}, seen="/login").status_code == 422
    assert victim.post("/login/passkey", {"answer": answer}, seen="/login").status_code == 303


def test_a_challenge_is_given_to_our_own_pages_alone(site: Site, browser: Browser) -> None:
    for path in ("/login/passkey/request", "/account/passkeys/request", "/account/proof/request"):
        assert browser.client.post(path).status_code == 403


def test_adding_needs_a_proof_first(site: Site, browser: Browser, zhang: Enrolled) -> None:
    site.wait(sessions.STEP_UP)
    page = browser.get("/account/passkeys").text
    assert "先确认是您本人" in page
    assert "data-create" not in page
    token = token_in(page)
    refused = browser.client.post(
        "/account/passkeys/request", headers={"X-CSRF-Token": token, "Accept": "text/plain"}
    )
    assert (refused.status_code, refused.text) == (403, "请先确认是您本人")
    assert browser.post("/account/passkeys/proof", {"code": "000000"}, seen="/account").status_code == 422
    form = {"code": zhang.code(site.now)}
    assert browser.post("/account/passkeys/proof", form, seen="/account").location == "/account/passkeys"
    assert "data-create" in browser.get("/account/passkeys").text


def test_passkeys_are_listed_named_and_removed(site: Site, browser: Browser, phone: Authenticator) -> None:
    at = f"/account/passkeys/{Passkey.get().public_id}"
    assert "我的手机" in words_of(browser.get("/account/passkeys").text)
    wrong = browser.post(f"{at}/name", {"name": " "}, seen=at)
    assert (wrong.status_code, "名称须为" in wrong.text) == (422, True)
    assert browser.post(f"{at}/name", {"name": "旧手机"}, seen=at).status_code == 303
    assert "旧手机" in words_of(browser.get(at).text)
    site.wait(sessions.STEP_UP)
    assert browser.post(f"{at}/remove", {}, seen=at).status_code == 422
    form = {"code": proved(browser, phone, at)}
    assert browser.post(f"{at}/remove", form, seen=at).location == "/account/passkeys"
    assert browser.get(at).status_code == 404
    assert not Passkey.select().exists()


def test_a_passkey_that_may_be_copied_says_so(browser: Browser, phone: Authenticator, site: Site) -> None:
    Passkey.update(suspended_at=site.now).execute()
    assert "可能被复制" in words_of(browser.get("/account/passkeys").text)
    assert "可能被复制" in words_of(browser.get(f"/account/passkeys/{Passkey.get().public_id}").text)


def test_a_wrong_name_or_answer_adds_nothing(browser: Browser) -> None:
    assert add(browser, Authenticator(), name="x" * 33).status_code == 422
    assert add(browser, Authenticator(), relying_party="evil.example").status_code == 422
    assert browser.post("/account/passkeys", {"answer": "7"}, seen="/account/passkeys").status_code == 422
    assert not Passkey.select().exists()


@pytest.mark.parametrize(
    ("path", "more"),
    [("/account/role", {"role": "official"}), ("/account/phone", {}), ("/account/recovery-codes", {})],
)
def test_a_passkey_proves_wherever_a_code_does(
    browser: Browser, phone: Authenticator, path: str, more: dict[str, str]
) -> None:
    page = browser.get(path).text
    assert 'name="code"' in page
    assert 'data-passkey="/account/proof/request"' in page
    answer = proved(browser, phone, path)
    assert browser.post(path, {"code": answer, **more}, seen=path).status_code in (200, 303)
    again = browser.post(path, {"code": answer, **more}, seen=path)
    assert again.status_code == 422


def test_an_answer_to_sign_in_is_no_proof(browser: Browser, phone: Authenticator) -> None:
    answer = phone.sign(asked(browser, "/login/passkey/request", "/account"))
    assert browser.post("/account/phone", {"code": answer}, seen="/account/phone").status_code == 422


def test_without_a_passkey_no_button_offers_one(browser: Browser) -> None:
    assert "data-passkey" not in browser.get("/account/role").text


def test_a_new_device_is_told_where_one_sits_and_not_on_itself(
    site: Site, browser: Browser, zhang: Enrolled
) -> None:
    for page in ("/", "/account"):
        assert "新设备登录" not in browser.get(page).text
    other = site.browser("198.51.100.7")
    other.sign_in(zhang)
    assert "新设备登录" not in other.get("/account").text
    for page in ("/", "/account"):
        words = words_of(browser.get(page).text)
        assert "新设备登录：未知设备，198.51.100.7" in words
        assert "不是您？" in words
    site.wait()
    other.post("/logout", seen="/account")
    other.sign_in(zhang)
    assert Device.select().count() == 2
    device = Device.get(Device.settled_at.is_null()).public_id
    assert other.post(f"/account/devices/{device}/accept", seen="/account").status_code == 404
    assert browser.post(f"/account/devices/{device}/accept", seen="/account").status_code == 303
    assert "新设备登录" not in browser.get("/account").text
    assert other.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("role", "has_dossier"),
    [(Role.APPROVER, False), (Role.AUDITOR, False), (Role.INDIVIDUAL, False), (Role.INDIVIDUAL, True)],
)
def test_homes_tell_of_a_new_device(site: Site, role: Role, has_dossier: bool) -> None:
    who = enrolled("lijun", name="李军")
    subject = make_dossier("李军").subject if has_dossier else None
    Officer.update(role_names=role.value, subject=subject).where(Officer.id == who.officer.id).execute()
    home, other = site.browser(), site.browser("198.51.100.7")
    home.client.set_cookie("device", who.device)
    home.sign_in(who)
    site.wait()
    other.sign_in(who)
    assert "新设备登录" in words_of(home.get("/", follow_redirects=True).text)
    assert "新设备登录" not in words_of(other.get("/", follow_redirects=True).text)


def test_a_new_device_without_its_cookie_is_still_that_device(
    site: Site, browser: Browser, zhang: Enrolled
) -> None:
    other = site.browser("198.51.100.7")
    other.sign_in(zhang)
    other.client.delete_cookie("device")
    assert "新设备登录" not in other.get("/account").text
    at = f"/account/devices/{Device.get(Device.settled_at.is_null()).public_id}"
    assert other.get(at).status_code == 404
    for verb in ("accept", "refuse"):
        assert other.post(f"{at}/{verb}", seen="/account").status_code == 404
    assert browser.get(at).status_code == 200


def test_a_device_is_accepted_by_a_proof_on_a_settled_one(
    site: Site, browser: Browser, zhang: Enrolled
) -> None:
    other, third = site.browser("198.51.100.7"), site.browser("198.51.100.8")
    other.sign_in(zhang)
    at = f"/account/devices/{Device.get(Device.settled_at.is_null()).public_id}"
    site.wait()
    third.sign_in(zhang)
    assert "不能在这里确认" in words_of(third.get(at).text)
    assert third.post(f"{at}/accept", seen=at).status_code == 403
    site.wait(sessions.STEP_UP)
    assert 'name="code"' in browser.get(at).text
    wrong = browser.post(f"{at}/accept", {"code": "000000"}, seen=at)
    assert (wrong.status_code, "验证码不正确" in wrong.text) == (422, True)
    answer = browser.post(f"{at}/accept", {"code": zhang.code(site.now)}, seen=at)
    assert (answer.status_code, browser.get(at).status_code) == (303, 404)


def test_it_was_not_me_ends_the_others_and_asks_for_a_new_password(
    site: Site, browser: Browser, zhang: Enrolled, phone: Authenticator
) -> None:
    other = site.browser("198.51.100.7")
    other.sign_in(zhang)
    device = Device.select().order_by(Device.id.desc()).get().public_id
    answer = browser.post(f"/account/devices/{device}/refuse", seen="/account")
    assert answer.location == "/account/password"
    assert "我的手机" in words_of(browser.get(answer.location).text)
    assert other.get("/account").location == "/login"
    assert browser.get("/account").status_code == 200
    site.wait()
    other.sign_in(zhang)
    assert "新设备登录" in browser.get("/account").text


def test_somebody_elses_device_is_not_there(site: Site, browser: Browser) -> None:
    li = enrolled("lijun", name="李军")
    theirs = site.browser("198.51.100.7")
    theirs.sign_in(li)
    device = (
        Device.select().join(Session).where(Device.officer == li.officer).order_by(Device.id.desc()).get()
    )
    for verb in ("accept", "refuse"):
        path = f"/account/devices/{device.public_id}/{verb}"
        assert browser.post(path, seen="/account").status_code == 404


def test_the_database_does_not_hold_the_cookie_of_a_device(browser: Browser) -> None:
    held = browser.cookie("device").partition(".")[0]
    assert held
    assert held not in {device.device_hash for device in Device.select()}
