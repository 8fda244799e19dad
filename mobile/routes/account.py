"""The officer's own account (我的): role, sittings, password, phone, recovery codes, appearance."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid, NotFound, Refused, Throttled
from webapp.domain.permission import Permission
from webapp.domain.role import Role
from webapp.services import credentials, notices, officers, recovery_codes, sessions, sign_in, units
from webapp.web.clock import now
from webapp.web.faults import shown_again
from webapp.web.fragments import fragment_or_redirect
from webapp.web.guards import current_actor, current_session, requires
from webapp.web.sign_in import set_session_cookie, visitor, welcome

bp = Blueprint("account", __name__)


@bp.get("/account")
@requires(Permission.SIGNED_IN)
def account() -> str:
    """Who I am here, and everything I can change about it."""
    actor = current_actor()
    return render_template(
        "account/account.html",
        officer=actor.person,
        role=actor.role,
        roles=_roles(),
        session=current_session(),
        sittings=sessions.own(actor, now=now()),
        codes_left=recovery_codes.left(actor.person),
        unread=notices.unread(actor.person),
        remit=_remit() if actor.role is Role.APPROVER else "",
    )


@bp.get("/account/role")
@requires(Permission.SIGNED_IN)
def role() -> str:
    """The form to act in another of one's roles."""
    return render_template("account/role.html", roles=_roles(), role=current_actor().role)


@bp.post("/account/role")
@requires(Permission.SIGNED_IN)
def switch_role() -> Response:
    """Act in another role, by a fresh code."""
    wanted = request.form.get("role", "")
    if wanted not in list(Role):
        raise NotFound("没有这个角色")
    try:
        token = sign_in.switch_role(
            Role(wanted), request.form.get("code", ""), actor=current_actor(), visitor=visitor(), now=now()
        )
    except (Refused, Throttled) as error:
        return shown_again("account/role.html", error, roles=_roles(), role=wanted)
    answer = redirect("/", code=303)
    set_session_cookie(answer, token)
    return answer


@bp.post("/account/appearance")
@requires(Permission.SIGNED_IN)
def appearance() -> Response:
    """Light, dark or as the device; ordinary or large (长辈版)."""
    size = request.form.get("size", "")
    sessions.set_appearance(current_session(), theme=request.form.get("theme", ""), is_elder=size == "elder")
    return redirect(url_for("account.account"), code=303)


@bp.post("/account/sessions/<session_id>/end")
@requires(Permission.SIGNED_IN)
def end_session(session_id: str) -> Response:
    """End one of my sittings on another device."""
    sessions.end(session_id, actor=current_actor(), now=now())
    return _sittings("已退出那台设备")


@bp.post("/account/sessions/end-others")
@requires(Permission.SIGNED_IN)
def end_other_sessions() -> Response:
    """End all my sittings but this one."""
    sessions.end_others(actor=current_actor(), now=now())
    return _sittings("已退出其他所有设备")


@bp.get("/account/password")
@requires(Permission.SIGNED_IN)
def password() -> str:
    """The form to change the password."""
    return render_template("account/password.html")


@bp.post("/account/password")
@requires(Permission.SIGNED_IN)
def change_password() -> Response:
    """Change the password; all other devices are signed out."""
    form = request.form
    try:
        if form.get("password", "") != form.get("again", ""):
            raise Invalid("两次输入的新密码不一样")
        done = credentials.change_password(
            form.get("current", ""),
            form.get("password", ""),
            form.get("code", ""),
            actor=current_actor(),
            visitor=visitor(),
            now=now(),
        )
    except (Invalid, Refused, Throttled) as error:
        return shown_again("account/password.html", error)
    answer = redirect(url_for("account.account"), code=303)
    welcome(answer, done)
    return answer


@bp.get("/account/phone")
@requires(Permission.SIGNED_IN)
def phone() -> str:
    """The form to enrol another phone."""
    return render_template("account/phone.html")


@bp.post("/account/phone")
@requires(Permission.SIGNED_IN)
def change_phone() -> Response:
    """A code of the present phone opens the enrolment of another."""
    code = request.form.get("code", "")
    try:
        token = credentials.change_phone(code, actor=current_actor(), visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        return shown_again("account/phone.html", error)
    return redirect(url_for("sign_in.enrol", token=token), code=303)


@bp.get("/account/recovery-codes")
@requires(Permission.SIGNED_IN)
def codes() -> str:
    """The form to renew the recovery codes."""
    return render_template("account/recovery_codes.html", left=recovery_codes.left(current_actor().person))


@bp.post("/account/recovery-codes")
@requires(Permission.SIGNED_IN)
def renew_codes() -> Response | str:
    """New recovery codes, shown this once."""
    actor, code = current_actor(), request.form.get("code", "")
    try:
        made = credentials.renew_recovery_codes(code, actor=actor, visitor=visitor(), now=now())
    except (Refused, Throttled) as error:
        left = recovery_codes.left(actor.person)
        return shown_again("account/recovery_codes.html", error, left=left)
    return render_template("account/recovery_codes_made.html", codes=made, officer=actor.person)


def _remit() -> str:
    """Where an approver decides, in words."""
    names = units.full_names()
    given = officers.rights_of(current_actor().person).approval
    return "、".join(names[unit.id] for unit in given) or "全部单位"


def _roles() -> list[Role]:
    held = current_actor().person.roles
    return [role for role in Role if role in held]


def _sittings(toast: str) -> Response:
    return fragment_or_redirect(
        "account/_sittings.html",
        "account.account",
        toast=toast,
        session=current_session(),
        sittings=sessions.own(current_actor(), now=now()),
    )
