"""The messenger or SMS gateway of an installation (LANTAI_MESSENGER_URL): where messages go and how it wants them.

It takes one JSON body by POST. Group robots answer 200 to everything and say in the body whether they took it.
"""

import base64
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSED = frozenset({400, 410, 413, 422})  # this one message; other refusals concern all of them


class BadMessenger(ValueError):
    """The address is none: str(e) says what is wrong, and shows nothing of it."""


class Form(StrEnum):
    """The body it wants: of our own, or of a group robot that mentions one member."""

    PLAIN = ""
    WECOM = "wecom"  # 企业微信, 政务微信
    DINGTALK = "dingtalk"  # 钉钉, 专有钉钉


class Verdict(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Messenger:
    """Where messages are handed in. The address holds the secret of a robot, the password one of a gateway.

    url -- without user and password
    """

    form: Form
    url: str = field(repr=False)
    authorization: str = field(default="", repr=False)

    @property
    def is_group(self) -> bool:
        """True when others see who was told."""
        return self.form is not Form.PLAIN

    @classmethod
    def parse(cls, address: str) -> "Messenger":
        """From [wecom+|dingtalk+]https://[user:password@]host/path?query. Raises BadMessenger."""
        form, _, url = address.rpartition("+http")
        url = f"http{url}" if form else address
        parts = urlsplit(url)
        try:
            kind, port = Form(form), parts.port
        except ValueError as error:
            raise BadMessenger("it must begin with https://, wecom+https:// or dingtalk+https://") from error
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or is_near):
            raise BadMessenger("it must be https:// (or http:// on loopback)")
        if not address.isascii() or not address.isprintable() or " " in address or parts.fragment:
            raise BadMessenger("it holds signs that no address has")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = f"{host}:{port}" if port else host
        plain = parts._replace(netloc=place).geturl()
        if parts.username is None:
            return cls(kind, plain)
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return cls(kind, plain, "Basic " + base64.b64encode(pair.encode()).decode())

    def body(self, address: str, words: str) -> bytes:
        """What is sent: the words, for one address."""
        return json.dumps(self._body(address, words), ensure_ascii=False).encode()

    def verdict(self, status: int, answer: bytes) -> Verdict:
        """What an answer means."""
        if status in _REFUSED:
            return Verdict.NEVER
        if not 200 <= status < 300 or (self.is_group and _error_of(answer) != 0):
            return Verdict.LATER
        return Verdict.TAKEN

    def _body(self, address: str, words: str) -> dict[str, Any]:
        is_number = address.lstrip("+").isdecimal()
        text: dict[str, Any] = {"content": words}
        if self.form is Form.WECOM:
            text["mentioned_mobile_list" if is_number else "mentioned_list"] = [address]
            return {"msgtype": "text", "text": text}
        if self.form is Form.DINGTALK:
            named = {"atMobiles" if is_number else "atUserIds": [address], "isAtAll": False}
            return {"msgtype": "text", "text": {"content": f"{words} @{address}"}, "at": named}
        return {"to": address, "text": words}


def _error_of(answer: bytes) -> object:
    """The `errcode` of a robot's answer; None when it has none."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return told.get("errcode") if isinstance(told, dict) else None
