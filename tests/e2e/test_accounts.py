"""An account from the administrator's form to the first sitting, and how sittings end."""

import re

import cv2
import numpy as np
import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.browsing import PASSWORD, Browsing, new_official, sign_in
from tests.e2e.service import Service

LOGIN, NAME = "wenshu", "闻舒"
CODES = 10


@pytest.fixture(scope="module")
def link(browsing: Browsing) -> str:
    """The one-time link of an officer whom the system administrator has just entered."""
    page = browsing.officer("xitong")
    page.goto("/desk/officers")
    page.get_by_role("link", name="新建账号").click()
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("姓名").fill(NAME)
    page.get_by_label("查阅人").check()
    page.get_by_label("查阅范围").fill("云梧市财政局")
    _give_code_if_asked(page, browsing, "xitong")
    page.get_by_role("button", name="建账号").click()
    row = page.get_by_role("row").filter(has_text=LOGIN)
    address = row.locator(".figure").inner_text()
    assert address.startswith(browsing.service.origin + "/enrol/")
    page.close()
    return address


def test_an_officer_enrols_is_confirmed_and_signs_in(browsing: Browsing, link: str) -> None:
    context = browsing.stranger()
    page = context.new_page()
    secret, codes = _enrol(page, browsing, link)
    expect(page.get_by_role("main")).to_contain_text("已登记，等待安全保密员核准")
    answer = page.goto(link)
    assert answer is not None
    assert answer.status == 404, "a link works once"

    _give_password(page)
    expect(page.get_by_role("alert")).to_contain_text("没有登录")
    _confirm(browsing)
    _give_password(page)
    page.get_by_label("验证码").fill(browsing.codes.code(secret))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    context.close()

    _lost_phone(browsing, codes[0])


def _lost_phone(browsing: Browsing, code: str) -> None:
    """A recovery code stands in for the phone once: a new one is enrolled at once, and all codes are new."""
    context = browsing.stranger()
    page = context.new_page()
    _give_password(page)
    page.get_by_role("link", name="用恢复码登录").click()
    page.get_by_label("恢复码").fill(code.lower())
    page.get_by_role("button", name="下一步").click()
    secret = _secret_on(page)
    page.get_by_label("验证码").fill(browsing.codes.code(secret))
    page.get_by_role("button", name="下一步").click()
    fresh = page.get_by_role("list", name="恢复码").get_by_role("listitem")
    expect(fresh).to_have_count(CODES)
    assert code not in fresh.all_inner_texts()
    context.clear_cookies()
    _give_password(page)
    page.get_by_role("link", name="用恢复码登录").click()
    page.get_by_label("恢复码").fill(code)
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("恢复码不正确，或者已经用过")
    context.close()


def test_a_code_is_taken_once(browsing: Browsing) -> None:
    login = new_official("段知秋")
    first, second = browsing.stranger(), browsing.stranger()
    pages = [context.new_page() for context in (first, second)]
    for page in pages:
        page.goto("/login")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="下一步").click()
    code = browsing.code(login)
    for page in pages:
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="登录").click()
    expect(pages[0].get_by_role("navigation", name="主要栏目")).to_be_visible()
    expect(pages[1].get_by_role("alert")).to_contain_text("没有登录")
    for context in (first, second):
        context.close()


def test_a_sitting_is_listed_and_ended_from_another_device(browsing: Browsing) -> None:
    login = new_official("施有恒")
    lost, here = _sitting(browsing, login), _sitting(browsing, login)
    page = here.pages[0]
    page.goto("/account")
    sittings = page.get_by_role("list", name="已登录的设备").get_by_role("listitem")
    expect(sittings.filter(has_text="这台设备")).to_have_count(1)
    expect(sittings).to_have_count(2)
    page.get_by_role("button", name="退出", exact=True).click()
    expect(sittings).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="已退出那台设备")).to_be_visible()
    lost.pages[0].goto("/account")
    expect(lost.pages[0].get_by_role("heading", name="登录", exact=True)).to_be_visible()
    for context in (lost, here):
        context.close()


def test_signing_out_leaves_nothing_to_go_back_to(browsing: Browsing) -> None:
    name = "屠南枝"
    context = _sitting(browsing, new_official(name))
    page = context.pages[0]
    page.goto("/search")
    page.goto("/account")
    with page.expect_response(re.compile("/logout$")) as answered:
        page.get_by_role("button", name="退出登录").click()
    assert '"cache", "storage"' in answered.value.all_headers()["clear-site-data"]
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    assert "session" not in {cookie["name"] for cookie in context.cookies()}
    page.go_back()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    assert name not in page.content()
    assert page.request.get("/account").url.endswith("/login")
    context.close()


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(
    service: Service, browsing: Browsing
) -> None:
    context = browsing.stranger()
    page = context.new_page()
    said = []
    for login in (LOGIN, "nobody-here"):
        page.goto("/login")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill("不是这个密码")
        page.get_by_role("button", name="下一步").click()
        said.append(page.get_by_role("alert").inner_text())
    assert said[0] == said[1]
    context.close()


def _sitting(browsing: Browsing, login: str) -> BrowserContext:
    context = browsing.stranger()
    sign_in(context.new_page(), browsing, login)
    return context


def _enrol(page: Page, browsing: Browsing, link: str) -> tuple[str, list[str]]:
    """Go through the link. Returns the TOTP secret and the recovery codes."""
    page.goto(link)
    expect(page.get_by_role("main")).to_contain_text(NAME)
    page.get_by_label("新密码").fill("12345678")
    page.get_by_label("再输入一次").fill("12345678")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_contain_text("密码没有设好")
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输入一次").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    secret = _secret_on(page)
    page.get_by_label("验证码").fill(browsing.codes.code(secret))
    page.get_by_role("button", name="下一步").click()
    codes = page.get_by_role("list", name="恢复码").get_by_role("listitem")
    expect(codes).to_have_count(CODES)
    return secret, codes.all_inner_texts()


def _secret_on(page: Page) -> str:
    """The secret as it is written, which must be the one that is drawn."""
    expect(page.get_by_role("heading", name="登记手机")).to_be_visible()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    assert pyotp.parse_uri(_seen_in(page.locator("figure [role=img]").screenshot())).secret == secret
    return secret


def _seen_in(png: bytes) -> str:
    """What the QR code says, from near and from farther, as a phone is held: at one size one in 150 is missed."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    sizes = (
        cv2.resize(picture, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for size in (1, 0.7, 0.5)
    )
    return next(filter(None, (cv2.QRCodeDetector().detectAndDecode(each)[0] for each in sizes)), "")


def _give_password(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()


def _confirm(browsing: Browsing) -> None:
    """The security officer looks at the waiting account and confirms it."""
    page = browsing.officer("baomi")
    page.goto("/desk/rights")
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_label("查阅范围")).to_have_value("云梧市财政局")
    _give_code_if_asked(page, browsing, "baomi")
    page.get_by_role("button", name="核准").click()
    expect(page.get_by_role("main")).to_contain_text("正常")
    page.close()


def _give_code_if_asked(page: Page, browsing: Browsing, login: str) -> None:
    if page.get_by_label("验证码").count():
        page.get_by_label("验证码").fill(browsing.code(login))
