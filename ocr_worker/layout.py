"""Where things stand on a page (版面): the ruled cells of its tables, and the order in which it is read."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Protocol, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_worker.preparation import evenly_lit, ink_level
from webapp.domain.geometry import Box

Pixels = NDArray[np.uint8]

_HALF = 0.5  # rulings are sought at half size, for the time; all lengths below are pixels at 300 dpi
_LONG_SIDE_PX = 3508  # of A4; other sizes scale the lengths
_SHORTEST_ACROSS, _SHORTEST_DOWN = 160, 128  # rulings; shorter ones are strokes of characters
_LEAST_WIDTH, _LEAST_HEIGHT = 50, 45  # cells; smaller ones lie between doubled rulings
_RULING_PX = 3  # given back to a cell on every side, at half size
_DARKER_BY = 45  # a ruling against its surroundings, once ink has been made equally dark
_FILLED = 0.6  # share of its box that a cell's own area takes
_MOSTLY = 0.7  # share of a run inside written lines from which it is a stroke
_HOLDS = 3  # a box that holds so many others is a frame around them


class Placed(Protocol):
    """Anything with a box."""

    @property
    def box(self) -> Box:
        """Where it stands."""


T = TypeVar("T", bound=Placed)


def reading_order(placed: Iterable[T]) -> list[T]:
    """Row by row from the top, each row from the left.

    Two things share a row when the middle of each lies within the height of the other, so that
    a tall label beside many lines stands in the row of its own middle.
    """
    rows: list[list[T]] = []
    for one in sorted(placed, key=lambda one: one.box.top + one.box.bottom):
        if rows and _same_row(rows[-1][0].box, one.box):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [one for row in rows for one in sorted(row, key=lambda one: one.box.left)]


def cells(pixels: Pixels, text: Sequence[Box] = ()) -> list[Box]:
    """The ruled cells of a level page (RGB), from the top and the left.

    text -- boxes of lines already read: what is written must not pass for a ruling
    """
    height, width = pixels.shape[:2]
    scale = max(0.4, max(height, width) / _LONG_SIDE_PX)
    rulings = _rulings(half_of_ink(pixels), scale, text)
    found = [box for box in _enclosed(rulings, scale) if box.right <= width and box.bottom <= height]
    return sorted(_without_frames(found), key=attrgetter("top", "left"))


def half_of_ink(pixels: Pixels) -> Pixels:
    """The ink of a page (RGB) at half size: firm strokes near 200 on 0, whatever the light. Red seals fade."""
    red = np.ascontiguousarray(pixels[..., 0])
    half = np.asarray(cv2.resize(red, None, fx=_HALF, fy=_HALF, interpolation=cv2.INTER_AREA), np.uint8)
    return _equal_ink(evenly_lit(half))


def _same_row(first: Box, second: Box) -> bool:
    return first.top <= (second.top + second.bottom) / 2 < first.bottom and (
        second.top <= (first.top + first.bottom) / 2 < second.bottom
    )


def _equal_ink(grey: Pixels) -> Pixels:
    """Firm strokes to near black, paper to white, so that one threshold serves faint pages too."""
    return np.asarray(cv2.convertScaleAbs(255 - grey, alpha=200 / ink_level(grey)), np.uint8)


def _rulings(ink: Pixels, scale: float, text: Sequence[Box]) -> Pixels:
    """255 where a ruling runs. `ink` is dark at 255."""
    dark = cv2.adaptiveThreshold(
        255 - ink, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, _DARKER_BY
    )
    across = _runs(dark, (1, round(_SHORTEST_ACROSS * scale * _HALF)))
    down = _runs(dark, (round(_SHORTEST_DOWN * scale * _HALF), 1))
    written = _filled(ink.shape, text)
    across, down = _unwritten(across, written), _unwritten(down, written)
    # Ends that nearly meet are joined: a corner is often a little open.
    joined = cv2.bitwise_or(
        cv2.dilate(across, np.ones((3, 15), np.uint8)), cv2.dilate(down, np.ones((15, 3), np.uint8))
    )
    return np.asarray(joined, np.uint8)


def _runs(dark: Pixels, length: tuple[int, int]) -> Pixels:
    """Straight runs of at least this (height, width), bridging small gaps and a slight slope."""
    thicker, gap = ((3, 1), (1, 9)) if length[0] == 1 else ((1, 3), (9, 1))
    bridged = cv2.morphologyEx(
        cv2.dilate(dark, np.ones(thicker, np.uint8)), cv2.MORPH_CLOSE, np.ones(gap, np.uint8)
    )
    return np.asarray(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones(length, np.uint8)), np.uint8)


def _filled(shape: tuple[int, ...], text: Sequence[Box]) -> NDArray[np.bool_]:
    written = np.zeros(shape, np.bool_)
    for box in text:
        left, top, right, bottom = (int(edge * _HALF) for edge in (box.left, box.top, box.right, box.bottom))
        written[top:bottom, left:right] = True
    return written


def _unwritten(runs: Pixels, written: NDArray[np.bool_]) -> Pixels:
    """Without the runs that lie mostly inside written lines: strokes, not rulings. A ruling goes on beyond."""
    if not written.any():
        return runs
    count, labels = cv2.connectedComponents(runs)
    areas = np.bincount(labels.ravel(), minlength=count)
    inside = np.bincount(labels[written], minlength=count)
    strokes = inside > _MOSTLY * areas
    strokes[0] = False  # the ground
    return np.where(strokes[labels], 0, runs).astype(np.uint8)


def _enclosed(rulings: Pixels, scale: float) -> Iterator[Box]:
    height, width = rulings.shape
    _, _, statistics, _ = cv2.connectedComponentsWithStats(255 - rulings, connectivity=4)
    for left, top, across, down, area in statistics[1:].tolist():
        if across < _LEAST_WIDTH * scale * _HALF or down < _LEAST_HEIGHT * scale * _HALF:
            continue
        if left <= 1 or top <= 1 or left + across >= width - 1 or top + down >= height - 1:
            continue  # the page around the table
        if area < _FILLED * across * down:
            continue
        edges = (left - _RULING_PX, top - _RULING_PX, left + across + _RULING_PX, top + down + _RULING_PX)
        yield Box(*(max(0, round(edge / _HALF)) for edge in edges))


def _without_frames(found: Sequence[Box]) -> Iterator[Box]:
    for frame in found:
        held = sum(
            frame.left <= box.left
            and frame.top <= box.top
            and box.right <= frame.right
            and box.bottom <= frame.bottom
            for box in found
        )
        if held <= _HOLDS:  # one of them is the frame itself
            yield frame
