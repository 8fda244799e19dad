"""The mail server of an installation (LANTAI_SMTP_URL), read from one address."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BadMailServer(ValueError):
    """The address is none: str(e) says what is wrong, and never shows the password."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and as whom.

    is_tls -- encrypted from the first byte (smtps); otherwise STARTTLS is required, but on loopback
    sender -- the address that mails come from
    """

    host: str
    port: int
    is_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def is_loopback(self) -> bool:
        """On this machine, where nobody listens in between."""
        return self.host in _LOOPBACK

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """From smtp[s]://user:password@host[:port]?from=archive@host. Raises BadMailServer."""
        parts = urlsplit(url)
        try:
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise BadMailServer("its port is none") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise BadMailServer("it must be smtp://host or smtps://host")
        user = unquote(parts.username or "")
        sender = parse_qs(parts.query).get("from", [user])[0]
        if "@" not in sender or any(sign.isspace() for sign in sender):
            raise BadMailServer("it must end with ?from=address")
        return cls(parts.hostname, port, parts.scheme == "smtps", sender, user, unquote(parts.password or ""))
