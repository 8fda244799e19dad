"""Passkeys on a phone, with Chromium's own virtual authenticator: made, signed in with, proved by, removed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.e2e import screens
from tests.e2e.browsing import Browsing, new_official, sign_in

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SLOWEST_S = 10  # from the tap to the home page, whatever else the machine does; alone it takes 0.3 s


@dataclass
class Sensor:
    """The fingerprint sensor of the browser of one page."""

    devtools: CDPSession
    authenticator: str

    @classmethod
    def of(cls, page: Page) -> "Sensor":
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable", {"enableUI": False})
        added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
        return cls(devtools, added["authenticatorId"])

    def touched(self, is_touched: bool) -> None:
        """Whether a finger lies on it. One that does answers at once, what waits in the background too."""
        self.devtools.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self.authenticator, "enabled": is_touched},
        )


TELLS_OFFERS = """const get = navigator.credentials.get.bind(navigator.credentials);
navigator.credentials.get = asked => { window.offered = asked.mediation === "conditional"; return get(asked); };"""


def add(page: Page, name: str) -> None:
    page.goto("/account/passkeys")
    page.get_by_label("名称").fill(name)
    page.get_by_role("button", name="在这台设备上添加").click()
    expect(page.get_by_role("list", name="我的通行密钥").get_by_text(name)).to_be_visible()


def sign_out(page: Page) -> None:
    """Sign out, and wait until the field of the login offers passkeys: a finger before that would pick one there."""
    page.goto("/account")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    page.wait_for_function("() => window.offered")


@pytest.fixture(scope="module")
def login(browsing: Browsing) -> str:
    return new_official("钟离春")


@pytest.fixture
def owner(browsing: Browsing, login: str) -> Iterator[BrowserContext]:
    context = browsing.stranger()
    yield context
    context.close()


def test_a_passkey_is_made_signs_in_at_a_tap_proves_and_goes(
    browsing: Browsing, owner: BrowserContext, login: str, say: Callable[[str], None]
) -> None:
    page = owner.new_page()
    page.add_init_script(TELLS_OFFERS)
    sensor = Sensor.of(page)
    sign_in(page, browsing, login)
    add(page, "我的手机")

    sensor.touched(False)
    sign_out(page)
    button = page.get_by_role("button", name="用通行密钥登录")
    expect(button).to_be_visible()
    sensor.touched(True)
    began = time.monotonic()
    button.click()
    expect(page.get_by_role("navigation", name="主要栏目")).to_be_visible()
    took = time.monotonic() - began
    say(f"signed in by passkey in {took:.2f} s")
    assert took < SLOWEST_S

    page.goto("/account/phone")
    page.get_by_role("button", name="用通行密钥代替验证码").click()
    expect(page.get_by_role("heading", name="登记手机")).to_be_visible()

    page.goto("/account/passkeys")
    page.get_by_role("link", name="我的手机").click()
    page.get_by_role("button", name="确认移除").click()
    page.wait_for_url("**/account/passkeys")
    expect(page.get_by_role("list", name="我的通行密钥")).to_have_count(0)
    sensor.touched(False)
    sign_out(page)
    sensor.touched(True)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.get_by_role("alert")).to_contain_text("这个通行密钥不能用")


def test_the_screens_of_passkeys_are_open_to_everyone(
    browsing: Browsing, owner: BrowserContext, login: str
) -> None:
    page, look = owner.new_page(), owner.new_page()  # looking ends the sensor of the page looked at
    assert look.goto("/login")
    found = screens.faults(look, "login-passkey")
    Sensor.of(page)
    sign_in(page, browsing, login)
    look.goto("/account/passkeys")
    found += screens.faults(look, "passkeys-none")
    page.bring_to_front()
    add(page, "会议室平板")
    for name, path in (("passkeys", "/account/passkeys"), ("proof-by-passkey", "/account/phone")):
        look.goto(path)
        found += screens.faults(look, name)
    look.goto("/account/passkeys")
    look.get_by_role("link", name="会议室平板").click()
    found += screens.faults(look, "passkey")
    assert found == []


def test_a_passkey_is_offered_in_the_field_of_the_login(
    browsing: Browsing, owner: BrowserContext, login: str
) -> None:
    """What a person picks there is signed at once: the simulated finger picks it as soon as it is offered."""
    page = owner.new_page()
    Sensor.of(page)
    sign_in(page, browsing, login)
    add(page, "办公室电脑")
    page.goto("/account")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("navigation", name="主要栏目")).to_be_visible()
    page.wait_for_url("**/")
    assert page.request.get("/account").url.endswith("/account")


def test_without_a_sensor_or_scripts_password_and_code_stay(browsing: Browsing) -> None:
    scriptless = browsing.stranger(java_script_enabled=False)
    page = scriptless.new_page()
    page.goto("/login")
    expect(page.get_by_role("button", name="下一步")).to_be_visible()
    expect(page.get_by_role("button", name="用通行密钥登录")).to_be_hidden()
    scriptless.close()


def test_a_new_device_is_told_on_the_one_before(browsing: Browsing, owner: BrowserContext) -> None:
    login = new_official("百里奚")
    page, other = owner.new_page(), browsing.stranger()
    sign_in(page, browsing, login)
    stranger = other.new_page()
    sign_in(stranger, browsing, login)
    page.goto("/")
    told = page.get_by_role("region", name="新设备登录")
    expect(told).to_contain_text("127.0.0.1")
    assert screens.faults(page, "home-new-device") == []
    told.get_by_role("button", name="不是我").click()
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    stranger.goto("/account")
    expect(stranger.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    other.close()
