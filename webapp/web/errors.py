"""Errors become answers in plain Chinese: one map from families to statuses; every refusal is logged once."""

import logging
import secrets

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

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
    429: ("请稍后再试", "短时间内操作太多，请过一分钟再试。"),
}
_log = logging.getLogger("lantai.web")


def install(app: Flask) -> None:
    """Answer our own errors, those of HTTP, and what nobody expected."""
    app.register_error_handler(ArchiveError, archive_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(OSError, full_disk)
    app.register_error_handler(Exception, unexpected)


def archive_error(error: ArchiveError) -> Response:
    """An error raised on purpose: its words are for the reader."""
    status, heading = next(answer for family, answer in STATUS.items() if isinstance(error, family))
    if isinstance(error, Refused):
        _log_refusal(error)
    answer = _answer(status, heading, str(error))
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def http_error(error: HTTPException) -> Response:
    """An error of HTTP itself: no such address, wrong method, too large."""
    status = error.code or 500
    heading, message = WORDS.get(status, ("不能完成", "请返回重试；如果一直这样，请联系系统管理员。"))
    answer = _answer(status, heading, message)
    if isinstance(error, RequestEntityTooLarge):
        answer.headers["Connection"] = "close"
    return answer


def full_disk(error: OSError) -> Response:
    """The disk is full or gone: nothing was kept, nothing is shown."""
    _log.exception("storage failed: errno %s", error.errno)
    return _answer(507, "存储空间不足", "内容没有保存。请联系系统管理员清理空间后重试。")


def unexpected(error: Exception) -> Response:
    """A fault of ours: a number to quote for the reader, the traceback for the operator's log."""
    reference = secrets.token_hex(4).upper()
    _log.exception("fault %s at %s", reference, request.endpoint)
    return _answer(
        500, "系统出错了", "刚才的操作没有完成。请稍后重试；如果一直这样，请把编号告诉系统管理员。", reference
    )


def _answer(status: int, heading: str, message: str, reference: str = "") -> Response:
    if wants_fragment():
        answer = make_response(render_template("_error.html", message=message), status)
        answer.headers["HX-Retarget"] = "#notice"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    if request.accept_mimetypes.best == "text/plain":  # the upload script shows it beside the file
        return Response(message, status=status, mimetype="text/plain")
    page = render_template("error.html", heading=heading, message=message, reference=reference)
    return make_response(page, status)


def _log_refusal(error: Refused) -> None:
    """One entry for each refusal, by the rule that refused; what was asked for is named by its route only."""
    session = g.get("session")
    is_known = session is not None and session.stage == "full"
    actor = Actor(session.officer, Role(session.role), session) if is_known else Actor(None, None)
    with transaction():
        audit.append(
            "access:refused",
            actor=actor,
            at=now(),
            kind="route",
            record=request.endpoint or "",
            outcome=audit.Outcome.DENY,
            reason=error.rule,
            details={"object": next(iter((request.view_args or {}).values()), "")}
            if request.view_args
            else None,
        )
