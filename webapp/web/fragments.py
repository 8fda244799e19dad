"""One rule for htmx: the same address gives a page, or the part of it that was asked for."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for


def wants_fragment() -> bool:
    """True for an htmx swap; false for a visit, a boosted link or a history restore."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page_or_fragment(page: str, part: str, **context: Any) -> str:
    """Render `part` for an htmx swap and `page`, which includes it, for anyone else."""
    return render_template(part if wants_fragment() else page, **context)


def fragment_or_redirect(
    part: str,
    endpoint: str,
    *,
    values: dict[str, Any] | None = None,
    toast: str | None = None,
    **context: Any,
) -> Response:
    """After a change: the refreshed part for htmx (with a word in #notice), 303 See Other without it."""
    if not wants_fragment():
        return redirect(url_for(endpoint, **(values or {})), code=303)
    body = render_template(part, **context)
    if toast:
        body += render_template("_toast.html", message=toast)
    return make_response(body)
