"""A small demonstration behind the real web process and worker, and a phone-sized browser in front of it."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e import visits
from tests.e2e.browsing import Browsing, browsing_of
from tests.e2e.papers import OWN, PEOPLE, SENT
from tests.e2e.service import Service, free_port, running
from webapp.demonstration import founding
from webapp.settings import Settings
from webapp.storage.database import database

DOUBTED = ("干部履历表", "研究生学位证书", f"关于解除{OWN.name}同志政务记过处分的决定")
expect.set_options(timeout=30_000)  # others may use the machine too


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Web and worker on a founded demonstration, its first papers on their way."""
    folder: Path = tmp_path_factory.mktemp("service")
    settings = Settings(
        instance=folder / "instance",
        keyring=folder / "keys" / "keyring.json",
        public_origin=f"http://localhost:{free_port()}",
    )
    founding.found(settings, now=_now(), people_count=PEOPLE)
    with running(settings, folder) as started:
        with database.connection_context():
            founding.send(SENT, clock=_now)
        yield started


@pytest.fixture(scope="session")
def read(service: Service) -> Service:
    """The service when all papers that were sent are searchable, and three pages wait for a person to look."""
    service.read_everything()
    for title in DOUBTED:
        visits.withhold(OWN.dossier_number, title)
    service.read_everything()
    return service


@pytest.fixture(scope="session")
def browsing(service: Service) -> Iterator[Browsing]:
    with sync_playwright() as playwright, browsing_of(playwright, service) as held:
        yield held


@pytest.fixture(autouse=True)
def _nothing_went_wrong(service: Service, browsing: Browsing) -> Iterator[None]:
    """No test passes with an error in a browser's console, a refusal of the content policy or a fault in a log."""
    browsing.wrong.clear()
    service.complaints()
    yield
    assert browsing.wrong == []
    assert service.complaints() == []


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a measured figure among the results."""

    def write(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {text}\n")

    return write


@pytest.fixture
def official(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer("chadang")
    yield page
    page.close()


@pytest.fixture
def archivist(browsing: Browsing) -> Iterator[Page]:
    page = browsing.officer(founding.ARCHIVIST)
    yield page
    page.close()
