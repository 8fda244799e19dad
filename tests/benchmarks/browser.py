"""A browser without a screen: one kept connection, its cookies, and how long each answer took."""

import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from tests.site import token_in

AVIF = "image/avif,image/webp,image/*,*/*;q=0.8"
PAGE = "text/html,application/xhtml+xml"


class Unexpected(Exception):
    """An answer that no reader should have got here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds all of it was there."""

    status: int
    media_type: str
    location: str
    body: bytes
    seconds: float


@dataclass
class Browser:
    """Asks one service as one sitting. Not for two threads at once.

    origin -- http://localhost:port; session -- the token of a sitting
    """

    origin: str
    session: str
    _cookies: dict[str, str] = field(default_factory=dict)
    _token: str = ""

    def __post_init__(self) -> None:
        self._cookies["session"] = self.session
        self._connection = HTTPConnection(urlsplit(self.origin).netloc, timeout=120)

    def get(self, path: str, *, accept: str = PAGE, expected: int = 200) -> Answer:
        """Fetch one address. Raises Unexpected for any other status."""
        return self._ask("GET", path, None, {"Accept": accept}, expected)

    def post(self, path: str, form: dict[str, str], *, seen: str) -> Answer:
        """Send a form with the token of a page, which is fetched once; the answer is the redirect, not followed."""
        self._token = self._token or self.token(seen)
        body = urlencode({"csrf_token": self._token, **form}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": PAGE}
        return self._ask("POST", path, body, headers, 303)

    def upload(self, path: str, name: str, content: IO[bytes], *, token: str) -> Answer:
        """Send a file as the desk's upload form does."""
        parts: dict[str, Any] = {"csrf_token": token, "files": FileStorage(content, name)}
        stream, _, boundary = stream_encode_multipart(parts)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "text/plain"}
        return self._ask("POST", path, stream.read(), headers, 201)

    def token(self, seen: str) -> str:
        """The form token of a page."""
        return token_in(self.get(seen).body.decode())

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], wanted: int
    ) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        began = time.perf_counter()
        self._connection.request(method, path, body, headers | {"Cookie": cookies})
        response = self._connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - began
        self._keep_cookies(response)
        if response.status != wanted:
            raise Unexpected(f"{method} {path}: {response.status} {content[:300].decode(errors='replace')}")
        media_type = (response.getheader("Content-Type") or "").partition(";")[0]
        return Answer(response.status, media_type, response.getheader("Location") or "", content, seconds)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            self._cookies.update({name: held.value for name, held in SimpleCookie(line).items()})
