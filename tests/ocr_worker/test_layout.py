from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from ocr_worker.layout import cells, reading_order
from tests.ocr_worker.drawn import LABEL_RIGHT, LEFT, RIGHT, ROW, ROWS, TOP, form, pixels
from webapp.domain.geometry import Box

PAGE = pixels(form())
DRAWN = [
    Box(left, TOP + row * ROW, right, TOP + (row + 1) * ROW)
    for row in range(len(ROWS))
    for left, right in ((LEFT, LABEL_RIGHT), (LABEL_RIGHT, RIGHT))
]


@dataclass(frozen=True)
class Written:
    box: Box


def near(found: Sequence[Box], drawn: Sequence[Box], by: int = 12) -> bool:
    return len(found) == len(drawn) and all(
        abs(a.left - b.left) <= by
        and abs(a.top - b.top) <= by
        and abs(a.right - b.right) <= by
        and abs(a.bottom - b.bottom) <= by
        for a, b in zip(found, drawn, strict=True)
    )


def test_every_ruled_cell_is_found_in_reading_order() -> None:
    assert near(cells(PAGE), DRAWN)


def test_faint_rulings_are_found_as_well() -> None:
    assert near(cells((255 - (255 - PAGE) // 3).astype(np.uint8)), DRAWN)


def test_a_page_without_rulings_has_no_cells() -> None:
    assert cells(PAGE[850:]) == []
    assert cells(np.full((400, 300, 3), 255, np.uint8)) == []


def test_a_long_stroke_inside_a_written_line_is_no_ruling() -> None:
    page = PAGE.copy()
    page[TOP + 60 : TOP + 64, LABEL_RIGHT + 4 : RIGHT - 4] = 0  # a crossed-out name
    line = Box(LABEL_RIGHT - 2, TOP + 30, RIGHT + 2, TOP + 100)
    assert len(cells(page)) == len(DRAWN) + 1
    assert near(cells(page, [line]), DRAWN)


def test_lines_on_one_level_are_read_from_the_left() -> None:
    left, right, below = Box(10, 12, 50, 42), Box(80, 10, 120, 40), Box(5, 60, 90, 90)
    order = reading_order([Written(below), Written(right), Written(left)])
    assert [one.box for one in order] == [left, right, below]


def test_a_tall_label_does_not_draw_the_lines_beside_it_together() -> None:
    label = Box(0, 0, 30, 300)
    lines = [Box(50, top, 400, top + 40) for top in (0, 60, 130, 200, 260)]
    order = [one.box for one in reading_order(map(Written, [label, *lines]))]
    assert [box for box in order if box != label] == lines
    assert order.index(label) == 2


@given(
    some.lists(some.tuples(*[some.integers(0, 2000)] * 2, *[some.integers(1, 200)] * 2), max_size=30),
    some.randoms(),
)
def test_the_order_loses_nothing_and_does_not_depend_on_where_it_began(
    drawn: list[tuple[int, int, int, int]], chance: object
) -> None:
    boxes = [Written(Box(x, y, x + width, y + height)) for x, y, width, height in drawn]
    order = reading_order(boxes)
    assert sorted(one.box for one in order) == sorted(one.box for one in boxes)
