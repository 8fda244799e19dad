"""The whole site for tests of routes: one application, a clock that stands still, browsers with cookies."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from tests.accounts import PASSWORD, STEP, Enrolled
from tests.moment import NOW
from webapp.app import create_app
from webapp.domain.disclosure import Policy, Preset
from webapp.services import instance, policy
from webapp.settings import Settings
from webapp.storage.database import database


class CompiledTemplates(BytecodeCache):
    """Templates compiled once a test process: each application compiles its own anew otherwise, half of every test."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._held:
            bucket.bytecode_from_string(self._held[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._held[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


@contextmanager
def opened(settings: Settings, *, is_demonstration: bool = False) -> Iterator["Site"]:
    """A new instance and its site, with a connection for the test itself."""
    policy_of_it = Policy(Preset.STANDARD, own_dossier=True, auto_masks=True)
    instance.create(settings, policy.Instance("云梧市", policy_of_it, is_demonstration), now=NOW)
    try:
        yield Site(settings)
    finally:
        if not database.is_closed():
            database.close()


@dataclass
class Site:
    """An application and its clock."""

    settings: Settings
    now: datetime = NOW
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, time=lambda: self.now)
        self.app.jinja_env.bytecode_cache = COMPILED
        database.connect(reuse_if_open=True)

    def wait(self, pause: timedelta = STEP) -> None:
        self.now += pause

    def browser(self, address: str = "10.1.2.3") -> "Browser":
        return Browser(self, self.app.test_client(), address)


@dataclass
class Browser:
    """One browser: keeps cookies, sends the form token of the page it saw last."""

    site: Site
    client: FlaskClient
    address: str

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        answer = self.client.get(path, environ_base=self._environ(), **kwargs)
        database.connect(reuse_if_open=True)  # a request ends with its connection closed, the test's too
        return answer

    def post(
        self, path: str, form: dict[str, Any] | None = None, *, seen: str = "", **kwargs: Any
    ) -> TestResponse:
        """Send a form with the token a page of the same browser carries."""
        token = token_in(self.get(seen or "/login/code", follow_redirects=True).text)
        sent = {"csrf_token": token, **(form or {})}
        answer = self.client.post(path, data=sent, environ_base=self._environ(), **kwargs)
        database.connect(reuse_if_open=True)
        return answer

    def sign_in(self, who: Enrolled) -> TestResponse:
        """Both steps, with a fresh code."""
        first = self.post("/login", {"login": who.officer.login, "password": PASSWORD}, seen="/login")
        assert first.status_code == 303, first.text
        return self.post("/login/code", {"code": who.code(self.site.now)}, seen="/login/code")

    def cookie(self, name: str) -> str:
        held = self.client.get_cookie(name)
        return held.value if held else ""

    def _environ(self) -> dict[str, str]:
        return {"REMOTE_ADDR": self.address, "HTTP_ACCEPT": "text/html"}


def token_in(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page) or re.search(
        r'"X-CSRF-Token": "([0-9a-f]+)"', html.unescape(page)
    )
    assert found, page
    return found[1]


def words_of(page: str) -> str:
    """What a reader sees of a page: no tags, single blanks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
