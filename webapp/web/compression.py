"""Answers get smaller on the way to a phone: static files compressed once at start, pages as they are made.

Compressing a page that holds a secret beside words of a stranger's choice can tell the secret by its length (BREACH).
The one secret of our pages is the form token, and csrf.py masks it anew in every answer; the cookie of the sitting is
SameSite=Strict, so nobody else's site can have our pages fetched at all.
"""

import gzip
from pathlib import Path

from flask import Flask, Response, request

SMALLEST = 600  # bytes: below it the header of gzip and the work are not worth it
PAGE_LEVEL, FILE_LEVEL = 5, 9
TEXTS = frozenset(
    {
        "text/html", "text/css", "text/javascript", "text/plain", "application/javascript", "application/json",
        "application/manifest+json", "image/svg+xml",
    }
)  # fmt: skip


def install(app: Flask, folder: Path) -> None:
    """Compress the texts among the static files in `folder` now, and every page when it is sent."""
    files = {
        path.relative_to(folder).as_posix(): gzip.compress(path.read_bytes(), FILE_LEVEL, mtime=0)
        for path in folder.rglob("*")
        if path.suffix in (".css", ".js", ".svg") and path.stat().st_size >= SMALLEST
    }

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in TEXTS or response.status_code in (204, 206, 304):
            return response
        response.vary.add("Accept-Encoding")
        if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
            return response
        if request.endpoint == "static":
            _replace(response, files.get((request.view_args or {}).get("filename", "")))
        elif not response.direct_passthrough and len(response.get_data()) >= SMALLEST:
            _replace(response, gzip.compress(response.get_data(), PAGE_LEVEL, mtime=0))
        return response


def _replace(response: Response, compressed: bytes | None) -> None:
    """Send these bytes instead, if there are any. Their ETag would be that of the plain ones, so it goes."""
    if compressed is None:
        return
    response.close()  # the opened file that they stand for
    response.direct_passthrough = False
    response.set_data(compressed)
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)
