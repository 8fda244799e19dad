"""Read characters with their places (字符与位置): the form in which lines, rows and cells are searched."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from webapp.domain.geometry import Box, around
from webapp.domain.transcription import Line

WIDE_GAP = 0.8  # of the line's height: from here on two words stand apart though no space was read


class Glyph(NamedTuple):
    """One character, where it stands, and what must be covered to hide it (the whole number it was read in)."""

    char: str
    box: Box
    cover: Box


@dataclass(frozen=True)
class Passage:
    """Characters in reading order. `text` has one sign a glyph: half-width, spaces and wide gaps one space.

    score -- of the most doubtful line in it, 0 to 1
    """

    glyphs: tuple[Glyph, ...]
    text: str
    score: float

    @cached_property
    def box(self) -> Box:
        """What the characters take up together."""
        return around(glyph.box for glyph in self.glyphs)

    def compact(self) -> "Passage":
        """Without spaces, as labels are compared."""
        return (
            self if " " not in self.text else _passage((g for g in self.glyphs if g.char != " "), self.score)
        )

    def part(self, start: int, end: int) -> "Passage":
        """Characters [start, end)."""
        return Passage(self.glyphs[start:end], self.text[start:end], self.score)

    def covers(self, start: int, end: int) -> list[Box]:
        """What hides characters [start, end): a box a row, unpadded."""
        rows: list[list[Box]] = []
        for glyph in self.glyphs[start:end]:
            if glyph.char == " ":
                continue
            if rows and _share_row(rows[-1][-1], glyph.cover):
                rows[-1].append(glyph.cover)
            else:
                rows.append([glyph.cover])
        return [around(row) for row in rows]


def of_line(line: Line) -> Passage:
    """The characters of one line: at their words where words were read, else spread over the line."""
    glyphs: list[Glyph] = []
    last: Box | None = None
    for text, box, is_word in words_or_whole(line):
        if last is not None and box.left - last.right > WIDE_GAP * min(box.height, line.box.height):
            glyphs.append(Glyph(" ", last, last))
        glyphs += _spread(text.rstrip(), box, is_word)
        if text[-1:].isspace():  # readers hand a word over with the blank behind it
            glyphs.append(Glyph(" ", box, box))
        last = box
    return _passage(glyphs, line.score)


def joined(passages: Iterable[Passage], *, gap: str = " ") -> Passage:
    """Passages one behind the other, held apart by a space or not at all."""
    glyphs: list[Glyph] = []
    score = 1.0
    for passage in passages:
        if glyphs and gap:
            glyphs.append(Glyph(gap, glyphs[-1].box, glyphs[-1].cover))
        glyphs += passage.glyphs
        score = min(score, passage.score)
    return _passage(glyphs, score)


def rows(passages: Iterable[Passage]) -> list[Passage]:
    """Passages that stand side by side joined to rows, top to bottom.

    Two readings of one place do not stand side by side: each goes into a row of its own.
    """
    begun: list[list[tuple[Box, Passage]]] = []
    for box, passage in sorted(((p.box, p) for p in passages if p.glyphs), key=lambda item: item[0].left):
        for row in begun:
            last = row[-1][0]
            if _share_row(last, box) and last.right <= box.left + box.height // 2:
                row.append((box, passage))
                break
        else:
            begun.append([(box, passage)])
    begun.sort(key=lambda row: (row[0][0].top + row[0][0].bottom, row[0][0].left))
    return [joined(passage for _, passage in row) for row in begun]


def paragraphs(rows: Iterable[Passage]) -> Iterator[list[Passage]]:
    """Rows that follow one another closely, as the lines of one text do."""
    paragraph: list[Passage] = []
    for row in rows:
        if paragraph and row.box.top - paragraph[-1].box.bottom > 1.2 * row.box.height:
            yield paragraph
            paragraph = []
        paragraph.append(row)
    if paragraph:
        yield paragraph


def words_or_whole(line: Line) -> Sequence[tuple[str, Box, bool]]:
    """(text, box, True) a word if the words make up the line, else the whole line as one with False."""
    if line.words and "".join(w.text for w in line.words).replace(" ", "") == line.text.replace(" ", ""):
        return [(word.text, word.box, True) for word in line.words]
    return [(line.text, line.box, False)]


def is_vertical(line: Line) -> bool:
    """True for three and more signs written from top to bottom, or read from a strip turned on its side."""
    return len(line.text.replace(" ", "")) > 2 and line.box.height > 1.8 * line.box.width


def runs_down(line: Line, cells: Iterable[Box]) -> bool:
    """True for vertical writing that is not the title in a narrow cell of a form."""
    return is_vertical(line) and not any(
        cell.contains_centre_of(line.box) and cell.height > 1.2 * cell.width for cell in cells
    )


def _share_row(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return 2 * shared > min(one.height, other.height)


def _passage(glyphs: Iterable[Glyph], score: float) -> Passage:
    kept: list[Glyph] = []
    for glyph in glyphs:
        if glyph.char != " " or (kept and kept[-1].char != " "):
            kept.append(glyph)
    if kept and kept[-1].char == " ":
        kept.pop()
    return Passage(tuple(kept), "".join(glyph.char for glyph in kept), score)


@cache
def _half_width(char: str) -> str:
    return "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFKC", char))


@cache
def _breadth(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _spread(text: str, box: Box, is_word: bool) -> Iterator[Glyph]:
    """The signs of a text laid evenly over its box, a Chinese one as broad as two Latin ones.

    A number read as one word is covered by its word; where no words were read the place is a guess,
    and the cover reaches half a line's height further to both sides.
    """
    if len(text) == 1 and is_word:
        yield from (Glyph(char, box, box) for char in _half_width(text))
        return
    down = box.height > 1.8 * box.width and len(text) > 1
    start, length, slack = (box.top, box.height, 0) if down else (box.left, box.width, box.height // 2)
    total, passed, whole = sum(map(_breadth, text)), 0, is_word and text.isascii()
    for sign in text:
        low, high = start + length * passed // total, start + -(-length * (passed + _breadth(sign)) // total)
        passed += _breadth(sign)
        place = Box(box.left, low, box.right, high) if down else Box(low, box.top, high, box.bottom)
        cover = place
        if whole:
            cover = box
        elif not is_word and not down:
            cover = Box(max(0, low - slack), box.top, high + slack, box.bottom)
        yield from (Glyph(char, place, cover) for char in _half_width(sign))
