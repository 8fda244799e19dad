"""Boxes on a page: no empty ones, and none that shrinks when the page is scaled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.geometry import Box, around, rescale

sizes = st.tuples(st.integers(1, 3000), st.integers(1, 3000))


@st.composite
def boxes_on(draw: st.DrawFn, size: tuple[int, int]) -> Box:
    left, top = draw(st.integers(0, size[0] - 1)), draw(st.integers(0, size[1] - 1))
    return Box(left, top, draw(st.integers(left + 1, size[0])), draw(st.integers(top + 1, size[1])))


@st.composite
def pages(draw: st.DrawFn) -> tuple[tuple[int, int], Box, Box]:
    size = draw(sizes)
    return size, draw(boxes_on(size)), draw(boxes_on(size))


@pytest.mark.parametrize("sides", [(5, 5, 5, 9), (5, 5, 9, 5), (9, 5, 5, 9), (5, 9, 9, 5)])
def test_a_box_without_area_is_refused(sides):
    with pytest.raises(ValueError, match="empty box"):
        Box(*sides)


@given(pages())
def test_boxes_overlap_when_they_share_a_pixel(page):
    _, one, other = page

    def across(box: Box) -> set[int]:
        return set(range(box.left, box.right))

    def down(box: Box) -> set[int]:
        return set(range(box.top, box.bottom))

    shared = bool(across(one) & across(other)) and bool(down(one) & down(other))
    assert one.overlaps(other) == other.overlaps(one) == shared


@given(pages())
def test_a_box_holds_its_own_centre_and_that_of_what_lies_within(page):
    _, one, other = page
    assert one.contains_centre_of(one)
    assert around([one, other]).contains_centre_of(other)


@given(pages())
def test_the_box_around_two_holds_both_and_no_more(page):
    _, one, other = page
    both = around([one, other])
    assert (both.left, both.top) == (min(one.left, other.left), min(one.top, other.top))
    assert (both.right, both.bottom) == (max(one.right, other.right), max(one.bottom, other.bottom))


@given(pages(), st.integers(0, 50), st.integers(0, 50))
def test_a_grown_box_holds_the_old_one_and_stays_on_the_page(page, x_px, y_px):
    size, box, _ = page
    grown = box.grown(x_px, y_px, within=size)
    assert 0 <= grown.left <= box.left < box.right <= grown.right <= size[0]
    assert 0 <= grown.top <= box.top < box.bottom <= grown.bottom <= size[1]


@given(pages(), sizes)
def test_a_rescaled_mask_never_uncovers_a_pixel_and_stays_on_the_page(page, new):
    old, box, _ = page
    scaled = rescale(box, old=old, new=new)
    # exact fractions: the edge of the old box in the new page lies within the new box, less than a pixel off
    assert scaled.left * old[0] <= box.left * new[0] < (scaled.left + 1) * old[0]
    assert scaled.top * old[1] <= box.top * new[1] < (scaled.top + 1) * old[1]
    assert (scaled.right - 1) * old[0] < box.right * new[0] <= scaled.right * old[0]
    assert (scaled.bottom - 1) * old[1] < box.bottom * new[1] <= scaled.bottom * old[1]
    assert 0 <= scaled.left < scaled.right <= new[0]
    assert 0 <= scaled.top < scaled.bottom <= new[1]


@given(pages())
def test_a_box_on_a_page_of_the_same_size_stays_as_it_is(page):
    size, box, _ = page
    assert rescale(box, old=size, new=size) == box
