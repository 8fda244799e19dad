"""Push hubs (推送中转): hosts of browser makers to which a push may be sent, and to no other (LANTAI_PUSH_HOSTS).

The address to push to comes from a browser, so anybody signed in may send one that names a machine of the house.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from webapp.domain.errors import Invalid

MAKERS = (
    "fcm.googleapis.com",
    "*.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
LONGEST_ENDPOINT = 2000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*"
_PATTERN = re.compile(r"(?:\*\.)?" + _HOST)


def is_pattern(text: str) -> bool:
    """True for a host name, or *. before the end of one."""
    return bool(_PATTERN.fullmatch(text))


def checked_endpoint(endpoint: str, hosts: Sequence[str]) -> str:
    """The address, when a push may be sent there. Raises Invalid."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _not_allowed() from error
    is_plain = endpoint.isascii() and endpoint.isprintable() and not re.search(r"[\s\\#]", endpoint)
    if not is_plain or len(endpoint) > LONGEST_ENDPOINT or "@" in parts.netloc:
        raise _not_allowed()
    is_near = host in _LOOPBACK and parts.scheme == "http"
    if not (is_near or (parts.scheme == "https" and port in (None, 443))):
        raise _not_allowed()
    if not re.fullmatch(_HOST, host) or not any(_fits(host, pattern) for pattern in hosts):
        raise _not_allowed()
    return endpoint


def _fits(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and len(host) > len(pattern[1:])
    return host == pattern


def _not_allowed() -> Invalid:
    return Invalid("这个浏览器的推送服务不在允许的范围内，没有开启")
