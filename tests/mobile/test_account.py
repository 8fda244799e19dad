"""One's own account: roles, sittings, password, phone, codes, appearance."""

import re
from datetime import timedelta

import pytest

from tests.accounts import PASSWORD, Enrolled, enrolled
from tests.site import Browser, Site, words_of
from webapp.domain.role import Role
from webapp.storage.accounts import Officer, Session

CHOSEN = "青石板 下雨天 纸伞"


@pytest.fixture
def zhang(site: Site) -> Enrolled:
    return enrolled("zhangwei", Role.OFFICIAL, Role.APPROVER)


@pytest.fixture
def browser(site: Site, zhang: Enrolled) -> Browser:
    browser = site.browser()
    browser.sign_in(zhang)
    site.wait()
    return browser


def test_the_page_says_who_i_am_and_where_i_am_signed_in(
    site: Site, browser: Browser, zhang: Enrolled
) -> None:
    site.browser("198.51.100.7").sign_in(zhang)
    words = words_of(browser.get("/account").text)
    for expected in (
        "张伟",
        "审批人",
        "（这台设备）",
        "198.51.100.7",
        "退出其他所有设备",
        "意见反馈",
        "还有 10 个可用",
    ):
        assert expected in words


def test_a_role_is_switched_with_a_fresh_code_only(site: Site, browser: Browser, zhang: Enrolled) -> None:
    before = browser.cookie("session")
    wrong = browser.post("/account/role", {"role": "official", "code": "000000"}, seen="/account/role")
    assert wrong.status_code == 422
    assert browser.cookie("session") == before
    form = {"role": "official", "code": zhang.code(site.now)}
    assert browser.post("/account/role", form, seen="/account/role").status_code == 303
    assert browser.cookie("session") != before
    assert "查阅人" in words_of(browser.get("/account").text)


@pytest.mark.parametrize(("role", "status"), [("auditor", 422), ("emperor", 404), ("", 404)])
def test_a_role_that_is_not_held_is_not_given(
    site: Site, browser: Browser, zhang: Enrolled, role: str, status: int
) -> None:
    form = {"role": role, "code": zhang.code(site.now)}
    assert browser.post("/account/role", form, seen="/account/role").status_code == status


def test_another_device_is_signed_out(site: Site, browser: Browser, zhang: Enrolled) -> None:
    other = site.browser("198.51.100.7")
    other.sign_in(zhang)
    action = re.findall(r'action="(/account/sessions/[^/"]+/end)"', browser.get("/account").text)
    answer = browser.post(action[0], seen="/account", headers={"HX-Request": "true"})
    assert answer.text.count('id="sittings"') == 1
    for path in action[1:]:
        browser.post(path, seen="/account")
    assert other.get("/account").location == "/login"
    assert browser.get("/account").status_code == 200


def test_somebody_elses_sitting_is_not_found(site: Site, browser: Browser) -> None:
    li = enrolled("lijun", name="李军").signed_in(site.now)
    path = f"/account/sessions/{li.session.public_id}/end"
    assert browser.post(path, seen="/account").status_code == 404
    assert Session.get_by_id(li.session.id).ended_at is None


def test_the_password_is_changed_with_the_old_one_and_a_code(
    site: Site, browser: Browser, zhang: Enrolled
) -> None:
    form = {"current": PASSWORD, "password": CHOSEN, "again": CHOSEN, "code": zhang.code(site.now)}
    for change, words in (
        ({"again": "x"}, "不一样"),
        ({"password": "12345678", "again": "12345678"}, "常见"),
    ):
        answer = browser.post("/account/password", {**form, **change}, seen="/account/password")
        assert (answer.status_code, words in answer.text) == (422, True)
        assert CHOSEN not in answer.text
    before = browser.cookie("session")
    assert browser.post("/account/password", form, seen="/account/password").status_code == 303
    assert browser.cookie("session") != before
    assert browser.get("/account").status_code == 200
    again = site.browser().post("/login", {"login": "zhangwei", "password": CHOSEN}, seen="/login")
    assert again.status_code == 303


def test_another_phone_is_enrolled_by_the_present_one(site: Site, browser: Browser, zhang: Enrolled) -> None:
    assert browser.post("/account/phone", {"code": "000000"}, seen="/account/phone").status_code == 422
    answer = browser.post("/account/phone", {"code": zhang.code(site.now)}, seen="/account/phone")
    assert "登记手机" in browser.get(answer.location).text


def test_recovery_codes_are_renewed_and_shown_once(site: Site, browser: Browser, zhang: Enrolled) -> None:
    assert browser.post("/account/recovery-codes", {}, seen="/account/recovery-codes").status_code == 422
    answer = browser.post(
        "/account/recovery-codes", {"code": zhang.code(site.now)}, seen="/account/recovery-codes"
    )
    codes = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", answer.text)
    assert len(set(codes)) == 10
    assert not set(codes) & set(zhang.codes)
    assert not re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}", browser.get("/account/recovery-codes").text)


def test_appearance_is_rendered_by_the_server(browser: Browser) -> None:
    browser.post("/account/appearance", {"theme": "dark", "size": "elder"}, seen="/account")
    page = browser.get("/account").text
    assert 'data-theme="dark"' in page
    assert 'data-size="elder"' in page


def test_fields_nobody_asked_for_change_nothing(site: Site, browser: Browser, zhang: Enrolled) -> None:
    before = Officer.select().where(Officer.id == zhang.officer.id).dicts().get()
    extra = {
        "role_names": "auditor",
        "roles": "auditor",
        "name": "皇帝",
        "totp_last_step": "0",
        "disabled_at": "",
    }
    browser.post("/account/appearance", {"theme": "dark", **extra}, seen="/account")
    browser.post(
        "/account/password", {"password": CHOSEN, "again": CHOSEN, **extra}, seen="/account/password"
    )
    after = Officer.select().where(Officer.id == zhang.officer.id).dicts().get()
    assert after == before


def test_reading_pages_changes_nothing_but_when_one_was_seen(site: Site, browser: Browser) -> None:
    site.wait(timedelta(minutes=6))
    for path in (
        "/account",
        "/account/role",
        "/account/password",
        "/account/phone",
        "/account/recovery-codes",
    ):
        assert browser.get(path).status_code == 200
    assert Session.select().where(Session.proved_at.is_null(False)).count() == Session.select().count()


def test_the_demonstration_page_is_not_there(site: Site) -> None:
    assert site.browser("127.0.0.1").get("/demo/codes").status_code == 404
