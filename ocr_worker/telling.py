"""Telling officers beyond the app: one lane a channel, which lets a server rest that was not ready.

A server that refuses one letter for good may take the next. What it refuses or asks is never logged with its address.
"""

import http.client
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from webapp.domain.channel import Channel
from webapp.domain.notice import UNSAID
from webapp.services import channels, jobs
from webapp.storage.jobs import Job

LONGEST_ANSWER_S = 20.0  # to each step; all of them together stay within a job's lease
LONGEST_ANSWER_BYTES = 4096
RESTS = timedelta(minutes=1), timedelta(minutes=10)  # after the first and after the second try
_log = logging.getLogger("lantai.worker")


class NotTaken(Exception):
    """Not now, perhaps later. str(e) goes to the log: it names nobody."""


class NeverTaken(Exception):
    """Never; others may be taken. str(e) goes to the log."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be handed in.

    server -- by whom it is taken; when it is not ready, what else is for it waits too
    hand_in -- raises NotTaken, NeverTaken
    """

    server: str
    hand_in: Callable[[], None]


class Way(Protocol):
    """A way out of the app: mail, an office messenger or SMS, web push."""

    channel: Channel

    def letter(self, job: Job) -> Letter | None:
        """What a job sends; None when nobody wants it any more."""


class TellingLane:
    """Hands in one letter after the other."""

    def __init__(self, way: Way, clock: Callable[[], datetime]):
        self._way, self._clock = way, clock
        self._rests: dict[str, datetime] = {}

    def step(self) -> bool:
        """Work one job. False when there is none that is due."""
        job = jobs.claim((self._way.channel,), now=self._clock())
        if job is None:
            return False
        letter = self._way.letter(job)
        if letter is None:
            channels.sent(job, now=self._clock())
        elif (until := self._rests.get(letter.server)) is not None and self._clock() < until:
            channels.put_off(job, until=until)
        else:
            self._hand_in(job, letter)
        return True

    def _hand_in(self, job: Job, letter: Letter) -> None:
        try:
            letter.hand_in()
        except NeverTaken as fault:
            _log.warning("%s: refused for good: %s", self._way.channel, fault)
            channels.refused(job, now=self._clock())
        except NotTaken as fault:
            _log.warning("%s: not taken: %s", self._way.channel, fault)
            until = self._clock() + RESTS[min(job.attempts, len(RESTS)) - 1]
            self._rests[letter.server] = until
            channels.not_sent(job, until=until, now=self._clock())
        else:
            self._rests.pop(letter.server, None)
            channels.sent(job, now=self._clock())


def words(origin: str) -> str:
    """All that leaves the app: that there is something, and where to look."""
    return f"{UNSAID}\n{origin}/notices"


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """POST straight to the host of an address: no proxy, no redirect followed, certificates verified.

    Returns the status and the beginning of the answer. Raises NotTaken when there is no answer.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(
            host, port, timeout=LONGEST_ANSWER_S, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=LONGEST_ANSWER_S)
    )
    path = parts._replace(scheme="", netloc="").geturl() or "/"
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(LONGEST_ANSWER_BYTES)
    except (OSError, http.client.HTTPException, UnicodeError) as fault:  # the last: no name of a host
        raise NotTaken(type(fault).__name__) from None  # its text may hold the address
    finally:
        connection.close()
