"""Telling an open page that it is out of date (Server-Sent Events): that it is, never what changed.

A stream holds one of the sixteen threads of the process (webapp/gunicorn.py). So there are few seats, and a page that
finds none is told so (204) and asks now and then instead. Between two looks a stream holds no transaction; the
connection of its thread stays open, as that of every idle thread does.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Lock

from flask import Flask, Response

from webapp.storage.database import database
from webapp.web.sign_in import EVENTS

SEATS = 4  # streams at once in a process
SEATS_EACH = 2  # of one sitting: a page that lost its network leaves a stream behind for a while
LIFE_S = 120  # then the browser comes back by itself, and finds another process after a renewal
LOOK_EVERY_S = 1.0
SIGN_EVERY_S = 2  # an empty line, by which a stream notices that its page was left, and frees its seat
RETRY_MS = 2000


class Streams:
    """The streams of this process.

    goes_on -- false when the process is told to stop; set by who runs it
    """

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = Lock()
        self.goes_on: Callable[[], bool] = lambda: True

    def open(self, sitting: str, look: Callable[[], str | None], *, had: str) -> Response:
        """A stream that says `changed` whenever `look` gives another mark, and `over` when it gives None.

        had -- the mark of what the page shows, or showed: one that comes back is told once more, and asks in vain
        """
        if not self._take(sitting):
            return Response(status=204)
        stream = Response(self._events(look, had), mimetype=EVENTS, headers={"X-Accel-Buffering": "no"})
        stream.call_on_close(lambda: self._give_back(sitting))
        return stream

    def _events(self, look: Callable[[], str | None], seen: str) -> Iterator[str]:
        yield f"retry: {RETRY_MS}\n\n"
        began = signed = time.monotonic()
        while self.goes_on() and (now := time.monotonic()) - began < LIFE_S:
            database.connect(reuse_if_open=True)
            mark = look()
            if mark is None:
                yield "event: over\ndata: 1\n\n"
                return
            if mark != seen:
                seen = mark
                yield "event: changed\ndata: 1\n\n"
            elif now - signed >= SIGN_EVERY_S:
                signed = now
                yield ":\n\n"
            time.sleep(LOOK_EVERY_S)

    def _take(self, sitting: str) -> bool:
        with self._lock:
            if self._taken.total() >= SEATS or self._taken[sitting] >= SEATS_EACH:
                return False
            self._taken[sitting] += 1
            return True

    def _give_back(self, sitting: str) -> None:
        with self._lock:
            self._taken[sitting] -= 1
            self._taken += Counter()  # who holds none is forgotten


def install(app: Flask) -> None:
    """Have streams."""
    app.extensions["streams"] = Streams()
