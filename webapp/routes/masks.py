"""Checking masks (遮挡核对): the pages a machine was not sure of, one at a time, for the archivist who keeps them."""

import json
import re
from contextlib import suppress
from datetime import datetime
from math import ceil
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.disclosure import Rendition
from webapp.domain.errors import Invalid
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.domain.page_width import READING_PX, ZOOMED_PX
from webapp.domain.permission import Permission
from webapp.services import mask_copies, mask_queue, viewings
from webapp.services import masks as checking
from webapp.services.mask_queue import Place
from webapp.storage.pages import Page
from webapp.web.clock import now
from webapp.web.filters import ZONE
from webapp.web.guards import current_actor, requires
from webapp.web.limits import PAGE_IMAGES, limiter

bp = Blueprint("masks", __name__)
COVERED = checking.BURNED[Rendition.MASKED]  # kinds worth drawing: others are marked, and shown all the same
SOURCES = {  # what found a box, by the first word of its rule
    checking.DRAWN: "人工画的",
    checking.COPIED: "由同一表格的另一页带来",
    "label": "按栏目名找到",
    "pattern": "按号码格式找到",
    "second": "第二遍识别找到",
    "table": "按表格位置找到",
    "row": "按表格位置找到",
    "ink": "有笔迹，没有读出来",
    "doubtful": "读得没有把握",
    "text": "按上下文找到",
}
SIDES = ("left", "top", "right", "bottom")
MALFORMED = (ValueError, KeyError, TypeError, OverflowError, RecursionError)  # what a made-up field can raise


@bp.get("/desk/masks")
@requires(Permission.MASKS)
def masks() -> str:
    """The pages that wait, those first that a reader came for."""
    actor, at = current_actor(), now()
    waiting, total = mask_queue.listed(actor, now=at)
    return render_template(
        "masks/masks.html",
        waiting=waiting,
        total=total,
        awaited=mask_queue.awaited(waiting),
        checked=mask_queue.checked_since(actor, _midnight(at)),
    )


@bp.get("/desk/masks/<page_id>")
@requires(Permission.MASKS)
def page(page_id: str) -> str:
    """One page with its boxes, to add, remove and release."""
    return _page(page_id)


@bp.get("/desk/materials/<material_id>/pages/<int:number>/mask")
@requires(Permission.MASKS)
def numbered(material_id: str, number: int) -> Response:
    """The same by its number in a material, as the viewer knows it."""
    found = checking.checkable_number(current_actor(), material_id, number)
    return redirect(url_for("masks.page", page_id=found.public_id), code=303)


@bp.get("/desk/masks/<page_id>/image")
@requires(Permission.MASKS)
@limiter.limit(PAGE_IMAGES)
def image(page_id: str) -> Response:
    """The page without masks, marked for the archivist who looks."""
    actor = current_actor()
    found = checking.checkable_page(actor, page_id)
    material_id = found.material.public_id
    viewings.begin(actor, material_id, "", now=now())
    width_px = ZOOMED_PX if request.args.get("size") == "full" else READING_PX
    accept = request.headers.get("Accept", "")
    rendered = viewings.deliver(actor, material_id, found.number, width_px=width_px, accept=accept, now=now())
    answer = make_response(rendered.content)
    answer.mimetype = rendered.media_type
    answer.vary.add("Accept")
    return answer


@bp.post("/desk/masks/<page_id>")
@requires(Permission.MASKS)
def verify(page_id: str) -> Response | tuple[str, int]:
    """Keep the boxes as they were left and release the page; on to the next that waits, or back to the viewer."""
    actor, drawn = current_actor(), None
    place = mask_queue.place_of(actor, checking.checkable_page(actor, page_id))  # before it leaves the queue
    try:
        drawn = _kept()
        revision = request.form.get("revision", -1, type=int)
        released = checking.verify(actor, page_id, [*drawn, *_typed()], revision=revision, now=now())
    except Invalid as error:
        return _page(page_id, drawn, error=str(error)), 422
    copied = mask_copies.put_on_others(actor, released, now=now()) if request.form.get("elsewhere") else None
    return redirect(_after(released, place, copied), code=303)


def _after(released: Page, place: Place, copied: int | None) -> str:
    """Where to go on: who came from the viewer to a page that did not wait goes back there."""
    if place.number is None:
        return url_for("materials.read", material_id=released.material.public_id, page=released.number)
    if place.following is None:
        return url_for("masks.masks")
    return url_for("masks.page", page_id=place.following.public_id, copied=copied)


def _page(page_id: str, drawn: list[checking.Drawn] | None = None, error: str = "") -> str:
    """The page with the boxes as they were sent, or as they are kept."""
    actor = current_actor()
    found = checking.checkable_page(actor, page_id)
    held = checking.findings_of(found)
    rules = {(kept.kind, kept.box): kept.rule for kept in held}
    if drawn is None:
        drawn = [checking.Drawn(kept.kind, kept.box) for kept in held]
    return render_template(
        "masks/page.html",
        page=found,
        boxes=[
            _described(one, rules.get((one.kind, one.box), checking.DRAWN), (found.width_px, found.height_px))
            for one in drawn
        ],
        kinds=[(kind.value, label) for kind, label in checking.DRAWABLE if kind in COVERED],
        names={kind.value: label for kind, label in checking.DRAWABLE},
        place=mask_queue.place_of(actor, found),
        copied=request.args.get("copied", type=int),
        error=error,
    )


def _described(one: checking.Drawn, rule: str, size: tuple[int, int]) -> dict[str, object]:
    """A box as the template needs it, with what found it and where it is in words."""
    box = one.box
    sides = zip((box.left, box.top, box.width, box.height), (*size, *size), strict=True)
    left, top, width, height = (round(100 * length / whole) for length, whole in sides)
    return {
        "kind": one.kind.value,
        "name": checking.LABELS[one.kind],
        "box": [box.left, box.top, box.right, box.bottom],
        "covers": one.kind in COVERED,
        "source": SOURCES.get(re.split("[:→]", rule)[0], "机器找到"),
        "by_hand": rule == checking.DRAWN,
        "where": f"离左边 {left}%，离上边 {top}%，宽 {width}%，高 {height}%",
    }


def _midnight(at: datetime) -> datetime:
    """When today began for the people who work here."""
    return at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _kept() -> list[checking.Drawn]:
    """The `box` fields of JSON, each kept by its checkbox or drawn. Raises Invalid."""
    return [_parsed(row) for row in request.form.getlist("box")]


def _parsed(row: str) -> checking.Drawn:
    drawn = None
    with suppress(*MALFORMED):
        drawn = _one(json.loads(row))
    if drawn is None:
        raise Invalid("遮挡框的位置不对，请重新画一次")
    return drawn


def _one(row: dict[str, Any]) -> checking.Drawn:
    left, top, right, bottom = (int(value) for value in row["box"])
    return checking.Drawn(Kind(row["kind"]), Box(left, top, right, bottom))


def _typed() -> list[checking.Drawn]:
    """A box described in numbers, for who cannot draw: percent of the page's width and height. Raises Invalid."""
    form = request.form
    if not any(form.get(f"new_{side}") for side in SIDES):
        return []
    width, height = form.get("width", 0, type=int), form.get("height", 0, type=int)
    percents = [form.get(f"new_{side}", -1.0, type=float) for side in SIDES]
    if not all(0 <= percent <= 100 for percent in percents):
        raise Invalid("四边的位置请填 0 到 100 之间的数")
    left, top, right, bottom = (percent / 100 for percent in percents)
    if left >= right or top >= bottom:
        raise Invalid("右边要大于左边，下边要大于上边")
    box = [int(width * left), int(height * top), ceil(width * right), ceil(height * bottom)]
    return [_parsed(json.dumps({"kind": form.get("new_kind", ""), "box": box}))]
