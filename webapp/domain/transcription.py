"""What a machine read on one page (识别文本): lines and words with boxes and scores, and the ruled cells."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.geometry import Box

SURE_LINE = 0.80  # score from which a line is trusted: below it, bleed-through and noise prevail (measured)


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters that were read together. `score` is the engine's confidence, 0 to 1."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Line:
    """One printed or written line. `text` is its words joined; `score` is the engine's confidence, 0 to 1."""

    text: str
    box: Box
    score: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcription:
    """Everything read on one page, in the pixels of the page's optimised image.

    lines -- of the first reader, in reading order, all of them, however doubtful
    second_lines -- of further passes and of the independent second reader: never shown or
        indexed, only searched for values to mask
    cells -- the ruled cells of tables, in reading order
    unread -- ink that looks written and of which no reader made anything
    """

    width_px: int
    height_px: int
    engine: str
    lines: tuple[Line, ...] = ()
    second_lines: tuple[Line, ...] = ()
    cells: tuple[Box, ...] = ()
    turned_degrees: int = 0  # clockwise quarter turns that made the page upright
    notes: dict[str, Any] = field(default_factory=dict)
    unread: tuple[Box, ...] = ()

    def sure_lines(self) -> Iterator[Line]:
        """The lines that are trusted enough to be shown and indexed."""
        return (line for line in self.lines if line.score >= SURE_LINE)

    @property
    def text(self) -> str:
        """The trusted lines, one a row."""
        return "\n".join(line.text for line in self.sure_lines())

    @property
    def doubtful_share(self) -> float:
        """Share of lines, 0 to 1, that are not trusted. 0 for an empty page."""
        return sum(line.score < SURE_LINE for line in self.lines) / len(self.lines) if self.lines else 0.0

    def to_json(self) -> bytes:
        """Compact UTF-8 JSON, read back by from_json."""
        body = {
            "size": [self.width_px, self.height_px],
            "engine": self.engine,
            "turned": self.turned_degrees,
            "notes": self.notes,
            "lines": [_line_out(line) for line in self.lines],
            "second": [_line_out(line) for line in self.second_lines],
            "cells": [_box_out(cell) for cell in self.cells],
            "unread": [_box_out(box) for box in self.unread],
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "Transcription":
        """Inverse of to_json. Unknown keys are ignored, so that newer rows stay readable."""
        body = json.loads(raw)
        return cls(
            width_px=body["size"][0],
            height_px=body["size"][1],
            engine=body["engine"],
            lines=tuple(map(_line_in, body["lines"])),
            second_lines=tuple(map(_line_in, body["second"])),
            cells=tuple(Box(*cell) for cell in body["cells"]),
            unread=tuple(Box(*box) for box in body.get("unread", ())),
            turned_degrees=body["turned"],
            notes=body["notes"],
        )


def _box_out(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]


def _line_out(line: Line) -> list[Any]:
    words = [[word.text, _box_out(word.box), round(word.score, 3)] for word in line.words]
    return [line.text, _box_out(line.box), round(line.score, 3), words]


def _line_in(row: list[Any]) -> Line:
    text, box, score, words = row
    return Line(text, Box(*box), score, tuple(Word(t, Box(*b), s) for t, b, s in words))
