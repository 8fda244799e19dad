"""Laying a picture over a page, and what counts of the difference; with the whole worker: test_tracing."""

import cv2
import numpy as np
import pytest

from ocr_worker import registration
from tests.leaks import SIZE, scan
from webapp.rendering import forensic

PAGE = (480, 680)
SEEN = np.array([[10, 10], [400, 20], [390, 600], [20, 580]], np.float32)


@pytest.fixture(scope="module")
def page() -> registration.Grey:
    whole = cv2.imdecode(np.frombuffer(scan(), np.uint8), cv2.IMREAD_GRAYSCALE)
    return cv2.resize(whole, registration.size_of(SIZE), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("what", "place", "holds"),
    [
        ("as it is", np.eye(3), True),
        ("a third of the size, turned", np.array([[0, -0.33, 400], [0.33, 0, 0], [0, 0, 1]]), True),
        ("aslant", np.array([[1, 0.1, 5], [0.05, 0.9, 3], [1e-4, 1e-4, 1]]), True),
        ("seen from behind", np.diag([-1.0, 1.0, 1.0]), False),
        ("squeezed into a line", np.diag([1.0, 0.05, 1.0]), False),
        ("all in one point", np.diag([0.01, 0.01, 1.0]), False),
        ("folded over", np.array([[1, 0, 0], [0, 1, 0], [-0.004, 0, 1.0]]), False),
    ],
)
def test_only_what_a_camera_could_see_is_a_placement(what, place, holds):
    assert registration._is_a_view(np.asarray(place, np.float64), SEEN) is holds, what


def test_a_page_found_in_a_shot_of_it_lies_where_it_was(page):
    aslant = np.array([[0.7, 0.05, 30], [-0.04, 0.72, 60], [2e-5, -1e-5, 1]])
    shot = cv2.warpPerspective(page, aslant, (900, 1200), borderValue=40)
    place, matches = registration.placement(registration.leak(cv2.cvtColor(shot, cv2.COLOR_GRAY2RGB)), page)
    assert matches > 50
    there = cv2.perspectiveTransform(np.array([[[100, 100], [900, 1300]]], np.float64), place @ aslant)[0]
    assert np.abs(there - [[100, 100], [900, 1300]]).max() < 3


def test_a_darker_cell_is_told_from_its_neighbours_through_shade_and_ink(page):
    columns, rows = forensic.grid(SIZE)
    bits = np.random.default_rng(1).integers(0, 2, (rows, columns)).astype(np.float32)
    veil = cv2.resize(bits, page.shape[::-1], interpolation=cv2.INTER_NEAREST) * 4
    shade = np.linspace(1, 0.6, page.shape[1])[None, :]
    leaked = np.clip((page - veil) * shade, 0, 255).astype(np.uint8)
    cells = registration.remainder(leaked, page, np.eye(3))
    counted = cells != 0
    assert counted.mean() > 0.4
    assert np.corrcoef(cells[counted], -bits[counted])[0, 1] > 0.8


def test_what_the_picture_does_not_show_does_not_count(page):
    place = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    cells = registration.remainder(page[:400], page, place)
    assert not cells[400 // registration.CELL_PX :].any()


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (300, 300)])
def test_a_picture_without_anything_on_it_shows_no_page(page, shape):
    blank = np.full((*shape, 3), 255, np.uint8)
    assert registration.placement(registration.leak(blank), page) == (None, 0)
