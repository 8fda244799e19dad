"""Where figures stand that may have to be masked (号码区域), and reading just those places once more."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_worker.engines import Reader
from ocr_worker.tesseract import joined
from webapp.domain.geometry import Box, around
from webapp.domain.transcription import Line, Word

Pixels = NDArray[np.uint8]

_LEAST_DIGITS = 4
_RUN = re.compile(r"[0-9Xx][0-9Xx\s.·,()（）—–－-]*[0-9Xx]")
_DATES = re.compile(r"(?:19|20)\d\d[.\s年-]{0,2}(?:[01]?\d)?(?:[.\s月-]{0,2}[0-3]?\d)?")
_BETWEEN_DATES = re.compile(r"[\s—–－.-]*")
_LABEL = re.compile(r"(?:身份证|身份号|公民身份|电话|手机|联系方式|[账帐卡]号|护照)[号码机：:\s]*")
_VALUE_EMS = 14  # a value to the right of its label is no longer than so many label heights
_MARGIN_PX = 20  # white between the pieces; tesseract takes closer ones for one line
_MOST_PLACES = 80  # on one page; a page with more is a table of numbers and was read well the first time


def places(lines: Sequence[Line], cells: Sequence[Box], page: tuple[int, int]) -> list[Box]:
    """Boxes of runs of at least four digits that are no dates, and of what stands right of a telling label.

    page -- (width, height) in pixels
    The second kind is there for values that the first reader saw badly or not at all.
    """
    beside = [box for line in lines if (box := _beside(line, cells, page))]
    runs = [box for line in lines for box in _runs(line, page)]
    kept: list[Box] = []
    for box in beside + runs:
        if not any(_holds(other, box) for other in kept):
            kept.append(box)
    return kept[:_MOST_PLACES]


def reread(pixels: Pixels, boxes: Sequence[Box], reader: Reader) -> list[Line]:
    """What `reader` makes of these places, in pixels of the page. One run for all: its start costs the most."""
    if not boxes:
        return []
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    height = sum(box.height + _MARGIN_PX for box in boxes) + _MARGIN_PX
    sheet = np.full((height, max(box.width for box in boxes) + 2 * _MARGIN_PX), 255, np.uint8)
    tops, top = [], _MARGIN_PX
    for box in boxes:
        sheet[top : top + box.height, _MARGIN_PX : _MARGIN_PX + box.width] = grey[
            box.top : box.bottom, box.left : box.right
        ]
        tops.append(top)
        top += box.height + _MARGIN_PX
    words = [word for line in reader.read(sheet) for word in line.words]
    return list(_back_on_the_page(words, boxes, tops))


def _runs(line: Line, page: tuple[int, int]) -> Iterator[Box]:
    for run in _RUN.finditer(line.text):
        if sum(map(str.isdigit, run.group())) >= _LEAST_DIGITS and not _is_dates(run.group()):
            yield _roomy(around(_boxes_between(line, *run.span())), page)


def _is_dates(text: str) -> bool:
    return not _BETWEEN_DATES.sub("", _DATES.sub("", text))


def _boxes_between(line: Line, start: int, end: int) -> list[Box]:
    at, boxes = 0, []
    for word in line.words:
        if at < end and start < at + len(word.text):
            boxes.append(word.box)
        at += len(word.text)
    return boxes or [line.box]


def _beside(line: Line, cells: Sequence[Box], page: tuple[int, int]) -> Box | None:
    """Where the value belongs to whose label this line is: the rest of the line, the next cell, the next room."""
    label = _LABEL.search(line.text)
    if label is None:
        return None
    if len(line.text) - label.end() > _LEAST_DIGITS:  # the value follows in the same line
        return _roomy(around(_boxes_between(line, label.end(), len(line.text))), page)
    left, top, bottom = line.box.right, line.box.top, line.box.bottom
    right = left + _VALUE_EMS * line.box.height
    own = next((cell for cell in cells if cell.contains_centre_of(line.box)), None)
    if own:
        level = (top + bottom) / 2
        after = [cell for cell in cells if cell.left >= own.right - 12 and cell.top <= level < cell.bottom]
        if after:
            value = min(after, key=lambda cell: cell.left)
            left, right = value.left + 6, min(right + value.left - left, value.right - 6)
    right = min(right, page[0])
    if right - left < line.box.height:
        return None
    return Box(left, top, right, bottom).grown(0, line.box.height // 8, within=page)


def _holds(outer: Box, inner: Box) -> bool:
    """True when `inner` would show nothing new; two passes place the same line a little differently."""
    slack = inner.height // 2
    inside = outer.left <= inner.left + slack and inner.right <= outer.right + slack
    return inside and outer.contains_centre_of(inner)


def _roomy(box: Box, page: tuple[int, int]) -> Box:
    return box.grown(box.height // 4, box.height // 8, within=page)


def _back_on_the_page(words: Sequence[Word], boxes: Sequence[Box], tops: Sequence[int]) -> Iterator[Line]:
    for box, top in zip(boxes, tops, strict=True):
        held = []
        for word in sorted(words, key=lambda word: word.box.left):
            middle = (word.box.top + word.box.bottom) / 2
            if top - _MARGIN_PX / 2 <= middle < top + box.height + _MARGIN_PX / 2:
                held.append(replace(word, box=_moved(word.box, box.left - _MARGIN_PX, box.top - top, box)))
        if held:
            yield joined(held)


def _moved(box: Box, right: int, down: int, within: Box) -> Box:
    left = min(max(box.left + right, within.left), within.right - 1)
    top = min(max(box.top + down, within.top), within.bottom - 1)
    return Box(
        left,
        top,
        max(left + 1, min(box.right + right, within.right)),
        max(top + 1, min(box.bottom + down, within.bottom)),
    )
