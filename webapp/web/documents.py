"""Documents handed out (打印件与下载): set as PDF from a template, and sent as an attachment."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Response, current_app, make_response, render_template, send_file

from webapp.domain.errors import Throttled
from webapp.rendering.images import Rendered
from webapp.rendering.pdf import pdf

RETRY_S = 15  # seconds; as long as a file of drawn pages takes
_drawing = Lock()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """While a file of drawn pages is made; readers are not kept waiting for a second one. Raises Throttled."""
    if not _drawing.acquire(blocking=False):
        raise Throttled("现在有人正在导出，请过一会儿再试", retry_after_s=RETRY_S)
    try:
        yield
    finally:
        _drawing.release()


def printed(template: str, **context: Any) -> bytes:
    """A template of layouts/print.html as PDF."""
    static = Path(current_app.static_folder or "")
    return pdf(render_template(template, **context), stylesheet=static / "css" / "print.css", assets=static)


def attached(content: bytes, media_type: str, name: str) -> Response:
    """Bytes to save under a name (RFC 6266, so that it may be Chinese)."""
    return send_file(io.BytesIO(content), media_type, as_attachment=True, download_name=name, max_age=0)


def picture(rendered: Rendered) -> Response:
    """A drawn page, to be shown where it was asked for."""
    answer = make_response(rendered.content)
    answer.mimetype = rendered.media_type
    answer.headers["Content-Disposition"] = "inline"
    return answer
