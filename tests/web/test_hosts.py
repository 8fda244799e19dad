"""By which names the site answers."""

from dataclasses import replace

import pytest

from tests.site import opened
from webapp.settings import Settings

OURS = ("localhost", "localhost:8000", "LOCALHOST.", "127.0.0.1:8000", "[::1]:8000")
STRANGE = (
    "evil.example",
    "203.0.113.9:8000",
    "localhost.evil.example",
    "evil.example:8000",
    "[2001:db8::1]",
    "[::",
)


def _answers(settings: Settings, hosts: tuple[str, ...]) -> set[int]:
    with opened(settings) as site:
        return {site.browser().get("/login", headers={"Host": host}).status_code for host in hosts}


def test_it_answers_to_the_names_of_its_machine(settings: Settings) -> None:
    assert _answers(settings, OURS) == {200}


def test_without_an_attested_address_it_answers_on_none(settings: Settings) -> None:
    assert _answers(settings, STRANGE) == {421}


@pytest.mark.parametrize(
    ("host", "status"), [("lantai.example", 200), ("Lantai.Example:443", 200), ("a.example", 421)]
)
def test_it_answers_to_the_name_browsers_reach_it_by(settings: Settings, host: str, status: int) -> None:
    public = replace(settings, public_origin="https://lantai.example", attested=True)
    assert _answers(public, (host,)) == {status}
