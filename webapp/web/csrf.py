"""Forms are only taken from our own pages: a token in each form, and the browser's word where it comes from.

The token is keyed to a cookie of this browser and to the sitting: a token of one sitting is worth nothing in another.
It is written differently in every answer, so that the length of a compressed page tells nothing about it.
"""

import hmac
import secrets

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup

from webapp.domain.errors import Refused

TOKEN_BYTES = 32
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
EXEMPT_ENDPOINTS = frozenset(
    {"shell.csp_report"}
)  # browsers send these reports without a token; they change nothing


def cookie_name(base: str) -> str:
    """The cookie's name: with the __Host- prefix under TLS, plain on a loopback address."""
    return f"__Host-{base}" if current_app.config["IS_HTTPS"] else base


def csrf_token() -> str:
    """The token of this browser in this sitting, masked for this answer: a random pad, then the token XOR the pad."""
    if "form_pad" not in g:
        g.form_pad = secrets.token_bytes(TOKEN_BYTES)
    return (g.form_pad + _xor(g.form_pad, _token())).hex()


def csrf_field() -> Markup:
    """The hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def holder() -> str:
    """The browser in its sitting, as a keyed hash: to whom a passkey's challenge is given."""
    return hmac.digest(current_app.config["FORM_KEY"], b"holder|" + _token(), "sha256").hex()


def install(app: Flask) -> None:
    """Check every unsafe request, hand the visitor cookie out, offer the field to templates."""
    app.before_request(check)
    app.after_request(keep_visitor)
    app.jinja_env.globals.update(csrf_field=csrf_field, csrf_token=csrf_token)


def check() -> None:
    """Refuse an unsafe request that another site sent or that carries no token of this sitting."""
    if (
        request.endpoint is None
    ):  # no such address or not by this method: nothing will run, 404 or 405 follows
        return
    if request.method in SAFE_METHODS or request.endpoint in EXEMPT_ENDPOINTS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused("这个请求来自别的网站，没有执行", rule="csrf:cross-site")
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not _is_token(sent):
        raise Refused("页面已过期，内容没有提交。请刷新页面后再试一次", rule="csrf:token")


def keep_visitor(response: Response) -> Response:
    """Give a new browser its cookie."""
    if "new_visitor" in g:
        response.set_cookie(
            cookie_name("visitor"),
            g.new_visitor,
            secure=current_app.config["IS_HTTPS"],
            httponly=True,
            samesite="Strict",
            path="/",
        )
    return response


def _is_token(sent: str) -> bool:
    try:
        held = bytes.fromhex(sent)
    except ValueError:
        return False
    pad, masked = held[:TOKEN_BYTES], held[TOKEN_BYTES:]
    return len(masked) == TOKEN_BYTES and hmac.compare_digest(_xor(pad, masked), _token())


def _token() -> bytes:
    sitting = g.get("session")
    bound = f"{_visitor()}|{sitting.public_id if sitting else ''}"
    return hmac.digest(current_app.config["FORM_KEY"], bound.encode(), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _visitor() -> str:
    held = request.cookies.get(cookie_name("visitor")) or g.get("new_visitor")
    if not held:
        held = g.new_visitor = secrets.token_hex(16)
    return held
