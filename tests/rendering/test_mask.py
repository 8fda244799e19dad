from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from webapp.domain.geometry import Box
from webapp.rendering import mask
from webapp.rendering.mask import Cover, extent

A4 = (2480, 3508)


@st.composite
def values(draw, page=A4):
    left, top = draw(st.integers(0, page[0] - 10)), draw(st.integers(0, page[1] - 10))
    right, bottom = draw(st.integers(left + 1, page[0])), draw(st.integers(top + 1, page[1]))
    return Box(left, top, right, bottom)


@given(values(), st.sampled_from([(1, 1), (8, 8), (16, 8), (16, 16)]))
def test_a_value_is_covered_with_its_margin_and_with_every_block_that_it_taints(value, block):
    covered = extent(value, page=A4, block=block)
    margin = max(4, min(24, value.height * 0.15))
    assert covered.left <= max(0, value.left - margin) or covered.right == A4[0]
    assert covered.right >= min(A4[0], value.right + margin)
    assert covered.top <= max(0, value.top - margin)
    assert covered.bottom >= min(A4[1], value.bottom + margin)
    assert covered.left <= value.left // block[0] * block[0]
    assert covered.bottom >= min(A4[1], -(-value.bottom // block[1]) * block[1])
    assert covered.left >= 0
    assert covered.right <= A4[0]


@given(values())
def test_the_width_of_a_mask_comes_in_steps(value):
    width = extent(value, page=A4).width
    assert width % mask.STEP_PX == 0 or width == A4[0]


def test_short_and_long_values_of_a_kind_look_alike():
    widths = {extent(Box(600, 400, 600 + 50 * length, 448), page=A4).width for length in (2, 3, 4)}
    assert len(widths) == 1
    digits = {extent(Box(600, 400, 600 + 25 * length, 448), page=A4).width for length in (11, 15, 18)}
    assert len(digits) == 1


def test_a_page_of_fewer_pixels_has_steps_of_the_same_length_on_paper():
    assert extent(Box(300, 200, 400, 224), page=(1240, 1754)).width == 120


def test_a_value_at_the_right_edge_is_widened_to_the_left():
    covered = extent(Box(2400, 100, 2470, 140), page=A4)
    assert covered.right == 2480
    assert covered.width == 240


def test_a_box_is_solid_edged_and_named():
    page = Image.new("RGB", (620, 877), "white")
    mask.burn(page, [Cover(Box(200, 400, 1160, 520), "证件号")], page=A4)
    assert page.getpixel((50, 100)) == (mask.EDGE,) * 3
    assert page.getpixel((60, 125)) == (mask.FILL,) * 3
    inside = page.crop((52, 102, 288, 128)).convert("L")
    assert inside.getextrema()[0] < 0x70, "the kind is written in it"
    assert page.getpixel((49, 99)) == (255,) * 3


def test_a_name_that_does_not_fit_is_left_out():
    page = Image.new("L", (620, 877), 255)
    mask.burn(page, [Cover(Box(200, 400, 260, 460), "家庭成员")], page=A4)
    assert {level for _, level in page.getcolors()} == {255, mask.FILL, mask.EDGE}
