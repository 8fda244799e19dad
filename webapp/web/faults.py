"""A form whose content was not accepted is shown again, with the reason by it."""

from typing import Any

from flask import Response, make_response, render_template

from webapp.domain.errors import ArchiveError, Throttled
from webapp.web.errors import log_refusal


def shown_again(template: str, error: ArchiveError, **context: Any) -> Response:
    """The page with `error` in words: 422, or 429 with the seconds to wait. A refusal is logged, as any is."""
    log_refusal(error)
    is_throttled = isinstance(error, Throttled)
    answer = make_response(
        render_template(template, error=str(error), **context), 429 if is_throttled else 422
    )
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer
