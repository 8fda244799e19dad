"""Streams behind the real server: few at once, others served meanwhile, ended by signing out and by stopping."""

import http.client
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.abuse.processes import Browser, Process, web
from tests.asking import make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from webapp import gunicorn
from webapp.domain.role import Role
from webapp.services import requests
from webapp.settings import Settings
from webapp.storage.accounts import Session
from webapp.storage.database import database
from webapp.web.streams import LOOK_EVERY_S, SEATS

SOON_S = LOOK_EVERY_S + 4  # on a machine that others use too


class Listener:
    """A page that listens."""

    def __init__(self, browser: Browser):
        self._connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=SOON_S)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Cookie": cookies, "Accept": "text/event-stream"}
        self._connection.request("GET", "/approvals/stream", headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status

    def hears(self) -> str:
        """The next event; empty when the stream has ended."""
        while line := self._answer.readline():
            if line.startswith(b"event: "):
                return line.decode().removeprefix("event: ").strip()
        return ""

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def served(archive: Settings, tmp_path: Path) -> Iterator[tuple[Process, int]]:
    with web(archive, tmp_path / "web.log") as (process, port):
        yield process, port
    assert "Traceback" not in (tmp_path / "web.log").read_text()


@pytest.fixture
def browsers(served: tuple[Process, int]) -> list[Browser]:
    return [Browser.of(make_officer(Role.APPROVER), served[1]) for _ in range(3)]


@pytest.fixture
def listen() -> Iterator[Callable[[Browser], Listener]]:
    with ExitStack() as ends:

        def begin(browser: Browser) -> Listener:
            listener = Listener(browser)
            ends.callback(listener.close)
            return listener

        yield begin


def test_streams_leave_threads_for_everybody_else(browsers, listen):
    listeners = [listen(browser) for browser in (*browsers, *browsers)]
    assert [one.status for one in listeners] == [200] * SEATS + [204] * (len(listeners) - SEATS)
    assert gunicorn.threads // 4 >= SEATS
    began = time.monotonic()
    for _ in range(20):
        assert browsers[0].ask("GET", "/approvals")[0] == 200
    assert time.monotonic() - began < 10
    busy = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    assert busy == 0, "a stream that waits holds a transaction"


def test_an_open_list_hears_of_what_arrives_and_of_what_is_withdrawn(browsers, listen):
    listener = listen(browsers[0])
    assert listener.hears() == "changed"  # it named no list that it shows
    seen = list(Session.select(Session.seen_at).order_by(Session.id).tuples())
    material = make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    made = make_request(asker, material, now=datetime.now(UTC))
    assert listener.hears() == "changed"
    requests.withdraw(asker, made.public_id, now=datetime.now(UTC))
    assert listener.hears() == "changed"
    assert list(Session.select(Session.seen_at).order_by(Session.id).tuples())[: len(seen)] == seen


def test_signing_out_ends_the_stream_and_frees_its_seat(browsers, listen):
    listeners = [listen(browsers[0]), listen(browsers[0])]
    for listener in listeners:
        assert listener.hears() == "changed"
    crowded = listen(browsers[0])
    assert crowded.status == 204
    status, _ = browsers[0].ask(
        "POST",
        "/logout",
        f"csrf_token={browsers[0].token}".encode(),
        **{"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert status == 303
    for listener in listeners:
        assert (listener.hears(), listener.hears()) == ("over", "")
    refused = listen(browsers[0])
    assert refused.status == 401
    assert [listen(browser).status for browser in (*browsers[1:], *browsers[1:])] == [200] * SEATS


def test_a_server_that_is_told_to_stop_does_not_wait_for_streams(served, browsers, listen):
    process, _ = served
    listeners = [listen(browser) for browser in browsers]
    for listener in listeners:
        assert listener.hears() == "changed"
    began = time.monotonic()
    process.running.send_signal(signal.SIGTERM)
    process.running.wait(timeout=gunicorn.graceful_timeout)
    assert time.monotonic() - began < gunicorn.graceful_timeout - 2
    assert [listener.hears() for listener in listeners] == [""] * len(listeners)
