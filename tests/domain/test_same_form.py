"""Pages of one form are told by their ruling, and a place keeps to it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.geometry import Box
from webapp.domain.same_form import FEWEST_CELLS, carried, is_same

SIZE = (4000, 6000)


def ruled(columns: list[int], rows: list[int]) -> list[Box]:
    """Cells between these edges."""
    return [
        Box(left, top, right, bottom)
        for top, bottom in itertools.pairwise(rows)
        for left, right in itertools.pairwise(columns)
    ]


FORM = ruled([100, 300, 700, 820, 1100], [200, 260, 330, 400, 600, 900])


def scanned(cells: list[Box], *, scale: float = 1.0, right: int = 0, down: int = 0) -> list[Box]:
    """The same ruling on another scan."""
    return [
        Box(
            round(cell.left * scale) + right,
            round(cell.top * scale) + down,
            round(cell.right * scale) + right,
            round(cell.bottom * scale) + down,
        )
        for cell in cells
    ]


@given(scale=st.floats(0.6, 2.5), right=st.integers(0, 300), down=st.integers(0, 300), data=st.data())
def test_a_box_keeps_its_place_wherever_the_table_lies(scale, right, down, data):
    other = scanned(FORM, scale=scale, right=right, down=down)
    assert is_same(FORM, other)
    left, top = data.draw(st.integers(100, 1000)), data.draw(st.integers(200, 800))
    box = Box(left, top, left + data.draw(st.integers(10, 100)), top + data.draw(st.integers(10, 100)))
    [expected] = scanned([box], scale=scale, right=right, down=down)
    found = carried(box, FORM, other, size=SIZE)
    assert found is not None
    assert found.left <= expected.left < expected.right <= found.right
    assert found.top <= expected.top < expected.bottom <= found.bottom
    assert found.width < expected.width + 0.03 * 1000 * scale


def test_a_few_lost_and_strange_cells_make_no_other_form():
    dirty = [*FORM[:5], *FORM[7:], Box(400, 420, 460, 470)]
    assert is_same(FORM, dirty)
    assert is_same(dirty, FORM)


def test_another_ruling_is_another_form():
    for other in (
        ruled([100, 500, 700, 820, 1100], [200, 260, 330, 400, 600, 900]),
        ruled([100, 300, 700, 820, 1100], [200, 260, 330, 400, 600, 700, 900]),
        ruled([100, 300, 1100], [200, 260, 330, 400, 600, 900]),
        [],
    ):
        assert not is_same(FORM, other)
        assert not is_same(other, FORM)


def test_a_frame_is_no_form():
    frame = ruled([0, 500], [0, 100, 200, 300])
    assert len(frame) < FEWEST_CELLS
    assert not is_same(frame, frame)


def test_a_place_off_the_other_page_is_none_and_one_across_its_edge_is_cut():
    low = scanned(FORM, down=5200)
    assert carried(Box(100, 850, 200, 890), FORM, low, size=SIZE) is None
    cut = carried(Box(100, 700, 200, 890), FORM, low, size=SIZE)
    assert cut is not None
    assert cut.bottom == SIZE[1]
