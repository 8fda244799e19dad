import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr_worker.orientation import Orientation
from ocr_worker.preparation import debled, optimised, prepared, skew
from tests.ocr_worker.drawn import Pixels, form, photographed, pixels, turned

PAGE = pixels(form())
BLANK = np.full((900, 700, 3), 250, np.uint8)


@pytest.fixture(scope="module")
def orientation() -> Orientation:
    return Orientation()


@pytest.mark.parametrize("degrees", [-4.6, -1.5, -0.4, 0.3, 0.8, 3.2, 5.0])
def test_a_page_laid_askew_is_measured_to_a_tenth_of_a_degree_or_two(degrees: float) -> None:
    assert skew(turned(PAGE, -degrees)) == pytest.approx(degrees, abs=0.15)


@pytest.mark.parametrize("page", [PAGE, BLANK], ids=["level", "blank"])
def test_a_level_or_empty_page_is_left_alone(page: Pixels) -> None:
    assert skew(page) == 0.0


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_page_lying_wrong_is_set_upright(orientation: Orientation, clockwise: int) -> None:
    lying = np.ascontiguousarray(np.rot90(PAGE, clockwise // 90))  # counter-clockwise
    page = prepared(lying, orientation)
    assert page.turned_degrees == clockwise
    assert np.array_equal(page.pixels, PAGE)


def test_a_blank_page_is_not_turned(orientation: Orientation) -> None:
    page = prepared(BLANK, orientation)
    assert (page.turned_degrees, page.skew_degrees, page.dewarped) == (0, 0.0, False)
    assert page.pixels is BLANK


def test_a_fine_scan_is_brought_to_300_dpi(orientation: Orientation) -> None:
    assert prepared(np.repeat(np.repeat(PAGE, 2, 0), 2, 1), orientation, dpi=600).pixels.shape == PAGE.shape
    assert prepared(PAGE, orientation, dpi=200).pixels.shape == PAGE.shape


def test_a_photographed_sheet_is_laid_flat(orientation: Orientation) -> None:
    sheet = pixels(form(1240, 1754))
    photo = photographed(sheet, [[90, 120], [1110, 145], [1140, 1590], [66, 1560]], (1200, 1680))
    page = prepared(photo, orientation)
    assert page.dewarped
    assert page.pixels.shape == (3508, 2480, 3)
    flat = cv2.resize(page.pixels, (1240, 1754), interpolation=cv2.INTER_AREA)
    assert np.abs(flat.astype(int) - sheet).mean() < 10


@pytest.mark.parametrize("ground", [255, 235], ids=["white", "paper"])
def test_the_frame_of_a_table_is_not_taken_for_a_sheet(orientation: Orientation, ground: int) -> None:
    page = np.full((1300, 1600, 3), ground, np.uint8)
    cv2.rectangle(page, (100, 100), (1500, 1200), (0, 0, 0), 5)
    assert not prepared(page, orientation).dewarped


def test_the_kept_picture_says_its_resolution_and_nothing_else() -> None:
    kept = optimised(PAGE)
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.size, picture.info["dpi"]) == ((1600, 1300), (300, 300))
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert np.abs(pixels(picture).astype(int) - PAGE).mean() < 2
    assert len(kept) < 200_000


def test_the_other_side_of_the_sheet_is_whitened_and_ink_stays() -> None:
    page = PAGE.copy()
    ghost = np.fliplr(PAGE) < 128
    page[ghost & (page > 200)] = 190
    clean = debled(page)
    assert (clean[ghost & (PAGE > 200)] > 240).mean() > 0.9
    assert (clean[PAGE < 60] < 60).mean() > 0.9
