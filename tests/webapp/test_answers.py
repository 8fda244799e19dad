"""Answers to what goes wrong: plain words, the right status, nothing told, nothing stored."""

import errno
import io
import logging
from contextlib import closing

import pytest
from flask import Flask, Response, request
from sqlcipher3 import dbapi2 as sqlcipher

from tests.answers import CheckedClient
from tests.builders import make_officer
from tests.desk import browser_of
from tests.site import Site, opened
from webapp.domain.role import Role
from webapp.services import audit
from webapp.settings import Settings
from webapp.storage.database import database
from webapp.web import headers

CANARY = "110101199003074610"


def failing(site: Site, error: Exception, endpoint: str = "search.search") -> Response:
    """The answer of a page whose view raises this."""

    def view(**_given: object) -> str:
        raise error

    view.permission = site.app.view_functions[endpoint].permission
    site.app.view_functions[endpoint] = view
    return browser_of(site, make_officer()).get("/search")


def test_a_fault_of_ours_tells_a_number_and_nothing_else(site, caplog):
    answer = failing(site, KeyError(f"/srv/secret.py {CANARY}"))
    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert "KeyError" not in answer.text
    assert "secret" not in answer.text
    (logged,) = [record for record in caplog.records if record.name == "lantai.web"]
    assert logged.levelno == logging.ERROR
    assert logged.getMessage().split()[1] in answer.text  # the number to quote


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_called_that(site, number):
    answer = failing(site, OSError(number, "No space left on device"))
    assert answer.status_code == 507
    assert "存储空间不足" in answer.text


@pytest.mark.parametrize(
    "error", [FileNotFoundError(errno.ENOENT, "gone"), PermissionError(errno.EACCES, "no")]
)
def test_other_faults_of_the_system_are_faults_of_ours(site, error):
    assert failing(site, error).status_code == 500


def opened_elsewhere(settings: Settings) -> closing[sqlcipher.Connection]:
    """A connection of somebody else to the same database."""
    other = sqlcipher.connect(str(settings.database), isolation_level=None)
    other.execute(f'PRAGMA key = "{database.connect_params["passphrase"]}"')
    return closing(other)


@pytest.fixture
def impatient(monkeypatch):
    """Our own connections wait 50 ms for a writer, not 5 s."""
    patched = tuple((name, 50 if name == "busy_timeout" else value) for name, value in database._pragmas)
    monkeypatch.setattr(database, "_pragmas", patched)


def test_a_locked_database_is_503_with_a_time_to_come_back(site, settings, impatient):
    reader = browser_of(site, make_officer())
    assert reader.get("/search").status_code == 200
    database.close()
    with opened_elsewhere(settings) as other:
        other.execute("BEGIN EXCLUSIVE")
        answers = [
            reader.post("/search", {"q": "张三"}, seen="/search"),
            reader.get("/desk/audit"),  # a refusal that cannot be written down
        ]
        other.execute("ROLLBACK")
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"] == "5"
        assert "系统正忙" in answer.text
    assert reader.post("/search", {"q": "张三"}, seen="/search").status_code == 303
    assert audit.verify().broken_seq is None


def test_a_stranger_sends_little(site):
    browser = site.browser()
    answer = browser.client.post("/login", data={"login": "x" * 70_000})
    database.connect(reuse_if_open=True)
    assert answer.status_code == 413
    assert audit.verify().entries == 1  # nothing was written for it


def test_a_body_beyond_the_limit_is_not_read(site):
    browser = browser_of(site, make_officer(Role.ARCHIVIST))
    answer = browser.client.post(
        "/desk/intake/x",
        input_stream=Unread(),
        environ_overrides={"CONTENT_LENGTH": str(65 << 20)},
        content_type="multipart/form-data; boundary=b",
    )
    database.connect(reuse_if_open=True)
    assert answer.status_code == 413
    assert answer.headers["Connection"] == "close"


class Unread(io.BytesIO):
    """A body that may not be touched."""

    def read(self, *_given: int) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


def test_static_files_are_kept_for_ever_by_their_hash_and_never_without(site):
    with site.app.test_request_context():
        address = site.app.extensions["static_files"].address("css/lantai.css")
    client = site.app.test_client()
    assert (
        client.get(address, buffered=True).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    )
    for other in (
        "/static/css/lantai.css",
        "/static/no-such.css?v=1",
        "/no-such-address",
        "/static/../webapp/app.py",
    ):
        assert client.get(other, buffered=True).headers["Cache-Control"] == "private, no-store"
    assert client.get("/static/%2e%2e/webapp/app.py").status_code == 404


def test_under_tls_cookies_and_transport_are_pinned(tmp_path):
    settings = Settings(
        instance=tmp_path / "i",
        keyring=tmp_path / "k.json",
        public_origin="https://lantai.example",
        attested=True,
    )
    with opened(settings) as site:
        answer = site.app.test_client().get("/login", base_url="https://lantai.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        cookies = answer.headers.getlist("Set-Cookie")
        assert cookies
        assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in cookies)


@pytest.mark.parametrize(("proxies", "expected"), [(0, "10.1.2.3"), (1, "9.9.9.9")])
def test_an_address_is_believed_from_trusted_proxies_alone(tmp_path, proxies, expected):
    settings = Settings(instance=tmp_path / "i", keyring=tmp_path / "k.json", trusted_proxies=proxies)
    with opened(settings) as site:
        seen = []
        site.app.before_request(lambda: seen.append(request.remote_addr))
        site.browser().get("/login", headers={"X-Forwarded-For": "6.6.6.6, 9.9.9.9"})
        assert seen == [expected]


GOOD_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><title>兰台</title></head><body><h1>兰台</h1>'
    '<form method="post" action="/x"><input type="hidden" name="csrf_token" value="1"></form></body></html>'
)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('lang="zh-CN"', ""),
        ("<title>兰台</title>", "<title> </title>"),
        ("<h1>兰台</h1>", "<h1>兰台</h1><h1>二</h1>"),
        ("<h1>兰台</h1>", "<p>兰台</p>"),
        ("<h1>兰台</h1>", '<h1 id="a">兰台</h1><p id="a"></p>'),
        ("<h1>兰台</h1>", '<h1 style="color:red">兰台</h1>'),
        ("<h1>兰台</h1>", "<h1>兰台</h1><script>go()</script>"),
        ("<h1>兰台</h1>", '<h1 onclick="go()">兰台</h1>'),
        ("<h1>兰台</h1>", '<h1>兰台</h1><a href="javascript:go()">x</a>'),
        ("<h1>兰台</h1>", "<h1>兰台</p></h1>"),
        (' action="/x"', ""),
        ('name="csrf_token"', 'name="token"'),
    ],
)
def test_the_client_of_all_tests_sees_a_page_that_breaks_a_rule(good, bad):
    app = Flask("probe")
    app.config["IS_HTTPS"] = False
    headers.install(app)
    app.add_url_rule("/good", "good", lambda: GOOD_PAGE)
    app.add_url_rule("/bad", "bad", lambda: GOOD_PAGE.replace(good, bad, 1))
    client = app.test_client()
    assert isinstance(client, CheckedClient)
    client.get("/good")
    with pytest.raises(AssertionError):
        client.get("/bad")


@pytest.mark.parametrize("name", ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"])
def test_the_client_of_all_tests_sees_a_header_that_is_missing_or_weaker(name):
    app = Flask("probe")
    app.config["IS_HTTPS"] = False
    headers.install(app)
    app.add_url_rule("/bad", "bad", lambda: (GOOD_PAGE, {name: "unsafe-inline"}))
    with pytest.raises(AssertionError):
        app.test_client().get("/bad")
