"""One page's transcription made ready for the search for sensitive values (敏感信息检测)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from webapp.domain.geometry import Box
from webapp.domain.labels import Kind
from webapp.domain.passages import Passage, of_line, rows
from webapp.domain.ruling import Ruling
from webapp.domain.transcription import Transcription

_PADDING = 0.25  # of the height: readers' boxes cut into strokes; with this none of 54 measured values showed


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rectangle of the page that must be covered. `rule` names what found it (`label:address→cell`)."""

    kind: Kind
    box: Box
    rule: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a value of a kind may have been missed, in Chinese for the person who will look."""

    kind: Kind
    reason: str


class Reading:
    """The lines of all passes as passages, sorted into cells and rows.

    first -- the first reader's, a passage a line; second -- those of further passes and readers
    """

    def __init__(self, page: Transcription) -> None:
        self.size = (page.width_px, page.height_px)
        self.first = [of_line(line) for line in page.lines]
        self.second = [of_line(line) for line in page.second_lines]
        self.ruling = Ruling(page.cells, self.first, self.second, slack_px=max(6, page.width_px // 150))

    @cached_property
    def loose_rows(self) -> list[Passage]:
        """Rows of what the first reader read outside of cells, top to bottom."""
        return rows(self.ruling.loose)

    @cached_property
    def second_loose_rows(self) -> list[Passage]:
        """The same of the further readings."""
        return rows(self.ruling.second_loose)

    def on_page(self, box: Box) -> Box | None:
        """The part of a box that lies on the page, if any does."""
        left, top = max(0, box.left), max(0, box.top)
        right, bottom = min(self.size[0], box.right), min(self.size[1], box.bottom)
        return Box(left, top, right, bottom) if left < right and top < bottom else None

    def cover(self, kind: Kind, boxes: Iterable[Box], rule: str) -> list[Finding]:
        """Findings over text boxes, each grown by a quarter of its height and kept on the page."""
        grown = []
        for box in boxes:
            if (held := self.on_page(box)) is not None:
                pad = round(box.height * _PADDING)
                grown.append(Finding(kind, held.grown(pad, pad, within=self.size), rule))
        return grown

    def cover_area(self, kind: Kind, box: Box, rule: str) -> list[Finding]:
        """A finding over a ruled area as it is: it holds its own margin."""
        held = self.on_page(box)
        return [] if held is None else [Finding(kind, held, rule)]
