"""The open codes of a demonstration: on loopback only."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.accounts import cheap_hashing, made
from tests.site import Site, opened, words_of
from webapp.services import demonstration_accounts, totp
from webapp.settings import Settings


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    cheap_hashing(monkeypatch)
    with opened(settings, is_demonstration=True) as site:
        demonstration_accounts.enrol_directly(made(), "演示用的 密码 七", totp.new_secret(), now=site.now)
        yield site


def test_the_page_shows_login_password_and_the_code_of_now(site: Site) -> None:
    page = words_of(site.browser("127.0.0.1").get("/demo/codes").text)
    (account,) = demonstration_accounts.all_accounts(now=site.now)
    for expected in ("zhangwei", "演示用的 密码 七", account.code, "查阅人"):
        assert expected in page


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("10.1.2.3", "localhost"),
        ("203.0.113.9", "localhost"),
        ("127.0.0.1", "evil.example"),
        ("127.0.0.1", "localhost.evil.example:80"),
    ],
)
def test_nobody_elsewhere_sees_it(site: Site, address: str, host: str) -> None:
    answer = site.browser(address).get("/demo/codes", base_url=f"http://{host}/")
    assert answer.status_code == (404 if host == "localhost" else 421)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_loopback_has_several_names(site: Site, host: str) -> None:
    assert site.browser("127.0.0.1").get("/demo/codes", base_url=f"http://{host}/").status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "Forwarded",
        "X-Real-IP",
        "Via",
        "x-client-ip",
    ],
)
def test_whoever_asks_through_a_proxy_on_this_machine_sees_nothing(site: Site, header: str) -> None:
    answer = site.browser("127.0.0.1").get("/demo/codes", headers={header: "127.0.0.1"})
    assert answer.status_code == 404


def test_a_proxy_that_speaks_the_old_protocol_sees_nothing(site: Site) -> None:
    old = {"SERVER_PROTOCOL": "HTTP/1.0"}
    answer = site.browser("127.0.0.1").get("/demo/codes", environ_overrides=old)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"trusted_proxies": 1}, {"public_origin": "https://lantai.example", "attested": True}],
    ids=["trusts a proxy", "has a public name"],
)
def test_a_demonstration_meant_for_others_shows_no_codes(site: Site, change: dict[str, object]) -> None:
    changed = Site(replace(site.settings, **change))
    assert changed.browser("127.0.0.1").get("/demo/codes").status_code == 404
