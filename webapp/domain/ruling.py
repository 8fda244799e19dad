"""The ruled cells of a page (表格单元格): what was read in each, and which lie beside and below which."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from webapp.domain.geometry import Box, around
from webapp.domain.labels import is_heading, labels_in
from webapp.domain.passages import Glyph, Passage, joined, rows
from webapp.domain.transcription import SURE_LINE

_BAND_PX = 128  # height of the bands by which cells are looked up
_Part = tuple[int | None, Passage]  # a piece of a line and the number of the cell it stands in, None for none


class Cell:
    """A ruled cell. rows -- what the first reader read in it; second_rows -- the further readings.

    sure_rows -- rows without the lines that the first reader doubted, which may have shone through
    run_over -- what stands beyond its rulings of lines that cross them without a gap, up to words of the form
    """

    def __init__(
        self,
        box: Box,
        rows: Sequence[Passage],
        second_rows: Sequence[Passage],
        sure_rows: Sequence[Passage],
        run_over: Sequence[Passage],
    ) -> None:
        self.box, self.rows, self.second_rows = box, rows, second_rows
        self.sure_rows, self.run_over = sure_rows, run_over

    @cached_property
    def whole(self) -> Passage:
        """The rows of the first reader, one behind the other, without spaces."""
        return joined(self.rows, gap="").compact()

    @cached_property
    def second_whole(self) -> Passage:
        """The same of the further readings, mixed as they come."""
        return joined(self.second_rows, gap="").compact()

    @cached_property
    def sure_text(self) -> str:
        """What the first reader was sure of, without spaces."""
        return joined(self.sure_rows, gap="").compact().text

    @property
    def text(self) -> str:
        """All that the first reader read, without spaces."""
        return self.whole.text

    @cached_property
    def is_heading(self) -> bool:
        """True when nothing but form words stand in it."""
        return is_heading(self.text)

    @property
    def is_slot(self) -> bool:
        """True for a box made for one sign, as printed forms have them for numbers."""
        return self.box.width <= 1.6 * self.box.height and len(self.text) <= 1

    @property
    def extent(self) -> Box:
        """The cell and what is written over its ruling, which may be none but shine through from the other side."""
        written = (row.box for row in (*self.rows, *self.second_rows))
        return around([self.box, *written, *(_with_margin(part.box) for part in self.run_over)])


class Ruling:
    """The cells of a page, in reading order, as neighbours. Empty on a page without a table.

    loose, second_loose -- what stands in no cell, a passage a line
    """

    def __init__(
        self, cells: Sequence[Box], first: Iterable[Passage], second: Iterable[Passage], *, slack_px: int
    ) -> None:
        self.slack_px = slack_px  # how far two edges drawn as one may lie apart
        self._boxes, self._bands = cells, _bands(cells)
        self._run_over: dict[int, list[Passage]] = defaultdict(list)
        inside, self.loose = self._sorted_in(first)
        second_inside, self.second_loose = self._sorted_in(second)
        self.cells = [
            Cell(
                box,
                rows(inside[n]),
                rows(second_inside[n]),
                rows(filter(_is_sure, inside[n])),
                self._run_over[n],
            )
            for n, box in enumerate(cells)
        ]

    def reach(self, cell: Cell) -> Box:
        """A cell with the empty one above or below that its text, set in the middle of both, was cut off from."""
        if not cell.rows:
            return cell.box
        text = around(row.box for row in cell.rows)
        above, below = text.top - cell.box.top, cell.box.bottom - text.bottom
        if 2 * min(above, below) > max(above, below):
            return cell.box
        other = self.below(cell.box) if below < above else self.above(cell.box)
        return around([cell.box, other.box]) if other is not None and not other.text else cell.box

    def right_of(self, box: Box) -> list[Cell]:
        """The nearest cells to the right in the rows that `box` takes up, top to bottom."""
        beside = [c for c in self.row(box) if c.box.left >= box.right - self.slack_px]
        return [c for c in beside if c.box.left <= beside[0].box.left + self.slack_px]

    def left_of(self, box: Box) -> list[Cell]:
        """The nearest cells to the left in the rows that `box` takes up, top to bottom."""
        beside = [c for c in self.row(box) if c.box.right <= box.left + self.slack_px]
        nearest = max((c.box.right for c in beside), default=0)
        return [c for c in beside if c.box.right >= nearest - self.slack_px]

    def row(self, box: Box) -> list[Cell]:
        """All cells in the rows that `box` takes up, itself among them, left to right, then top to bottom."""
        near = {n for band in _band_numbers(box) for n in self._bands.get(band, ())}
        beside = (self.cells[n] for n in near if _beside(self._boxes[n], box))
        return sorted(beside, key=lambda c: (c.box.left, c.box.top))

    def below(self, box: Box) -> Cell | None:
        """The cell that continues the column of `box` right under it, equally wide."""
        under = (c for c in self.cells if abs(c.box.top - box.bottom) <= self.slack_px)
        return next((c for c in under if self.same_column(c.box, box)), None)

    def above(self, box: Box) -> Cell | None:
        """The cell right above `box`, equally wide."""
        over = (c for c in self.cells if abs(c.box.bottom - box.top) <= self.slack_px)
        return next((c for c in over if self.same_column(c.box, box)), None)

    def same_column(self, one: Box, other: Box) -> bool:
        """True when both edges fall together."""
        return abs(one.left - other.left) <= self.slack_px and abs(one.right - other.right) <= self.slack_px

    def _sorted_in(self, passages: Iterable[Passage]) -> tuple[dict[int, list[Passage]], list[Passage]]:
        inside: dict[int, list[Passage]] = defaultdict(list)
        loose: list[Passage] = []
        for passage in passages:
            parts = self._cut(passage)
            for place, part in parts:
                (loose if place is None else inside[place]).append(part)
            for run in _runs(parts):
                for place, part in run:
                    if place is not None:
                        self._run_over[place] += [other for _, other in run if other is not part]
        return inside, loose

    def _cut(self, passage: Passage) -> list[_Part]:
        """A passage cut where it crosses a ruling."""
        if not passage.glyphs:
            return []
        span = passage.box
        near = {n for band in _band_numbers(span) for n in self._bands.get(band, ())}
        near = {n for n in near if self._boxes[n].overlaps(span)}
        if not near:
            return [(None, passage)]
        held = [self._home(glyph, near) for glyph in passage.glyphs]
        cuts = [0, *(at for at in range(1, len(held)) if held[at] != held[at - 1]), len(held)]
        parts = [(held[a], passage.part(a, b)) for a, b in pairwise(cuts)]
        return [(place, part) for place, part in parts if part.text.strip()]

    def _home(self, glyph: Glyph, near: set[int]) -> int | None:
        """The smallest cell that a character stands in."""
        homes = [n for n in near if self._boxes[n].contains_centre_of(glyph.box)]
        return min(homes, key=lambda n: self._boxes[n].width * self._boxes[n].height, default=None)


def _runs(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Parts of one line that follow one another without a gap, none of them words of the form."""
    run: list[_Part] = []
    for place, part in parts:
        if run and (run[-1][1].text.endswith(" ") or part.text.startswith(" ")):
            yield run
            run = []
        if is_heading(part.text) or labels_in(part.text):
            yield run
            run = []
        else:
            run.append((place, part))
    yield run


def _is_sure(passage: Passage) -> bool:
    return passage.score >= SURE_LINE


def _with_margin(box: Box) -> Box:
    """A quarter of its height wider and higher: readers' boxes cut into strokes."""
    margin = box.height // 4
    return Box(max(0, box.left - margin), max(0, box.top - margin), box.right + margin, box.bottom + margin)


def _beside(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return 2 * shared > min(one.height, other.height)


def _bands(cells: Sequence[Box]) -> dict[int, list[int]]:
    bands: dict[int, list[int]] = defaultdict(list)
    for n, box in enumerate(cells):
        for band in _band_numbers(box):
            bands[band].append(n)
    return bands


def _band_numbers(box: Box) -> range:
    return range(box.top // _BAND_PX, box.bottom // _BAND_PX + 1)
