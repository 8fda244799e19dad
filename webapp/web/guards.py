"""Who may use a route. Every route names one permission; a route without one is refused (and fails a test)."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for

from webapp.domain.errors import Refused
from webapp.domain.permission import Permission, permits
from webapp.domain.role import Role
from webapp.services.actor import Actor
from webapp.storage.accounts import Session
from webapp.web import sign_in
from webapp.web.uploads import LARGEST_FROM_STRANGERS

View = TypeVar("View", bound=Callable[..., Any])

_OPEN_ENDPOINTS = frozenset({"static"})  # Flask's own route for files that are the same for everybody


def requires(permission: Permission) -> Callable[[View], View]:
    """Name the permission of a route. The check runs before the view: see admit()."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def current_session() -> Session:
    """The sitting of this request. Raises RuntimeError on a route that is open to anybody."""
    session: Session | None = g.get("session")
    if session is None:
        raise RuntimeError(f"{request.endpoint} has no sitting")
    return session


def current_actor() -> Actor:
    """The officer of this request in the role of the sitting."""
    session = current_session()
    return Actor(officer=session.officer, role=Role(session.role), session=session)


def install(app: Flask) -> None:
    """Check every request before its view runs."""
    app.before_request(admit)


def admit() -> Response | None:
    """Let the request through, send it to sign in, or refuse it."""
    g.session = sign_in.load_session()
    if g.session is None or g.session.stage != "full":
        request.max_content_length = LARGEST_FROM_STRANGERS
    if request.endpoint is None or request.endpoint in _OPEN_ENDPOINTS:
        return None  # no such address (404 follows), or a static file
    permission = getattr(current_app.view_functions[request.endpoint], "permission", None)
    if permission is Permission.ANYBODY:
        return None
    if g.session is None:
        return _to("sign_in.password")
    if permission is Permission.CODE_AWAITED:
        return None
    if g.session.stage != "full":
        return _to("sign_in.code")
    if permission is None or not permits(Role(g.session.role), permission):
        raise Refused("您当前的角色不能使用这项功能", rule=f"permission:{permission or 'none'}")
    return None


def _to(endpoint: str) -> Response:
    """Send the browser to a sign-in page: a whole page, also when htmx asked for a part."""
    address = url_for(endpoint)
    if request.headers.get("HX-Request") == "true":
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = address
        return answer
    if request.method == "GET" and request.accept_mimetypes.accept_html:
        return redirect(address, code=303)
    return make_response("", 401) if request.method == "GET" else redirect(address, code=303)
