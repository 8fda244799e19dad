"""By which names it answers: its own and the machine's. A name that somebody else pointed here is refused.

So no page of another's can have its address changed to ours under it (DNS rebinding), and an instance whose operator
attested no public address does not answer on one, however it was bound.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, request

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})  # proxies and health checks on this machine
MISDIRECTED = 421  # RFC 9110, 15.5.20


def install(app: Flask, origin: str) -> None:
    """Check every request before anything else. origin -- LANTAI_PUBLIC_ORIGIN."""
    known = LOOPBACK | {urlsplit(origin).hostname}

    @app.before_request
    def check() -> None:
        if name_in(request.host) not in known:
            abort(MISDIRECTED)


def name_in(host: str) -> str:
    """The name in a Host header, without port and brackets, as names are compared."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.casefold().rstrip(".")
