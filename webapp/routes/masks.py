"""Checking masks (遮挡核对): the pages a machine was not sure of, one at a time, for the archivist who keeps them."""

import json
from contextlib import suppress
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.errors import Invalid
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.domain.permission import Permission
from webapp.rendering import images
from webapp.services import masks as checking
from webapp.services import viewings
from webapp.web.clock import now
from webapp.web.guards import current_actor, requires

bp = Blueprint("masks", __name__)


@bp.get("/desk/masks")
@requires(Permission.MASKS)
def masks() -> str:
    """The pages that wait, oldest first."""
    waiting, total = checking.queue(current_actor())
    return render_template("masks/masks.html", waiting=waiting, total=total)


@bp.get("/desk/masks/<page_id>")
@requires(Permission.MASKS)
def page(page_id: str) -> str:
    """One page with its boxes, to add, remove and release."""
    return _page(page_id)


@bp.get("/desk/masks/<page_id>/image")
@requires(Permission.MASKS)
def image(page_id: str) -> Response:
    """The page without masks, marked for the archivist who looks."""
    actor = current_actor()
    found = checking.checkable_page(actor, page_id)
    material_id = found.material.public_id
    viewings.begin(actor, material_id, "", now=now())
    accept = request.headers.get("Accept", "")
    rendered = viewings.deliver(
        actor, material_id, found.number, width_px=images.READING_PX, accept=accept, now=now()
    )
    answer = make_response(rendered.content)
    answer.mimetype = rendered.media_type
    return answer


@bp.post("/desk/masks/<page_id>")
@requires(Permission.MASKS)
def verify(page_id: str) -> Response | tuple[str, int]:
    """Keep the boxes as they were left and release the page; then the next one that waits."""
    actor = current_actor()
    try:
        drawn = _drawn()
        revision = request.form.get("revision", -1, type=int)
        checking.verify(actor, page_id, drawn, revision=revision, now=now())
    except Invalid as error:
        return _page(page_id, error=str(error)), 422
    waiting, _ = checking.queue(actor, limit=1)
    if waiting:
        return redirect(url_for("masks.page", page_id=waiting[0].public_id), code=303)
    return redirect(url_for("masks.masks"), code=303)


def _page(page_id: str, error: str = "") -> str:
    actor = current_actor()
    found = checking.checkable_page(actor, page_id)
    boxes = [
        {"kind": f.kind.value, "box": [f.box.left, f.box.top, f.box.right, f.box.bottom]}
        for f in checking.findings_of(found)
    ]
    kinds = [(kind.value, label) for kind, label in checking.DRAWABLE]
    _, total = checking.queue(actor, limit=1)
    return render_template("masks/page.html", page=found, boxes=boxes, kinds=kinds, error=error, total=total)


def _drawn() -> list[checking.Drawn]:
    """The boxes of the form: `box` fields of JSON kept by checkboxes, and one typed in by hand. Raises Invalid."""
    rows = [*request.form.getlist("box"), *([_typed()] if request.form.get("new_left") else [])]
    found = []
    for row in rows:
        drawn = None
        with suppress(ValueError, KeyError, TypeError):
            drawn = _one(json.loads(row))
        if drawn is None:
            raise Invalid("遮挡框的位置不对，请重新画一次")
        found.append(drawn)
    return found


def _one(row: dict[str, Any]) -> checking.Drawn:
    left, top, right, bottom = (int(value) for value in row["box"])
    return checking.Drawn(Kind(row["kind"]), Box(left, top, right, bottom))


def _typed() -> str:
    """The box described in numbers, for who cannot draw: percent of the page's width and height."""
    form = request.form
    width, height = form.get("width", 0, type=int), form.get("height", 0, type=int)
    percents = [form.get(f"new_{side}", -1.0, type=float) for side in ("left", "top", "right", "bottom")]
    if not all(0 <= percent <= 100 for percent in percents):
        raise Invalid("位置请填 0 到 100 之间的数")
    sizes = (width, height, width, height)
    box = [int(size * percent / 100) for size, percent in zip(sizes, percents, strict=True)]
    return json.dumps({"kind": form.get("new_kind", ""), "box": box})
