"""Errors become answers in plain Chinese: one map from families to statuses; every refusal is logged once."""

import errno
import logging
import re
import secrets

from flask import Flask, Response, g, make_response, render_template, request, url_for
from peewee import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, RequestEntityTooLarge

from webapp.domain.errors import ArchiveError, Conflict, Invalid, NotFound, Refused, Throttled
from webapp.domain.role import Role
from webapp.services import audit
from webapp.services.actor import Actor
from webapp.storage.database import transaction
from webapp.web.clock import now
from webapp.web.fragments import wants_fragment

STATUS: dict[type[ArchiveError], tuple[int, str]] = {
    NotFound: (404, "没有找到"),
    Refused: (403, "不能查看"),
    Conflict: (409, "情况已有变化"),
    Invalid: (422, "内容有误"),
    Throttled: (429, "请稍后再试"),
}
WORDS: dict[int, tuple[str, str]] = {
    400: ("请求有误", "浏览器发来的内容不完整，请返回重试。"),
    404: ("没有找到", "这个地址不存在，或者内容已被移走。"),
    405: ("不能这样操作", "请返回上一页，用页面上的按钮操作。"),
    413: ("文件太大", "这次上传超过了大小限制，内容没有保存。请分几次上传，每个文件不超过 60 MB。"),
    421: ("地址不对", "请用系统管理员给您的地址打开兰台。"),
    429: ("请稍后再试", "短时间内操作太多，请过一分钟再试。"),
}
# Rules of domain.disclosure and of grants that ended: an approval would open what they keep closed.
GRANT_OPENS = frozenset(
    {
        "restricted",
        "strict",
        "outside-scope",
        "category-by-request",
        "category-titles-only",
        "grant-expired",
        "grant-used-up",
        "grant-revoked",
    }
)
BUSY_RETRY_S = 5  # seconds; as long as a writer waits for another before it gives up
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_log = logging.getLogger("lantai.web")


def install(app: Flask) -> None:
    """Answer our own errors, those of HTTP, and what nobody expected."""
    app.register_error_handler(ArchiveError, archive_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OverflowError, beyond_all_numbers)
    app.register_error_handler(OSError, storage_error)
    app.register_error_handler(OperationalError, database_error)
    app.register_error_handler(Exception, unexpected)


def archive_error(error: ArchiveError) -> Response:
    """An error raised on purpose: its words are for the reader."""
    status, heading = next(answer for family, answer in STATUS.items() if isinstance(error, family))
    log_refusal(error)
    answer = _answer(status, heading, str(error), action=_way_on(error))
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def http_error(error: HTTPException) -> Response:
    """An error of HTTP itself: no such address, wrong method, too large."""
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, OperationalError):
        return database_error(error.original_exception)  # met while another answer was being written down
    status = error.code or 500
    heading, message = WORDS.get(status, ("不能完成", "请返回重试；如果一直这样，请联系系统管理员。"))
    answer = _answer(status, heading, message)
    if isinstance(error, RequestEntityTooLarge):
        answer.headers["Connection"] = "close"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def beyond_all_numbers(_error: OverflowError) -> Response:
    """A page or entry whose number is larger than any row's can be: there is none such."""
    return _answer(404, *WORDS[404])


def storage_error(error: OSError) -> Response:
    """The disk is full: nothing was kept, nothing is shown. Any other fault of the system is one of ours."""
    if error.errno not in _NO_SPACE:
        return unexpected(error)
    _log.exception("no space left: errno %s", error.errno)
    return _no_space()


def database_error(error: OperationalError) -> Response:
    """Another writer holds the database for too long, or its disk is full: nothing was kept, nothing is shown."""
    said = str(error)
    if "disk is full" in said or "disk I/O" in said:
        _log.exception("the database has no space left")
        return _no_space()
    if "locked" not in said:
        return unexpected(error)
    _log.error("the database was locked for too long at %s", request.endpoint)
    answer = _answer(503, "系统正忙", "刚才的操作没有完成，请过几秒再试一次。")
    answer.headers["Retry-After"] = str(BUSY_RETRY_S)
    return answer


def _no_space() -> Response:
    return _answer(507, "存储空间不足", "内容没有保存。请联系系统管理员清理空间后重试。")


def unexpected(error: Exception) -> Response:
    """A fault of ours: a number to quote for the reader, the traceback for the operator's log."""
    reference = secrets.token_hex(4).upper()
    _log.exception("fault %s at %s", reference, request.endpoint)
    return _answer(
        500, "系统出错了", "刚才的操作没有完成。请稍后重试；如果一直这样，请把编号告诉系统管理员。", reference
    )


def _way_on(error: ArchiveError) -> dict[str, str] | None:
    """The way to ask for what was refused, where a grant or a second officer would open it."""
    session, asked_for = g.get("session"), request.view_args or {}
    is_official = session is not None and session.stage == "full" and session.role == Role.OFFICIAL
    if not is_official or not isinstance(error, Refused) or "material_id" not in asked_for:
        return None
    material_id = asked_for["material_id"]
    if error.rule in GRANT_OPENS:
        return {"label": "申请查阅", "href": url_for("requests.new", material=material_id)}
    if error.rule == "second-awaited":
        return {"label": "请同事加入", "href": url_for("joining.awaited", material_id=material_id)}
    return None


def _answer(
    status: int, heading: str, message: str, reference: str = "", action: dict[str, str] | None = None
) -> Response:
    if wants_fragment():
        answer = make_response(render_template("_error.html", message=message), status)
        answer.headers["HX-Retarget"] = "#notice"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    if request.accept_mimetypes.best == "text/plain":  # the upload script shows it beside the file
        return Response(message, status=status, mimetype="text/plain")
    page = render_template("error.html", heading=heading, message=message, reference=reference, action=action)
    return make_response(page, status)


def log_refusal(error: ArchiveError) -> None:
    """One entry for each refusal, by the rule that refused; none for what is no refusal, or was logged by its service.

    What was asked for is named by its route and public id. Nothing else of an address is kept: anybody can write a
    name there, and the address of an enrolment holds its token.
    """
    if not isinstance(error, Refused | NotFound) or not error.rule:
        return
    if isinstance(error, Refused) and error.is_logged:
        return
    session = g.get("session")
    is_known = session is not None and session.stage == "full"
    actor = Actor(session.officer, Role(session.role), session) if is_known else Actor(None, None)
    asked_for = str(next(iter((request.view_args or {}).values()), ""))
    with transaction():
        audit.append(
            "access:refused",
            actor=actor,
            at=now(),
            kind="route",
            record=request.endpoint or "",
            outcome=audit.Outcome.DENY,
            reason=error.rule,
            details={"object": asked_for} if _PUBLIC_ID.fullmatch(asked_for) else None,
        )
