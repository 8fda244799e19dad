"""Finding people and pages (查档). The words go by POST and get an address of their own, without words in it."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.permission import Permission
from webapp.services import search as finding
from webapp.web.clock import now
from webapp.web.fragments import page_or_fragment
from webapp.web.guards import current_actor, requires
from webapp.web.limits import SEARCHES, limiter

bp = Blueprint("search", __name__)
MORE_PAGES = 20
MOST_PAGES = 200  # who needs more narrows the search


@bp.get("/search")
@requires(Permission.SEARCH)
def search() -> str:
    """The search box and the actor's newest searches."""
    return render_template("search/search.html", recent=finding.recent(current_actor()), query="")


@bp.post("/search")
@requires(Permission.SEARCH)
@limiter.limit(SEARCHES)
def make() -> Response | tuple[str, int]:
    """Keep the words and go to their results."""
    actor, words = current_actor(), request.form.get("q", "")
    try:
        made = finding.record(actor, words, now=now())
    except Invalid as error:
        page = render_template(
            "search/search.html", recent=finding.recent(actor), query=words, error=str(error)
        )
        return page, 422
    return redirect(url_for("search.show", search_id=made.public_id), code=303)


@bp.get("/search/<search_id>")
@requires(Permission.SEARCH)
@limiter.limit(SEARCHES)
def show(search_id: str) -> str:
    """What a search finds now: people first, then pages."""
    shown = min(request.args.get("pages", finding.PAGES_SHOWN, type=int), MOST_PAGES)
    found = finding.results(current_actor(), search_id, now=now(), pages=max(1, shown))
    more = url_for("search.show", search_id=search_id, pages=shown + MORE_PAGES)
    has_more = found.pages_total > shown and shown < MOST_PAGES
    return page_or_fragment(
        "search/results.html", "search/_results.html", found=found, more=more if has_more else None
    )


@bp.post("/search/forget")
@requires(Permission.SEARCH)
def forget() -> Response:
    """Delete the actor's own search history."""
    finding.forget(current_actor())
    return redirect(url_for("search.search"), code=303)
