"""Pages of one printed form (同一表格): told by their ruling alone, for what was filled in differs."""

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil, floor

from webapp.domain.geometry import Box, around

FEWEST_CELLS = 8  # fewer rule no form: a frame, a letterhead, a stamp
ALIKE = 0.85  # share of cells that must lie alike on both; the rest is dirt, stamps and lines that faded
SLACK = 0.012  # of the table's width and height: how far the same line lies apart on two scans
_SPARE = 0.006  # of the same: by this a box grows on its way, so that it covers as well as it did

Cells = Sequence[Box]
_Place = tuple[float, float, float, float]


def is_same(one: Cells, other: Cells) -> bool:
    """True when two pages with these ruled cells are prints of one form, wherever on the sheet the table lies."""
    if min(len(one), len(other)) < FEWEST_CELLS:
        return False
    return _share(one, other) >= ALIKE and _share(other, one) >= ALIKE


def carried(box: Box, one: Cells, other: Cells, *, size: tuple[int, int]) -> Box | None:
    """The place on the other page, (width, height) in size, that `box` has on the first; None when it is off the page.

    A little larger than it was: a scan lies never quite as the one before.
    """
    here, there = around(one), around(other)
    across, down = there.width / here.width, there.height / here.height
    spare_x, spare_y = _SPARE * there.width, _SPARE * there.height
    left = there.left + (box.left - here.left) * across - spare_x
    right = there.left + (box.right - here.left) * across + spare_x
    top = there.top + (box.top - here.top) * down - spare_y
    bottom = there.top + (box.bottom - here.top) * down + spare_y
    kept_x, kept_y = (
        (max(0, floor(left)), min(size[0], ceil(right))),
        (max(0, floor(top)), min(size[1], ceil(bottom))),
    )
    return (
        Box(kept_x[0], kept_y[0], kept_x[1], kept_y[1])
        if kept_x[0] < kept_x[1] and kept_y[0] < kept_y[1]
        else None
    )


def _share(one: Cells, other: Cells) -> float:
    """Share of the first page's cells that have their like on the other."""
    others = sorted(_places(other))
    found = sum(_has_like(place, others) for place in _places(one))
    return found / len(one)


def _places(cells: Cells) -> list[_Place]:
    """Each cell as shares of the whole table, in which it lies alike on every print."""
    table = around(cells)
    return [
        (
            (cell.left - table.left) / table.width,
            (cell.top - table.top) / table.height,
            (cell.right - table.left) / table.width,
            (cell.bottom - table.top) / table.height,
        )
        for cell in cells
    ]


def _has_like(place: _Place, others: list[_Place]) -> bool:
    first = bisect_left(others, (place[0] - SLACK,))
    for candidate in others[first:]:
        if candidate[0] > place[0] + SLACK:
            return False
        if all(abs(a - b) <= SLACK for a, b in zip(place, candidate, strict=True)):
            return True
    return False
