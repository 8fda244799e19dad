"""One page through all its passes (逐遍识别): prepared, read, read again where doubtful, its figures checked."""

import time
from collections.abc import Sequence

from ocr_worker import figures
from ocr_worker.engines import Pixels, Reader
from ocr_worker.layout import cells, reading_order
from ocr_worker.orientation import Orientation
from ocr_worker.preparation import debled, optimised, prepared, reading_copy
from ocr_worker.reading import ReadPage
from ocr_worker.unread import unread
from webapp.domain.geometry import Box
from webapp.domain.passages import runs_down
from webapp.domain.transcription import SURE_LINE, Line, Transcription

_DOUBTFUL_SHARE = 0.15  # of lines: more, and the other side of the sheet shines through (measured)
_LEGIBLE = 0.5  # lines below are no part of that share: it was measured without them


class Passes:
    """Everything warm that a page needs: the readers and the model of orientation."""

    def __init__(self, first: Reader, second: Reader | None, orientation: Orientation):
        self._first, self._second, self._orientation = first, second, orientation

    def read(self, pixels: Pixels, *, dpi: int = 0) -> ReadPage:
        """The page as it is kept (RGB in), dpi as the scanner stated it, 0 when unknown."""
        clock = _Clock()
        page = prepared(pixels, self._orientation, dpi=dpi)
        clock.lap("prepare")
        jpeg, copy = optimised(page.pixels), reading_copy(page.pixels)
        clock.lap("encode")
        lines = reading_order(self._first.read(page.pixels))
        clock.lap("read")
        inked = debled(page.pixels) if shines_through(lines) else None
        again = [] if inked is None else reading_order(self._first.read(inked))
        clock.lap("read_again")
        ruled = cells(page.pixels, [line.box for line in lines if line.score >= SURE_LINE])
        clock.lap("cells")
        made_out = [line for line in lines if line.score >= _LEGIBLE]
        made_out += [line for line in again if line.score >= SURE_LINE]
        missed = unread(page.pixels, [line.box for line in made_out if not runs_down(line, ruled)])
        clock.lap("unread")
        checked = self._checked(page.pixels if inked is None else inked, [*lines, *again], ruled)
        clock.lap("figures")
        transcription = Transcription(
            width_px=page.pixels.shape[1],
            height_px=page.pixels.shape[0],
            engine=self._first.name,
            lines=tuple(lines),
            second_lines=(*again, *checked),
            cells=tuple(ruled),
            unread=tuple(missed),
            turned_degrees=page.turned_degrees,
            notes={
                "skew_degrees": page.skew_degrees,
                "dewarped": page.dewarped,
                "read_again": inked is not None,
                "second_reader": self._second.name if self._second else None,
                "ms": clock.laps,
            },
        )
        return ReadPage(jpeg, copy, transcription)

    def _checked(self, pixels: Pixels, lines: list[Line], ruled: list[Box]) -> list[Line]:
        if self._second is None:
            return []
        height, width = pixels.shape[:2]
        return figures.reread(pixels, figures.places(lines, ruled, (width, height)), self._second)


def shines_through(lines: Sequence[Line]) -> bool:
    """True when so many lines are doubtful that the other side of the sheet must be showing."""
    legible = [line.score for line in lines if line.score >= _LEGIBLE]
    return sum(score < SURE_LINE for score in legible) > _DOUBTFUL_SHARE * len(legible)


class _Clock:
    """Milliseconds of wall time between laps."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self.laps: dict[str, int] = {}

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.laps[name] = round((now - self._last) * 1000)
        self._last = now
