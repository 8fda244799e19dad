"""Browsers of the officers of the demonstration: signed in once by hand, then used by every test."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Response, expect

from tests.e2e.service import Service, until
from webapp.domain.role import Role
from webapp.services import demonstration_accounts, officers, totp
from webapp.services.actor import SYSTEM
from webapp.services.demonstration_accounts import OpenAccount
from webapp.services.officers import NewOfficer, Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Unit
from webapp.storage.database import database

PASSWORD = "松风 明月 石泉 2"
SLOWEST_S = 15  # from asking for a code to its arrival
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
EXPECTED = "the server responded with a status of 4"  # the browser notes every page that says no
PARTS = frozenset({"stylesheet", "script", "image", "font", "manifest"})


@dataclass
class Codes:
    """Codes of authenticator apps, each used once: who needs another in the same half minute waits for it."""

    _spent: dict[str, int] = field(default_factory=dict)

    def code(self, secret: str) -> str:
        """A code that was not used yet, is accepted now and will be for SLOWEST_S."""
        until(lambda: self._unspent(secret), "the next code", seconds=2 * totp.STEP_S)
        self._spent[secret] = step = min(self._unspent(secret))
        return pyotp.TOTP(secret).generate_otp(step)

    def _unspent(self, secret: str) -> list[int]:
        """The step of now, and the one before as long as there is time to type it."""
        step, gone_s = divmod(time.time(), totp.STEP_S)
        accepted = [int(step) - 1, int(step)] if gone_s < totp.STEP_S - SLOWEST_S else [int(step)]
        return [each for each in accepted if each > self._spent.get(secret, 0)]


@dataclass
class Browsing:
    """All browsers of the session, and what went wrong in them."""

    playwright: Playwright
    browser: Browser
    service: Service
    codes: Codes = field(default_factory=Codes)
    wrong: list[str] = field(default_factory=list)
    _contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def officer(self, login: str) -> Page:
        """A new page of this officer, who is signed in."""
        if login not in self._contexts:
            context = self.stranger()
            sign_in(context.new_page(), self, login)
            self._contexts[login] = context
        return self._contexts[login].new_page()

    def scriptless(self, login: str) -> BrowserContext:
        """The sitting of this officer in a browser without JavaScript."""
        self.officer(login).close()
        return self.stranger(java_script_enabled=False, storage_state=self._contexts[login].storage_state())

    def stranger(self, **options: Any) -> BrowserContext:
        """A fresh browser of the size of a phone."""
        context = self.browser.new_context(**self.phone(), **options)
        context.set_default_timeout(30_000)
        self.watch(context)
        return context

    def phone(self) -> dict[str, Any]:
        """What makes a context a Chinese phone that finds the service at /."""
        device = dict(self.playwright.devices["Pixel 7"])
        del device["default_browser_type"]
        return device | {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "base_url": self.service.origin,
        }

    def watch(self, context: BrowserContext) -> None:
        """Note errors of scripts, refusals of the content policy, missing parts and answers of 5xx."""
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("console", self._said)
        context.on("response", self._answered)

    def secret(self, login: str) -> str:
        """The TOTP secret of a demonstration account."""
        with database.connection_context():
            officer = Officer.get(Officer.login == login)
            return totp.opened(officer.totp_secret, officer)

    def code(self, login: str) -> str:
        """An unused code of a demonstration account."""
        return self.codes.code(self.secret(login))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and EXPECTED not in message.text:
            self.wrong.append(message.text)

    def _answered(self, answer: Response) -> None:
        is_missing = answer.status >= 400 and answer.request.resource_type in PARTS
        if answer.status >= 500 or is_missing:
            self.wrong.append(f"{answer.status} {answer.url}")


def new_official(name: str) -> str:
    """Open an account of the demonstration for one test, who so waits for nobody else's codes. Returns its login."""
    now = datetime.now(UTC)
    with database.connection_context():
        top = tuple(Unit.select().where(Unit.parent.is_null()))
        rights = Rights(frozenset({Role.OFFICIAL}), top, ())
        login = f"spare{Officer.select().count()}"
        officer = officers.create(NewOfficer(login, name, rights), actor=SYSTEM, now=now)
        demonstration_accounts.enrol_directly(officer, PASSWORD, pyotp.random_base32(), now=now)
    return login


def account(login: str) -> OpenAccount:
    """How to sign in as an officer of the demonstration."""
    with database.connection_context():
        return next(
            one for one in demonstration_accounts.all_accounts(now=datetime.now(UTC)) if one.login == login
        )


def sign_in(page: Page, browsing: Browsing, login: str) -> None:
    """Password, then code, as a person does it."""
    page.goto("/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(account(login).password)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("验证码").fill(browsing.code(login))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主要栏目")).to_be_visible()


@contextmanager
def browsing_of(playwright: Playwright, service: Service) -> Iterator[Browsing]:
    """Chromium for the session."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
    yield Browsing(playwright, browser, service)
    browser.close()
