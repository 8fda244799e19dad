"""Columns that nothing rules (无框线的分栏): a row of headings, and the values that stand under each."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from webapp.domain.entries import continues
from webapp.domain.geometry import Box
from webapp.domain.labels import LabelMatch, is_heading, is_kinship, labels_in
from webapp.domain.passages import Passage

_LONGEST_HEADING = 60  # signs of all headings of a list together
_SECTION = re.compile("^(?:[一二三四五六七八九十]{1,2}[、.]|[(（][一二三四五六七八九十]{1,2}[)）])")
_AFTER = re.compile(
    "^(?:本人|我|以上|上述|注[:1]|说明|备注|填表|承诺|声明|审核|审查|组织|单位意见|此表|合计)"
)
_PITCH = 4  # heights of a row: what stands further below the last row is none
_LOST_ROWS = 2  # heights of a row by which a column reaches below the last that was read


class Column(NamedTuple):
    """The room under a heading that asks for something sensitive."""

    label: LabelMatch
    box: Box


def heads(row: Passage) -> bool:
    """True for a row of at least two words that is nothing but headings."""
    return " " in row.text and is_heading(row.text.replace(" ", ""), longest=_LONGEST_HEADING)


def begins_section(row: Passage) -> bool:
    """True for a row with which a list above it has ended: a heading, a declaration, a numbered section."""
    first = row.text.split(" ")[0]
    if is_kinship(first):
        return False
    return bool(_SECTION.match(first) or _AFTER.match(first)) or is_heading(first)


def columns(header: Passage, following: Sequence[Passage], page: tuple[int, int]) -> Iterator[Column]:
    """The columns under a row of headings, each as broad as its neighbours leave it; none when nothing follows.

    page -- (width, height) in pixels
    """
    bottom = _foot(header, following, page[1])
    if bottom is None:
        return
    compact = header.compact()
    for label in labels_in(compact.text):
        left = compact.glyphs[label.start - 1].box.right if label.start else 0
        right = compact.glyphs[label.end].box.left if label.end < len(compact.glyphs) else page[0]
        if left < right:
            yield Column(label, Box(left, header.box.bottom, right, bottom))


def _foot(header: Passage, following: Sequence[Passage], height_px: int) -> int | None:
    last: Passage | None = None
    for row in following:
        near = row.box.top - (last or header).box.bottom < _PITCH * header.box.height
        if not near or begins_section(row) or not continues(row.text.replace(" ", "")):
            break
        last = row
    return None if last is None else min(height_px, last.box.bottom + _LOST_ROWS * last.box.height)
