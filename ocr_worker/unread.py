"""Ink that no reader made anything of (未识别笔迹): what is not known must not be shown to who may see little.

A line lost under a seal, a note up the margin, writing that is no print: found as ink, for it was not found as text.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_worker.layout import half_of_ink
from webapp.domain.geometry import Box

Pixels = NDArray[np.uint8]

_HALF = 0.5  # sought at half size, for the time; all lengths below are pixels at 300 dpi
_LONG_SIDE_PX = 3508  # of A4; other sizes scale the lengths
_DARKER_BY = 48  # of 200, which firm ink is: paler is the other side of the sheet, or paper
_SHORTEST, _LOWEST, _HIGHEST = (
    66,
    20,
    230,
)  # of a run of signs; higher ones are pictures, seals and signatures
_RULING = 120  # a straight stroke as long as this is no sign's
_APART = 56  # signs of one run stand no further apart
_LEAST_INK = 0.05  # share of its box that the ink of a run takes; less is dirt
_MOST_INK = 0.75  # more is a bar, a stain or a shadow
_MARGIN = 0.012  # of the page's sides, where scanners leave shadows
_READ_MARGIN = 0.18  # of a line's height, by which strokes reach beyond its box
_LEAST_SIGNS = 2
_MOST = 60  # on one page; more is a picture or a rough ground, and the page is for people


def unread(pixels: Pixels, read: Sequence[Box]) -> list[Box]:
    """Boxes of what looks written on a level page (RGB) and stands in none of the `read` boxes, from the top."""
    height, width = pixels.shape[:2]
    scale = max(0.4, max(height, width) / _LONG_SIDE_PX)
    strokes = _strokes(half_of_ink(pixels), read, scale)
    runs = {box for upright in (False, True) for box in _runs(strokes, scale, upright)}
    whole = (Box(*(round(edge / _HALF) for edge in (b.left, b.top, b.right, b.bottom))) for b in runs)
    page = Box(0, 0, width, height)
    kept = sorted((box for box in whole if box.overlaps(page)), key=lambda box: (box.top, box.left))
    return kept[: _MOST + 1]


def _strokes(ink: Pixels, read: Sequence[Box], scale: float) -> Pixels:
    """255 where ink stands that is neither a ruling nor read. `ink` is dark at 255, firm strokes near 200."""
    dark = cv2.adaptiveThreshold(
        255 - ink, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, _DARKER_BY
    )
    length = round(_RULING * scale * _HALF)
    for kernel in ((1, length), (length, 1)):
        ruling = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        dark[cv2.dilate(ruling, np.ones((5, 5), np.uint8)) > 0] = 0
    for box in read:
        reach = round(box.height * _READ_MARGIN)
        left, right = max(0, box.left - reach), box.right + reach
        dark[int(max(0, box.top - reach) * _HALF) : int((box.bottom + reach) * _HALF) + 1,
             int(left * _HALF) : int(right * _HALF) + 1] = 0  # fmt: skip
    down, across = (max(2, round(side * _MARGIN)) for side in dark.shape)
    dark[:down], dark[-down:], dark[:, :across], dark[:, -across:] = 0, 0, 0, 0
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)


def _runs(strokes: Pixels, scale: float, upright: bool) -> Iterator[Box]:
    """Signs beside one another (or below one another, when `upright`), at half size."""
    apart = max(3, round(_APART * scale * _HALF))
    kernel = np.ones((apart, 3) if upright else (3, apart), np.uint8)
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, kernel)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(joined)
    shortest, lowest, highest = (value * scale * _HALF for value in (_SHORTEST, _LOWEST, _HIGHEST))
    for number, (left, top, across, down, _) in enumerate(statistics[1:].tolist(), start=1):
        long, short = (down, across) if upright else (across, down)
        if long < shortest or not lowest <= short <= highest or long < 1.2 * short:
            continue
        area = (slice(top, top + down), slice(left, left + across))
        own = np.where(labels[area] == number, strokes[area], 0).astype(np.uint8)
        share = np.count_nonzero(own) / own.size
        if _LEAST_INK <= share <= _MOST_INK and _signs(own, lowest) >= _LEAST_SIGNS:
            yield Box(left, top, left + across, top + down)


def _signs(own: Pixels, lowest: float) -> int:
    """Pieces of ink as large as a stroke of a sign."""
    _, _, pieces, _ = cv2.connectedComponentsWithStats(own)
    return int((np.maximum(pieces[1:, 2], pieces[1:, 3]) >= 0.6 * lowest).sum())
