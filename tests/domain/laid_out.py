"""Small forms laid out as a reader would read them: lines with boxes, ruled cells, no picture."""

import random
import re
from collections.abc import Sequence
from typing import Literal

from webapp.domain.findings import Finding
from webapp.domain.geometry import Box
from webapp.domain.identifiers import check_sign
from webapp.domain.transcription import Line, Transcription, Word

Words = Literal["signs", "words", "none"]
A4_PX = (1240, 1754)


class Form:
    """An empty page to set text on. words -- whether the reader gives a box a sign, a box a word, or none."""

    def __init__(self, words: Words = "signs", size: tuple[int, int] = A4_PX) -> None:
        self.words: Words = words
        self.size = size
        self._lines: list[Line] = []
        self._second: list[Line] = []
        self._cells: list[Box] = []

    def line(
        self, text: str, left: int, top: int, *, size: int = 24, score: float = 0.97, second: bool = False
    ) -> Box:
        """Set one line; returns its box. A Chinese sign is `size` px broad, a Latin one half of that."""
        words = list(_words(text, left, top, size, self.words, score))
        box = Box(left, top, left + sum(_broad(sign, size) for sign in text), top + size)
        line = Line(text, box, score, tuple(words) if self.words != "none" else ())
        (self._second if second else self._lines).append(line)
        return box

    def cell(self, box: Box, text: str = "", *, score: float = 0.97, size: int = 24) -> Box:
        """Rule a cell and set text into it, a line a row of `text`."""
        self._cells.append(box)
        for n, row in enumerate(text.split("\n")):
            if row:
                self.line(row, box.left + 6, box.top + 10 + n * (size + 8), score=score, size=size)
        return box

    def table(
        self,
        top: int,
        widths: Sequence[int],
        rows: Sequence[Sequence[str]],
        *,
        left: int = 100,
        height: int = 60,
    ) -> list[list[Box]]:
        """Rule a table; returns the boxes of its cells by row and column."""
        boxes = []
        for n, row in enumerate(rows):
            y, x, held = top + n * height, left, []
            for width, text in zip(widths, row, strict=True):
                held.append(self.cell(Box(x, y, x + width, y + height), text))
                x += width
            boxes.append(held)
        return boxes

    def ordinary(self, top: int = 1500) -> None:
        """Some text that nobody hides, so that the page counts as read."""
        self.line("本人认真履行职责，圆满完成各项工作任务。", 100, top)

    def page(self, **more: object) -> Transcription:
        """What a reader would hand over."""
        return Transcription(
            *self.size,
            "test",
            tuple(self._lines),
            tuple(self._second),
            tuple(self._cells),
            **more,  # type: ignore[arg-type]
        )


def id_number(seed: int = 0, *, area: str = "110105") -> str:
    """A well-formed identity number of nobody."""
    rng = random.Random(seed)
    first = f"{area}{rng.randint(1940, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 999):03}"
    return first + check_sign(first)


def is_covered(box: Box, findings: Sequence[Finding]) -> bool:
    """True when every pixel of the box, every other one looked at, lies in some finding."""
    held = [f.box for f in findings if f.box.overlaps(box)]
    return all(
        any(b.left <= x < b.right and b.top <= y < b.bottom for b in held)
        for x in (*range(box.left, box.right, 2), box.right - 1)
        for y in (*range(box.top, box.bottom, 2), box.bottom - 1)
    )


def _broad(sign: str, size: int) -> int:
    return size if ord(sign) > 0x2E7F else size // 2


def _words(text: str, left: int, top: int, size: int, words: Words, score: float) -> list[Word]:
    placed, x = [], left
    for part in re.findall(r"[!-~]+|.", text) if words == "words" else text:
        width = sum(_broad(sign, size) for sign in part)
        if part.strip():
            placed.append(Word(part, Box(x, top, x + width, top + size), score))
        x += width
    return placed
