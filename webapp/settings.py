"""Settings, read once from the environment and checked before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from webapp.domain.mail_server import BadMailServer, MailServer
from webapp.domain.messenger import BadMessenger, Messenger
from webapp.domain.push_hub import MAKERS, is_pattern

OCR_ENGINES = ("openvino", "onnxruntime")
HERE = Path(__file__).resolve().parent.parent


class BadSettings(Exception):
    """Lists every wrong setting at once, not only the first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that differs between two installations. Passed in, never imported.

    instance -- folder of the database, the page images and the index
    keyring -- the key ring file; in production on another medium than `instance`
    public_origin -- how browsers reach the service, e.g. https://lantai.example; http only on loopback. It answers
        to this name and those of loopback
    ocr_engine -- which runtime reads pages: openvino (half the time) or onnxruntime
    trusted_proxies -- how many reverse proxies stand in front and set X-Forwarded-*; 0 trusts none
    attested -- the operator states that it may answer on a public address (LANTAI_PUBLIC_ATTESTATION)
    mail_server -- where mails are handed in (LANTAI_SMTP_URL); none sends no mail
    messenger -- where messages or SMS are handed in (LANTAI_MESSENGER_URL); none sends none
    web_push -- devices may be pushed to, through a hub of the browser's maker outside the house (LANTAI_WEB_PUSH)
    push_hosts -- the hubs that may be pushed to, and no others (LANTAI_PUSH_HOSTS)
    """

    instance: Path
    keyring: Path
    public_origin: str = "http://localhost:8000"
    ocr_engine: str = "openvino"
    ocr_processes: int = 2
    trusted_proxies: int = 0
    attested: bool = False
    mail_server: MailServer | None = None
    messenger: Messenger | None = None
    web_push: bool = False
    push_hosts: tuple[str, ...] = MAKERS

    @property
    def database(self) -> Path:
        """The SQLCipher file."""
        return self.instance / "lantai.db"

    @property
    def blobs(self) -> Path:
        """The folder of sealed page images."""
        return self.instance / "blobs"

    @property
    def index(self) -> Path:
        """The folder of sealed index segments."""
        return self.instance / "index"

    @property
    def is_https(self) -> bool:
        """True when browsers reach the service through TLS."""
        return self.public_origin.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read LANTAI_* names. Raises BadSettings naming all that are wrong."""
        instance = Path(env.get("LANTAI_INSTANCE", HERE / "instance")).absolute()
        mail_server, mail_faults = _mail_server(env.get("LANTAI_SMTP_URL", ""))
        messenger, messenger_faults = _messenger(env.get("LANTAI_MESSENGER_URL", ""))
        settings = cls(
            instance=instance,
            keyring=Path(env.get("LANTAI_KEYRING", instance / "keys" / "keyring.json")).absolute(),
            public_origin=env.get("LANTAI_PUBLIC_ORIGIN", "http://localhost:8000").rstrip("/"),
            ocr_engine=env.get("LANTAI_OCR_ENGINE", "openvino"),
            ocr_processes=_whole(env, "LANTAI_OCR_PROCESSES", 2),
            trusted_proxies=_whole(env, "LANTAI_TRUSTED_PROXIES", 0),
            attested=env.get("LANTAI_PUBLIC_ATTESTATION", "") == "yes",
            mail_server=mail_server,
            messenger=messenger,
            web_push=env.get("LANTAI_WEB_PUSH", "") == "yes",
            push_hosts=tuple(env["LANTAI_PUSH_HOSTS"].split()) if env.get("LANTAI_PUSH_HOSTS") else MAKERS,
        )
        if faults := [*settings._faults(), *mail_faults, *messenger_faults]:
            raise BadSettings("; ".join(faults))
        return settings

    def _faults(self) -> list[str]:
        faults = []
        host = (
            self.public_origin.partition("://")[2].rpartition(":")[0]
            or self.public_origin.partition("://")[2]
        )
        is_loopback = host in ("localhost", "127.0.0.1", "[::1]")
        if not self.public_origin.startswith(("http://", "https://")):
            faults.append("LANTAI_PUBLIC_ORIGIN must begin with https:// (or http:// on loopback)")
        elif not self.is_https and not is_loopback:
            faults.append("LANTAI_PUBLIC_ORIGIN must be https:// anywhere but on loopback")
        if not is_loopback and not self.attested:
            faults.append(
                "LANTAI_PUBLIC_ATTESTATION must be 'yes': by setting it the operator states that what "
                "is held is not classified and may be reached at this address"
            )
        if self.ocr_engine not in OCR_ENGINES:
            faults.append(f"LANTAI_OCR_ENGINE must be one of {', '.join(OCR_ENGINES)}")
        if not 1 <= self.ocr_processes <= 64:
            faults.append("LANTAI_OCR_PROCESSES must be a whole number from 1 to 64")
        if not 0 <= self.trusted_proxies <= 4:
            faults.append("LANTAI_TRUSTED_PROXIES must be a whole number from 0 to 4")
        if not all(is_pattern(host) for host in self.push_hosts):
            faults.append("LANTAI_PUSH_HOSTS must be host names with blanks between, each may begin with *.")
        return faults


def _mail_server(url: str) -> tuple[MailServer | None, list[str]]:
    """The server at a URL, none for an empty one; and what is wrong with it."""
    try:
        return MailServer.parse(url) if url else None, []
    except BadMailServer as fault:
        return None, [f"LANTAI_SMTP_URL: {fault}"]


def _messenger(url: str) -> tuple[Messenger | None, list[str]]:
    """The messenger at a URL, none for an empty one; and what is wrong with it."""
    try:
        return Messenger.parse(url) if url else None, []
    except BadMessenger as fault:
        return None, [f"LANTAI_MESSENGER_URL: {fault}"]


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    """The whole number in env[name]; -1, which every check refuses, when it is none."""
    value = env.get(name, "")
    return int(value) if value.isdecimal() else (default if not value else -1)
