"""Signing in through the pages: cookies, tokens, the same answer to every stranger, and what signing out leaves."""

import re
from datetime import timedelta

import pyotp
import pytest

from tests.accounts import PASSWORD, Enrolled, enrolled, made, session_of
from tests.site import Site, token_in, words_of
from webapp.services import officers, sessions
from webapp.services.actor import SYSTEM
from webapp.settings import Settings
from webapp.storage.accounts import Officer, Session


@pytest.fixture
def zhang(site: Site) -> Enrolled:
    return enrolled()


def test_two_steps_lead_home_and_the_cookie_changes_at_each(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    assert browser.get("/account").location == "/login"
    first = browser.post("/login", {"login": "zhangwei", "password": PASSWORD}, seen="/login")
    half = browser.cookie("session")
    assert (first.status_code, first.location) == (303, "/login/code")
    assert browser.get("/account").location == "/login/code"
    second = browser.post("/login/code", {"code": zhang.code(site.now)})
    assert (second.status_code, second.location) == (303, "/")
    assert browser.cookie("session") not in ("", half)
    assert browser.get("/account").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(site: Site, zhang: Enrolled) -> None:
    answer = site.browser().sign_in(zhang)
    header = next(h for h in answer.headers.getlist("Set-Cookie") if h.startswith("session="))
    assert "HttpOnly" in header
    assert "SameSite=Strict" in header
    assert "Path=/" in header
    assert "Max-Age" not in header


def test_under_tls_the_cookie_is_bound_to_the_host(settings: Settings, zhang: Enrolled) -> None:
    tls = Settings(settings.instance, settings.keyring, "https://lantai.example", attested=True)
    answer = Site(tls).browser().sign_in(zhang)
    header = next(h for h in answer.headers.getlist("Set-Cookie") if "session=" in h)
    assert header.startswith("__Host-session=")
    assert "Secure" in header
    assert "Domain" not in header


def test_a_planted_cookie_is_not_the_one_signed_in_with(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.client.set_cookie("session", "planted")
    browser.sign_in(zhang)
    assert browser.cookie("session") != "planted"
    thief = site.browser()
    thief.client.set_cookie("session", "planted")
    assert thief.get("/account").location == "/login"


def test_the_cookie_of_the_first_step_is_worth_nothing_after_the_second(site: Site, zhang: Enrolled) -> None:
    browser, thief = site.browser(), site.browser()
    browser.post("/login", {"login": "zhangwei", "password": PASSWORD}, seen="/login")
    thief.client.set_cookie("session", browser.cookie("session"))
    browser.post("/login/code", {"code": zhang.code(site.now)})
    assert thief.get("/account").location == "/login"


def test_a_cookie_copied_before_signing_out_is_dead_after_it(site: Site, zhang: Enrolled) -> None:
    browser, thief = site.browser(), site.browser()
    browser.sign_in(zhang)
    thief.client.set_cookie("session", browser.cookie("session"))
    assert thief.get("/account").status_code == 200
    answer = browser.post("/logout", seen="/account")
    assert answer.location == "/login"
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    assert browser.cookie("session") == ""
    assert browser.cookie("device")
    assert thief.get("/account").location == "/login"


@pytest.mark.parametrize(
    ("pause", "is_alive"),
    [(sessions.IDLE - timedelta(seconds=1), True), (sessions.IDLE, False)],
)
def test_an_idle_sitting_ends_after_a_quarter_of_an_hour(
    site: Site, zhang: Enrolled, pause: timedelta, is_alive: bool
) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    site.wait(pause)
    assert (browser.get("/account").status_code == 200) is is_alive


def test_a_busy_sitting_ends_after_twelve_hours(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    for _ in range(12 * 5 - 1):
        site.wait(timedelta(minutes=12))
        assert browser.get("/healthz").status_code == 200
    assert browser.get("/account").status_code == 200
    site.wait(timedelta(minutes=12))
    assert browser.get("/account").location == "/login"


def test_disabling_an_account_ends_its_sittings_at_once(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    officers.disable(zhang.officer, actor=SYSTEM, now=site.now)
    assert browser.get("/account").location == "/login"


def test_a_role_taken_away_ends_the_sitting(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    Officer.update(role_names="auditor").where(Officer.id == zhang.officer.id).execute()
    assert browser.get("/account").location == "/login"


def test_strangers_see_one_page_whatever_is_wrong(site: Site, zhang: Enrolled) -> None:
    officers.disable(enrolled("wangfang", name="王芳").officer, actor=SYSTEM, now=site.now)
    made("lijun", name="李军")
    pages = set()
    for n, login in enumerate(["nobody", "wangfang", "lijun", "zhangwei"]):
        password = "不对的密码" if login == "zhangwei" else PASSWORD
        answer = site.browser(f"10.0.0.{n}").post(
            "/login", {"login": login, "password": password}, seen="/login"
        )
        body = re.sub(token_in(answer.text), "", answer.text).replace(login, "")
        pages.add((answer.status_code, body, "session=" in str(answer.headers)))
    assert len(pages) == 1
    status, body, has_cookie = pages.pop()
    assert (status, has_cookie) == (422, False)
    assert "账号或密码不正确" in body


def test_who_guesses_too_often_is_told_how_long_to_wait(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    for _ in range(5):
        browser.post("/login", {"login": "zhangwei", "password": "不对的密码"}, seen="/login")
    answer = browser.post("/login", {"login": "zhangwei", "password": PASSWORD}, seen="/login")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "分钟后再试" in words_of(answer.text)


def test_the_password_is_never_shown_again(site: Site, zhang: Enrolled) -> None:
    answer = site.browser().post("/login", {"login": "zhangwei", "password": "不对的密码"}, seen="/login")
    assert "不对的密码" not in answer.text


def test_a_form_without_its_token_signs_nobody_in(site: Site, zhang: Enrolled) -> None:
    answer = site.browser().client.post("/login", data={"login": "zhangwei", "password": PASSWORD})
    assert answer.status_code == 403


def test_a_link_leads_through_password_and_phone_to_recovery_codes(site: Site) -> None:
    token = officers.link(made(), actor=SYSTEM, now=site.now).token
    browser, at = site.browser(), f"/enrol/{token}"
    assert "张伟" in browser.get(at).text
    short = browser.post(f"{at}/password", {"password": "short", "again": "short"}, seen=at)
    assert (short.status_code, "至少要 8 个" in short.text) == (422, True)
    differing = browser.post(f"{at}/password", {"password": PASSWORD, "again": PASSWORD + "x"}, seen=at)
    assert "不一样" in differing.text
    chosen = browser.post(f"{at}/password", {"password": PASSWORD, "again": PASSWORD}, seen=at)
    assert chosen.location == at
    page = browser.get(at).text
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert secret
    assert "<svg" in page
    assert "style=" not in page
    wrong = browser.post(f"{at}/code", {"code": "000000"}, seen=at)
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(int(site.now.timestamp()))
    done = browser.post(f"{at}/code", {"code": code}, seen=at)
    assert len(re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", done.text)) == 10
    assert browser.get("/account").status_code == 200
    assert browser.get(at).status_code == 404


def test_a_recovery_code_leads_to_a_new_phone(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.post("/login", {"login": "zhangwei", "password": PASSWORD}, seen="/login")
    wrong = browser.post("/login/recovery", {"recovery": "0000-0000"})
    assert wrong.status_code == 422
    answer = browser.post("/login/recovery", {"recovery": zhang.codes[0]})
    assert answer.location.startswith("/enrol/")
    assert browser.get("/account").location == "/login/code"
    assert site.browser().get(answer.location).status_code == 404
    page = browser.get(answer.location).text
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(int(site.now.timestamp()))
    browser.post(answer.location + "/code", {"code": code}, seen=answer.location)
    assert browser.get("/account").status_code == 200


def test_an_account_that_waits_is_told_so_and_not_let_in(site: Site) -> None:
    officer = made()
    Officer.update(authorised_at=None).where(Officer.id == officer.id).execute()
    browser, at = site.browser(), f"/enrol/{officers.link(officer, actor=SYSTEM, now=site.now).token}"
    browser.post(f"{at}/password", {"password": PASSWORD, "again": PASSWORD}, seen=at)
    done = browser.post(f"{at}/code", {"code": code_on(browser.get(at).text, site)}, seen=at)
    assert "已登记，等待安全保密员核准后即可登录" in words_of(done.text)
    assert browser.get("/account").location == "/login"


def test_a_link_for_another_phone_opens_in_its_own_browser_alone(site: Site, zhang: Enrolled) -> None:
    browser, thief = site.browser(), site.browser()
    browser.sign_in(zhang)
    site.wait()
    at = browser.post("/account/phone", {"code": zhang.code(site.now)}, seen="/account/phone").location
    code = code_on(browser.get(at).text, site)
    assert thief.get(at).status_code == 404
    assert thief.post(f"{at}/code", {"code": code}, seen="/login").status_code == 404
    assert browser.post(f"{at}/code", {"code": code}, seen=at).status_code == 200
    assert browser.get("/account").status_code == 200


def test_a_link_for_another_phone_dies_with_the_sitting(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    site.wait()
    at = browser.post("/account/phone", {"code": zhang.code(site.now)}, seen="/account/phone").location
    browser.post("/logout", seen="/account")
    assert browser.get(at).status_code == 404


def code_on(page: str, site: Site) -> str:
    """The code of the secret that a page shows."""
    secret = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert secret, words_of(page)
    return pyotp.TOTP(secret[1].replace(" ", "")).at(int(site.now.timestamp()))


def test_flask_itself_sets_no_cookie(site: Site, zhang: Enrolled) -> None:
    browser = site.browser()
    browser.sign_in(zhang)
    browser.get("/account")
    assert browser.cookie("unused") == ""
    assert session_of(browser.cookie("session")).stage == "full"
    assert Session.select().count() == 2
