"""Sending the mails that officers want (SMTP): one lane, which rests a while after the server was not ready.

A server that refuses one mail for good (5xx to its recipient or its text, RFC 5321 4.2.1) may take the next.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta

from webapp.domain.mail_server import MailServer
from webapp.services import jobs, mail, notices

LONGEST_ANSWER_S = 20.0  # to each command; all of them together stay within a job's lease
RESTS = timedelta(minutes=1), timedelta(minutes=10)  # after the first and after the second try
_log = logging.getLogger("lantai.worker")


class MailLane:
    """Hands one mail after the other to the server."""

    def __init__(self, server: MailServer, origin: str, clock: Callable[[], datetime]):
        self._server, self._origin, self._clock = server, origin, clock
        self._rests_until: datetime | None = None

    def step(self) -> bool:
        """Work one job. False when there is none, or the lane rests."""
        now = self._clock()
        if self._rests_until is not None and now < self._rests_until:
            return False
        self._rests_until = None
        job = jobs.claim((notices.MAIL,), now=now)
        if job is None:
            return False
        address = mail.recipient(job)
        try:
            if address:
                self._send(address)
        except (OSError, smtplib.SMTPException) as fault:
            # An address or a name of the server is never logged.
            _log.warning("the mail server did not take a mail: %s", type(fault).__name__)
            if _is_for_good(fault):
                mail.refused(job, now=self._clock())
                return True
            mail.not_sent(job, now=self._clock())
            self._rests_until = self._clock() + RESTS[min(job.attempts, len(RESTS)) - 1]
        else:
            mail.sent(job, now=self._clock())
        return True

    def _send(self, address: str) -> None:
        server, context = self._server, ssl.create_default_context()
        written = mail.message(address, sender=server.sender, origin=self._origin)
        with self._connected(context) as session:
            if not server.is_tls and not server.is_loopback:
                session.starttls(context=context)
            if server.user:
                session.login(server.user, server.password)
            session.send_message(written)

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.is_tls:
            return smtplib.SMTP_SSL(host, port, timeout=LONGEST_ANSWER_S, context=context)
        return smtplib.SMTP(host, port, timeout=LONGEST_ANSWER_S)


def _is_for_good(fault: OSError | smtplib.SMTPException) -> bool:
    """The server refused this one mail for good. A sender or a login that it refuses concerns them all."""
    codes: list[int] = []
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
    elif isinstance(fault, smtplib.SMTPDataError):
        codes = [fault.smtp_code]
    return bool(codes) and min(codes) >= 500
