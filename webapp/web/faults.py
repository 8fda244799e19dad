"""A form whose content was not accepted is shown again, with the reason by it."""

from typing import Any

from flask import Response, make_response, render_template

from webapp.domain.errors import ArchiveError, Throttled


def shown_again(template: str, error: ArchiveError, **context: Any) -> Response:
    """The page with `error` in words: 422, or 429 with the seconds to wait."""
    is_throttled = isinstance(error, Throttled)
    answer = make_response(
        render_template(template, error=str(error), **context), 429 if is_throttled else 422
    )
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer
