from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from webapp.domain.page_width import READING_PX, THUMBNAIL_PX, ZOOMED_PX
from webapp.rendering import forensic

PAGE = (2480, 3508)
CODES = [f"code {number}".encode() for number in range(500)]
MINE = CODES[7]


def page(width: int = READING_PX, ground: int = 240, mode: str = "RGB") -> Image.Image:
    size = (width, round(width * PAGE[1] / PAGE[0]))
    return Image.new(mode, size, ground if mode == "L" else (ground,) * 3)


def marked(image: Image.Image, code: bytes = MINE) -> Image.Image:
    forensic.burn(image, code, page=PAGE)
    return image


def cells(image: Image.Image) -> forensic.Cells:
    """Brightness cell by cell against that of the page."""
    small = image.convert("L").resize(forensic.grid(PAGE), Image.Resampling.BOX)
    values = np.asarray(small, np.float32)
    return values - values.mean()


@pytest.mark.parametrize("width", [READING_PX, ZOOMED_PX, 700])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_code_of_a_viewing_is_found_among_others_at_every_width(width, mode):
    scores = forensic.scores(cells(marked(page(width, mode=mode))), CODES)
    assert scores.argmax() == 7
    assert scores[7] > 40
    assert np.delete(scores, 7).max() < 6


@pytest.mark.parametrize(("kind", "quality"), [("AVIF", 40), ("WEBP", 30), ("JPEG", 50)])
def test_it_outlives_the_encoders(kind, quality):
    rng = np.random.default_rng(1)
    grained = np.asarray(page()) + rng.normal(0, 4, (1528, READING_PX, 1))
    held = BytesIO()
    marked(Image.fromarray(np.clip(grained, 0, 255).astype(np.uint8))).save(held, kind, quality=quality)
    scores = forensic.scores(cells(Image.open(held)), CODES)
    assert (scores.argmax(), bool(scores[7] > 20)) == (7, True)


def test_nobody_sees_it():
    bare = np.asarray(page(), np.int16)
    difference = bare - np.asarray(marked(page()), np.int16)
    assert difference.min() == 0
    assert difference.max() <= forensic.VEIL
    steps = np.abs(np.diff(difference[..., 0], axis=1))
    assert steps.max() <= 2  # from light to dark in several small steps


@given(st.integers(0, forensic.VEIL))
def test_ink_stays_ink(level):
    assert np.asarray(marked(page(forensic.SMALLEST_PX, ground=level, mode="L"))).max() <= forensic.VEIL


def test_what_is_too_small_to_carry_it_is_left_alone():
    assert marked(page(THUMBNAIL_PX)).tobytes() == page(THUMBNAIL_PX).tobytes()


def test_no_two_codes_look_alike_and_no_part_of_a_page_repeats_another():
    one, other = cells(marked(page())), cells(marked(page(), CODES[8]))
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.1
    for shift in (4, 8, 16, 21, 32, 42):
        assert abs(np.corrcoef(one[:, :-shift].ravel(), one[:, shift:].ravel())[0, 1]) < 0.1


@given(st.integers(0, 2**32))
def test_a_code_that_has_nothing_to_do_with_a_picture_scores_low_whatever_it_shows(seed):
    rng = np.random.default_rng(seed)
    shown = rng.standard_t(2, (30, 40)).astype(np.float32)  # wild values and all
    codes = [rng.bytes(32) for _ in range(50)]
    assert forensic.scores(shown, codes).max() < 6


def test_a_picture_that_tells_nothing_scores_nothing():
    assert not forensic.scores(np.zeros((10, 10), np.float32), CODES).any()
    assert forensic.scores(np.ones((10, 10), np.float32), []).size == 0
