"""Mails that say only that there is something (邮件提醒), handed in by SMTP.

A refusal for good (5xx, RFC 5321 4.2.1) of recipient or text concerns one mail, one of the sender or the login all.
"""

import smtplib
import ssl
from email.message import EmailMessage

from ocr_worker.telling import LONGEST_ANSWER_S, Letter, NeverTaken, NotTaken, words
from webapp.domain.channel import Channel
from webapp.domain.mail_server import MailServer
from webapp.services import channels
from webapp.storage.jobs import Job

SUBJECT = "兰台：您有新的消息"


class Mail:
    """The mail server of the installation."""

    channel = Channel.MAIL

    def __init__(self, server: MailServer, origin: str):
        self._server, self._origin = server, origin

    def letter(self, job: Job) -> Letter | None:
        """A mail to the job's officer."""
        address = channels.recipient(job)
        return Letter("", lambda: self._hand_in(address)) if address else None

    def _hand_in(self, address: str) -> None:
        try:
            self._send(address)
        except (OSError, smtplib.SMTPException) as fault:
            kind = NeverTaken if _is_for_good(fault) else NotTaken
            raise kind(type(fault).__name__) from None  # its text may hold the address

    def _send(self, address: str) -> None:
        server, context = self._server, ssl.create_default_context()
        with self._connected(context) as session:
            if not server.is_tls and not server.is_loopback:
                session.starttls(context=context)
            if server.user:
                session.login(server.user, server.password)
            session.send_message(self._written(address))

    def _written(self, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = SUBJECT, self._server.sender, address
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs must not answer
        mail.set_content(f"{words(self._origin)}\n\n这是自动发出的邮件，请不要回复。\n")
        return mail

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.is_tls:
            return smtplib.SMTP_SSL(host, port, timeout=LONGEST_ANSWER_S, context=context)
        return smtplib.SMTP(host, port, timeout=LONGEST_ANSWER_S)


def _is_for_good(fault: OSError | smtplib.SMTPException) -> bool:
    codes: list[int] = []
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
    elif isinstance(fault, smtplib.SMTPDataError):
        codes = [fault.smtp_code]
    return bool(codes) and min(codes) >= 500
