"""Laying a leaked picture over a stored page (配准), and what is left when the page is taken away, cell by cell."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from webapp.rendering import forensic

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]

CELL_PX = 13  # of a page laid out for comparison, as wide as it is read
_LONGEST_LEAK_PX = 2000  # a picture of 12 million pixels tells no more, and takes ten times as long
_FIRST_LEAK_PX = 1000  # for a first look: strokes of characters, without the paper's grain
_FEATURES, _FIRST_FEATURES = 6000, 2000  # of which a scan's grain takes many
_ENOUGH = 60  # matches that agree: no need to look closer
_FROM_HALF = np.diag([2.0, 2.0, 1.0])
_CLEARLY_NEARER = 0.8  # Lowe's ratio
_WITHIN_PX = 3.0
_FEWEST = 12  # matches that agree on one placement: fewer come about by chance
_SMALLEST, _LARGEST, _MOST_SQUEEZED = (
    0.1,
    10.0,
    4.0,
)  # scale of a picture against the page; across against down
_SURROUNDINGS = 5  # cells, across: brightness is compared with that of so many
_LEAST_PAPER = 0.3  # of a cell that must be paper, unwritten on, for it to count
_OUTLIER = 2.5  # standard deviations: strokes of the visible mark, dirt


@dataclass(frozen=True, slots=True)
class Points:
    """What is remarkable in a picture, the strongest first: where, and how it looks there."""

    where: NDArray[np.float32]  # n × 2, x and y in pixels
    looks: NDArray[np.float32]  # n × 128


@dataclass(frozen=True, slots=True)
class Leak:
    """A leaked picture ready to be compared: all its points, and those that a first look takes."""

    grey: Grey
    points: Points
    first: Points


def leak(pixels: NDArray[np.uint8]) -> Leak:
    """A leaked picture, RGB, made ready."""
    grey = _at_most(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8), _LONGEST_LEAK_PX)
    small = _at_most(grey, _FIRST_LEAK_PX)
    first = _points(small, _FIRST_FEATURES)
    return Leak(
        grey, _points(grey, _FEATURES), Points(first.where * (grey.shape[1] / small.shape[1]), first.looks)
    )


def size_of(page: tuple[int, int]) -> tuple[int, int]:
    """(width, height) at which a page of this shape is compared: whole cells."""
    columns, rows = forensic.grid(page)
    return columns * CELL_PX, rows * CELL_PX


def placement(leaked: Leak, page: Grey) -> tuple[Matrix | None, int]:
    """The homography that takes pixels of the leak to pixels of the page, and how many points agree on it.

    A first look often is enough. What is blurred, or shows a small part very closely, needs all points.
    """
    place, matches = roughly(leaked, page)
    if matches < _ENOUGH:
        finer, more = _agreement(leaked.points, _points(page, _FEATURES))
        if more > matches:
            return finer, more
    return (None if place is None else _FROM_HALF @ place), matches


def roughly(leaked: Leak, page: Grey) -> tuple[Matrix | None, int]:
    """The same by a first look, for a page at half its size: quick, and blind to the grain of its paper."""
    small = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return _agreement(leaked.first, _points(np.asarray(small, np.uint8), _FIRST_FEATURES))


def remainder(leaked: Grey, page: Grey, place: Matrix) -> forensic.Cells:
    """What the leak has more or less of than the page, a value a cell (rows × columns); 0 where it shows nothing.

    Brightness is taken relative to the surroundings, on paper only, so that neither light, shade and exposure of a
    camera nor print, boxes and strokes of the visible mark count.
    """
    laid, seen = _laid(leaked, page, place)
    paper = _paper(page) & seen
    ratio = laid / np.maximum(page, 1).astype(np.float32)
    weight = paper.astype(np.float32)
    around = (_SURROUNDINGS * CELL_PX,) * 2
    mean = cv2.blur(ratio * weight, around) / np.maximum(cv2.blur(weight, around), 1e-3)
    difference = np.where(paper, ratio / np.maximum(mean, 1e-3) - 1, 0).astype(np.float32)
    limit = _OUTLIER * _spread(difference[paper])
    difference = np.clip(difference, -limit, limit)
    share = _cells(weight)
    value = _cells(difference) / np.maximum(share, 1e-3)
    counts = share >= _LEAST_PAPER
    limit = _OUTLIER * _spread(value[counts])
    return np.where(counts, np.clip(value, -limit, limit) * np.sqrt(share), 0).astype(np.float32)


def _at_most(grey: Grey, longest_px: int) -> Grey:
    factor = longest_px / max(grey.shape)
    if factor >= 1:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _points(grey: Grey, most: int) -> Points:
    found, looks = cv2.SIFT_create(nfeatures=most).detectAndCompute(grey, None)
    if looks is None:
        return Points(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.float32))
    return Points(np.array([point.pt for point in found], np.float32), looks)


def _agreement(leaked: Points, page: Points) -> tuple[Matrix | None, int]:
    """How both lie on one another, and how many points say so."""
    if min(len(leaked.where), len(page.where)) < _FEWEST:
        return None, 0
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(leaked.looks, page.looks, k=2)
    near = [first for first, *rest in pairs if rest and first.distance < _CLEARLY_NEARER * rest[0].distance]
    if len(near) < _FEWEST:
        return None, 0
    here = leaked.where[[match.queryIdx for match in near]]
    there = page.where[[match.trainIdx for match in near]]
    place, agreeing = cv2.findHomography(
        here, there, cv2.USAC_MAGSAC, _WITHIN_PX, maxIters=5000, confidence=0.999
    )
    if place is None or (count := int(agreeing.sum())) < _FEWEST:
        return None, 0
    seen = here[agreeing.ravel() > 0]
    return (np.asarray(place, np.float64), count) if _is_a_view(place, seen) else (None, 0)


def _is_a_view(place: Matrix, seen: NDArray[np.float32]) -> bool:
    """The placement is one of a sheet looked at from the front, at a scale there is, where points were seen.

    Text looks alike in many places, and matches may agree on squeezing all of it into one.
    """
    (left, top), (right, bottom) = seen.min(axis=0), seen.max(axis=0)
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
    (there,) = cv2.perspectiveTransform(corners, place)
    if not cv2.isContourConvex(there.astype(np.float32)) or not np.isfinite(there).all():
        return False
    across = np.linalg.norm(there[[1, 2]] - there[[0, 3]], axis=1).mean() / max(right - left, 1)
    down = np.linalg.norm(there[[3, 2]] - there[[0, 1]], axis=1).mean() / max(bottom - top, 1)
    (ax, ay), (bx, by) = there[1] - there[0], there[3] - there[0]
    upright = ax * by - ay * bx > 0  # not seen from behind
    squeezed = max(across, down) / max(min(across, down), 1e-9)
    return bool(
        upright
        and _SMALLEST < across < _LARGEST
        and _SMALLEST < down < _LARGEST
        and squeezed < _MOST_SQUEEZED
    )


def _laid(leaked: Grey, page: Grey, place: Matrix) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The leak in pixels of the page, and where it shows any of it."""
    shrink = max(_SMALLEST, float(np.sqrt(abs(np.linalg.det(place[:2, :2])))))
    if shrink < 1:  # a finer picture: its pixels are averaged, not picked
        leaked = np.asarray(cv2.GaussianBlur(leaked, (0, 0), 0.4 / shrink), np.uint8)
    size = page.shape[::-1]
    laid = cv2.warpPerspective(leaked.astype(np.float32), place, size, flags=cv2.INTER_LINEAR)
    seen = cv2.warpPerspective(np.full_like(leaked, 255), place, size, flags=cv2.INTER_NEAREST)
    return laid, cv2.erode(seen, np.ones((9, 9), np.uint8)) > 0


def _paper(page: Grey) -> NDArray[np.bool_]:
    """Where nothing is written, and a little away from what is."""
    smooth = cv2.GaussianBlur(page, (0, 0), 1.5)
    bright = cv2.blur(cv2.dilate(smooth, np.ones((15, 15), np.uint8)), (31, 31))
    blank = (smooth.astype(np.int16) > bright.astype(np.int16) - 24) & (smooth > 100)
    return np.asarray(cv2.erode(blank.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)


def _cells(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of each cell."""
    rows, columns = pixels.shape[0] // CELL_PX, pixels.shape[1] // CELL_PX
    return np.asarray(pixels.reshape(rows, CELL_PX, columns, CELL_PX).mean(axis=(1, 3)), np.float32)


def _spread(values: NDArray[Any]) -> float:
    """Standard deviation, unmoved by a few wild values; a little more than nothing."""
    return max(1e-4, 1.4826 * _middle(np.abs(values - _middle(values)))) if values.size else 1e-4


def _middle(values: NDArray[Any]) -> float:
    """The median. numpy's own loads more of numpy, which a confined child cannot."""
    half = values.size // 2
    return float(np.partition(values, half)[half])
