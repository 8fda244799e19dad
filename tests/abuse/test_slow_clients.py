"""Clients that stop in the middle of a request hold no thread for long: others go on being served."""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

from tests.abuse.processes import answers, web
from tests.e2e.service import until
from webapp import gunicorn
from webapp.settings import Settings

HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Le"
BODY = (
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nlogin="
)
SLACK_S = 20  # on a machine that others use too


def test_clients_that_stop_in_the_middle_hold_no_thread_for_long(archive: Settings, tmp_path: Path) -> None:
    with web(archive, tmp_path / "web.log") as (_, port), ExitStack() as open_ones:
        clients = []
        for half in [HEAD, BODY] * (gunicorn.threads // 2):
            client = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(half)
            clients.append(client)
        began = time.monotonic()
        until(lambda: answers(port), "somebody else is served", seconds=gunicorn.PATIENCE_S + SLACK_S)
        assert time.monotonic() - began > 1, "not every thread was held: the test shows nothing"
        for client in clients:
            client.settimeout(
                gunicorn.PATIENCE_S + SLACK_S
            )  # the last may have got its thread from the first
        assert {client.recv(12) for client in clients[1::2]} == {b"HTTP/1.1 400"}
        assert {client.recv(12) for client in clients[::2]} == {b""}
    assert "fault" not in (tmp_path / "web.log").read_text()
