"""Signing in and out (登录), and the one-time link by which an officer sets password and phone (登记)."""

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.services import enrolment, sign_in
from webapp.services.actor import Actor
from webapp.storage.accounts import Enrolment
from webapp.web import squares
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.guards import current_session, requires
from webapp.web.sign_in import clear_session, set_session_cookie, visitor, welcome

bp = Blueprint("sign_in", __name__)


@bp.get("/login")
@requires(Permission.ANYBODY)
def password() -> str | Response:
    """The form for login and password."""
    if g.session is not None and g.session.stage == "full":
        return redirect("/", code=303)
    return render_template("sign_in/password.html", login="")


@bp.post("/login")
@requires(Permission.ANYBODY)
def give_password() -> Response:
    """Take login and password; on to the code."""
    login = request.form.get("login", "")
    try:
        token = sign_in.give_password(login, request.form.get("password", ""), visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("sign_in/password.html", error, login=login)
    answer = redirect(url_for("sign_in.code"), code=303)
    set_session_cookie(answer, token)
    return answer


@bp.get("/login/code")
@requires(Permission.CODE_AWAITED)
def code() -> str | Response:
    """The form for the code of the phone."""
    return _home() if current_session().stage == "full" else render_template("sign_in/code.html")


@bp.post("/login/code")
@requires(Permission.CODE_AWAITED)
def give_code() -> Response:
    """Take the code; signed in."""
    try:
        done = sign_in.give_code(
            current_session(), request.form.get("code", ""), visitor=visitor(), now=now()
        )
    except (Refused, Throttled) as error:
        return shown_again("sign_in/code.html", error)
    answer = _home()
    welcome(answer, done)
    return answer


@bp.get("/login/recovery")
@requires(Permission.CODE_AWAITED)
def recovery() -> str | Response:
    """The form for a recovery code, for those without their phone."""
    return _home() if current_session().stage == "full" else render_template("sign_in/recovery.html")


@bp.post("/login/recovery")
@requires(Permission.CODE_AWAITED)
def give_recovery() -> Response:
    """Take a recovery code; on to enrol a new phone."""
    code = request.form.get("recovery", "")
    try:
        done = sign_in.give_recovery_code(current_session(), code, visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("sign_in/recovery.html", error)
    answer = redirect(url_for("sign_in.enrol", token=done.link), code=303)
    set_session_cookie(answer, done.token)
    return answer


@bp.post("/logout")
@requires(Permission.ANYBODY)
def sign_out() -> Response:
    """End the sitting here and on the server."""
    if g.session is not None:
        sign_in.sign_out(Actor(g.session.officer, None, g.session), now=now())
    answer = redirect(url_for("sign_in.password"), code=303)
    clear_session(answer)
    return answer


@bp.get("/enrol/<token>")
@requires(Permission.ANYBODY)
def enrol(token: str) -> str:
    """The step an enrolment link is at: the password, or the phone."""
    link = enrolment.find(token, session=g.session, now=now())
    if enrolment.awaits_password(link):
        return render_template("sign_in/enrol_password.html", token=token, officer=link.officer)
    return render_template("sign_in/enrol_phone.html", token=token, **_phone(link))


@bp.post("/enrol/<token>/password")
@requires(Permission.ANYBODY)
def enrol_password(token: str) -> Response:
    """Take the chosen password, typed twice."""
    at = now()
    link = enrolment.find(token, session=g.session, now=at)
    chosen = request.form.get("password", "")
    try:
        if chosen != request.form.get("again", ""):
            raise Invalid("两次输入的密码不一样")
        enrolment.set_password(token, chosen, session=g.session, now=at)
    except (Invalid, Throttled) as error:
        return shown_again("sign_in/enrol_password.html", error, token=token, officer=link.officer)
    return redirect(url_for("sign_in.enrol", token=token), code=303)


@bp.post("/enrol/<token>/code")
@requires(Permission.ANYBODY)
def enrol_phone(token: str) -> Response:
    """Take a code of the new phone; show the recovery codes, this once."""
    at = now()
    link = enrolment.find(token, session=g.session, now=at)
    try:
        code = request.form.get("code", "")
        done = enrolment.confirm(token, code, session=g.session, visitor=visitor(), now=at)
    except (Refused, Throttled) as error:
        return shown_again("sign_in/enrol_phone.html", error, token=token, **_phone(link))
    page = render_template(
        "sign_in/enrolled.html", codes=done.codes, officer=done.officer, is_signed_in=bool(done.signed_in)
    )
    answer = make_response(page)
    if done.signed_in is not None:
        welcome(answer, done.signed_in)
    return answer


def _phone(link: Enrolment) -> dict[str, object]:
    """What the page of the phone shows: the secret in groups to type, and drawn to scan."""
    phone = enrolment.phone_of(link)
    groups = " ".join(phone.secret[i : i + 4] for i in range(0, len(phone.secret), 4))
    return {"qr": squares.drawn(phone.address), "secret": groups, "address": phone.address}


def _home() -> Response:
    return redirect("/", code=303)
