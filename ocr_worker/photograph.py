"""A sheet photographed with a phone (手机拍摄): found by its corners and laid flat."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Corners = NDArray[np.float32]  # top left, top right, bottom right, bottom left; x and y in pixels

_LOOK_AT_PX = 800  # longer side of the small picture that is searched
_SMALLEST, _LARGEST = 0.35, 0.985  # share of the picture a sheet takes up
_DARKER_OUTSIDE = 0.8  # a desk is darker than paper; without this a table's frame is taken for the sheet
_A4 = (2480, 3508)  # pixels at 300 dpi
_A4_RATIO = 3508 / 2480
_RATIO_TOLERANCE = 0.15  # perspective shortens one side


def flattened(pixels: Pixels) -> Pixels | None:
    """The photographed sheet seen from straight above, None when the picture is a scan or shows no whole sheet."""
    corners = sheet_corners(pixels)
    if corners is None:
        return None
    width, height = _size(corners)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(
        cv2.warpPerspective(pixels, turn, (width, height), borderValue=(255, 255, 255)), np.uint8
    )


def sheet_corners(pixels: Pixels) -> Corners | None:
    """Corners of a bright sheet on a darker ground, in pixels of the picture, None when there is none."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    factor = min(1.0, _LOOK_AT_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 3)
    found = max(_quadrangles(small), key=cv2.contourArea, default=None)
    if found is None or not _is_darker_outside(small, found):
        return None
    return _in_order(found.reshape(4, 2).astype(np.float32) / factor)


def _quadrangles(small: Pixels) -> Iterator[NDArray[np.int32]]:
    """Four-cornered outlines of about the size of a sheet, by brightness and by edges."""
    bright = cv2.threshold(small, 0, 255, cv2.THRESH_OTSU)[1]
    edges = cv2.dilate(cv2.Canny(small, 15, 45), np.ones((5, 5), np.uint8))
    for mask in (bright, edges):
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
        for outline in cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
            hull = cv2.convexHull(outline)
            if not _SMALLEST < cv2.contourArea(hull) / small.size < _LARGEST:
                continue
            for slack in (0.01, 0.02, 0.03, 0.05):
                corners = cv2.approxPolyDP(hull, slack * cv2.arcLength(hull, True), True)
                if len(corners) == 4:
                    yield corners
                    break


def _is_darker_outside(small: Pixels, corners: NDArray[np.int32]) -> bool:
    """Compares a band just outside the outline with one just inside."""
    sheet = np.zeros_like(small)
    cv2.fillConvexPoly(sheet, corners, 255)
    near, far = np.ones((7, 7), np.uint8), np.ones((31, 31), np.uint8)
    outside = small[(cv2.dilate(sheet, far) > 0) & (cv2.dilate(sheet, near) == 0)]
    inside = small[(cv2.erode(sheet, near) > 0) & (cv2.erode(sheet, far) == 0)]
    if not outside.size or not inside.size:
        return False
    return bool(np.median(outside) <= _DARKER_OUTSIDE * np.median(inside))


def _in_order(corners: Corners) -> Corners:
    total, difference = corners.sum(axis=1), corners[:, 1] - corners[:, 0]
    order = [total.argmin(), difference.argmin(), total.argmax(), difference.argmax()]
    return np.asarray(corners[order], np.float32)


def _size(corners: Corners) -> tuple[int, int]:
    """Width and height to lay the sheet out at: A4 at 300 dpi when it has that shape, else as large as it is seen."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2
    ratio = max(width, height) / min(width, height)
    if abs(ratio / _A4_RATIO - 1) <= _RATIO_TOLERANCE:
        return _A4 if height > width else (_A4[1], _A4[0])
    return round(width), round(height)
