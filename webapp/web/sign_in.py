"""Who a request comes from: the cookie of the sitting, flask-login on the row it names, and the visitor.

Flask's own signed session holds nothing: a signed cookie cannot be revoked, a row can.
"""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Request, current_app, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from webapp.services import sessions
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Session
from webapp.web.clock import now
from webapp.web.csrf import cookie_name

SESSION, DEVICE = "session", "device"
DEVICE_LIFE = timedelta(days=365)  # a device that was not used for a year is a stranger again
POLL_HEADER = "HX-Poll"  # sent by parts of a page that ask for themselves again (hx-headers)
EVENTS = "text/event-stream"  # what a page that listens by itself accepts
LONGEST_COOKIE = 500  # characters looked at

_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("TaurusApp", "浙政钉"), ("Edg/", "Edge"),
    ("Firefox/", "Firefox"), ("HuaweiBrowser", "华为浏览器"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("Android", "安卓"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class Sitting(UserMixin):
    """What flask-login calls a user: the sitting of this request."""

    def __init__(self, session: Session):
        self.session = session

    @property
    def is_authenticated(self) -> bool:
        """True once both factors were given."""
        return bool(self.session.stage == sessions.FULL)

    def get_id(self) -> str:
        """The sitting's public id."""
        return str(self.session.public_id)


class Nobody(AnonymousUserMixin):
    """A request without a live sitting."""

    session = None


def install(app: Flask) -> None:
    """Let flask-login read the sitting from the row, and from nothing else."""
    app.config["SESSION_COOKIE_NAME"] = (
        "unused"  # Flask's own is never set; it must not take our cookie for its own
    )
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # an error page must not ask the database who is here
    manager.anonymous_user = Nobody
    manager.request_loader(_sitting_of)


def load_session() -> Session | None:
    """The live sitting of this request, awaiting its code or full; None for nobody."""
    session: Session | None = current_user.session
    return session


def wants_events(asked: Request) -> bool:
    """True for a page that listens for events, which shows as little as a poll does that anybody is there."""
    return bool(asked.accept_mimetypes.best == EVENTS)


def lasting() -> Callable[[], bool]:
    """Tells, also after the request has ended, whether its sitting goes on in the role it has now."""
    token, clock, role = _token(request), current_app.extensions["clock"], current_user.session.role

    def goes_on() -> bool:
        session = sessions.find(token, now=clock(), is_poll=True)
        return session is not None and session.stage == sessions.FULL and session.role == role

    return goes_on


def visitor() -> Visitor:
    """Where this request comes from."""
    device = request.cookies.get(cookie_name(DEVICE), "")[:LONGEST_COOKIE]
    browser = browser_of(request.user_agent.string)
    return Visitor(request.remote_addr or "", browser, device, current_app.config["SETTINGS"].public_origin)


def set_session_cookie(response: Response, token: str) -> None:
    """Hand out the token of a sitting. It ends with the browser; the row may end sooner."""
    _set(response, SESSION, token)


def welcome(response: Response, done: SignedIn) -> None:
    """Hand out the token of a complete sitting, and note that its officer knows this device."""
    set_session_cookie(response, done.token)
    _set(response, DEVICE, done.device, life=DEVICE_LIFE)


def clear_session(response: Response) -> None:
    """Take the token back and have the browser forget all it kept of us, pages in its memory too.

    Cookies are taken back one by one: the device cookie, which says nothing, keeps guards from locking its owner out.
    """
    response.delete_cookie(
        cookie_name(SESSION), path="/", secure=_is_https(), httponly=True, samesite="Strict"
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def browser_of(user_agent: str) -> str:
    """What a person calls their browser and device: Chrome · 安卓."""
    names = [next((n for mark, n in known if mark in user_agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names)) or "未知设备"


def _sitting_of(asked: Request) -> Sitting | None:
    is_poll = asked.headers.get(POLL_HEADER) == "true" or wants_events(asked)
    session = sessions.find(_token(asked), now=now(), is_poll=is_poll)
    return Sitting(session) if session is not None else None


def _token(asked: Request) -> str:
    return asked.cookies.get(cookie_name(SESSION), "")[:LONGEST_COOKIE]


def _set(response: Response, name: str, value: str, life: timedelta | None = None) -> None:
    response.set_cookie(
        cookie_name(name), value, max_age=life, path="/", secure=_is_https(), httponly=True, samesite="Strict"
    )


def _is_https() -> bool:
    return bool(current_app.config["IS_HTTPS"])
