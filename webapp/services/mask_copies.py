"""Boxes drawn on one page of a form, put on those others of it that wait (同一表格): each is still checked alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from webapp.domain import same_form
from webapp.domain.findings import Finding
from webapp.domain.geometry import Box
from webapp.domain.transcription import Transcription
from webapp.services import audit, jobs, mask_queue, masks
from webapp.services.actor import Actor
from webapp.storage.archive import Material
from webapp.storage.database import transaction
from webapp.storage.pages import Page

MOST_PAGES = (
    60  # opened for one request, at some 10 ms each; whoever has more ticks the box again on the next
)
_NO_TITLE = re.compile(r"[0-9０-９〇一二三四五六七八九十年度月日第份页（）()《》“”\s·、.\-]+")


def put_on_others(actor: Actor, page: Page, *, now: datetime) -> int:
    """Put the boxes drawn on a page at the same place of other waiting pages of its form; on how many.

    The form is told by its ruling, so a page without a table has no others. What is put there covers at once,
    and releases nothing: each page goes on waiting for its own check. Raises Refused, NotFound.
    """
    page = masks.checkable_page(actor, page.public_id)
    drawn = [found for found in masks.findings_of(page) if found.rule == masks.DRAWN]
    if not drawn:
        return 0
    cells = masks.transcription_of(page).cells
    return sum(_put(actor, page, other, drawn, cells, now) for other in _candidates(actor, page))


def _put(
    actor: Actor, page: Page, other: Page, drawn: Sequence[Finding], cells: Sequence[Box], now: datetime
) -> bool:
    """True when the other page is of the same form and got a box more."""
    if other.transcription is None:
        return False
    transcription = masks.transcription_of(other)
    if not same_form.is_same(cells, transcription.cells):
        return False
    new = list(_new(drawn, cells, transcription, masks.findings_of(other)))
    if not new:
        return False
    with transaction():
        unchanged = (Page.id == other.id) & (Page.mask_revision == other.mask_revision)
        if not Page.update(mask_revision=Page.mask_revision + 1).where(unchanged).execute():
            return False  # somebody is at it just now
        masks.add(other, new, transcription, drawn_by=actor)
        masks.write_text(other, transcription)
        jobs.enqueue("index", f"page:{other.id}", now=now)
        audit.append("mask:copied", actor=actor, at=now, kind="page", record=other.public_id,
                     details={"from": page.public_id, "added": len(new)})  # fmt: skip
    return True


def _new(
    drawn: Iterable[Finding], cells: Sequence[Box], transcription: Transcription, held: Sequence[Finding]
) -> Iterator[Finding]:
    """The drawn boxes at their place on the other page, without those that a box of their kind covers there."""
    size = (transcription.width_px, transcription.height_px)
    for one in drawn:
        box = same_form.carried(one.box, cells, transcription.cells, size=size)
        if box is None or any(f.kind is one.kind and _is_within(one.box, box, f.box) for f in held):
            continue
        yield Finding(one.kind, box, masks.COPIED)


def _is_within(drawn: Box, carried: Box, held: Box) -> bool:
    """True when a box covers what the drawn one would there; the carried one is a little larger than it."""
    spare_x, spare_y = (carried.width - drawn.width) // 2 + 1, (carried.height - drawn.height) // 2 + 1
    return (
        held.left <= carried.left + max(0, spare_x)
        and held.top <= carried.top + max(0, spare_y)
        and held.right >= carried.right - max(0, spare_x)
        and held.bottom >= carried.bottom - max(0, spare_y)
    )


def _candidates(actor: Actor, page: Page) -> list[Page]:
    """Waiting pages of this material, then those with its number in materials titled alike, then the rest of these."""
    waiting, material = mask_queue.waiting(actor), page.material
    titles = waiting.select(Material.title).distinct().order_by().tuples()
    form = _form(material.title)
    alike = [title for (title,) in titles if form and _form(title) == form]
    return list(
        waiting.where((Page.id != page.id) & ((Material.id == material.id) | Material.title.in_(alike)))
        .order_by(Material.id != material.id, Page.number != page.number, Page.id)
        .limit(MOST_PAGES)
    )


def _form(title: str) -> str:
    """A title without what differs from year to year: 2015年度考核登记表 and 2016年度考核登记表 are one form."""
    return _NO_TITLE.sub("", title)
