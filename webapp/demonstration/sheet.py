"""A sheet of A4 paper (版面) at 300 dpi: what is written on it, and the truth of what stands where."""

import random
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw

from webapp.demonstration.glyphs import Face, advance, penned, printed
from webapp.domain.geometry import Box, around

A4_PX = (2480, 3508)
RULE_PX = 3  # a quarter of a millimetre
PADDING_PX = 14
PRINT_INK = (24, 24, 26)
PEN_INKS = ((30, 36, 84), (28, 30, 40), (22, 44, 96))
NEVER_FIRST = "，。、；：！？）》」』”"
TOKEN = re.compile(r"[0-9A-Za-z.%\-]+|.", re.DOTALL)

SecretKind = Literal["id_number", "phone", "address", "family"]
Align = Literal["left", "centre", "right", "top"]


class DrawnLine(NamedTuple):
    """One line of text and the pixels its ink covers."""

    text: str
    box: Box


class Secret(NamedTuple):
    """A value that masked readers must not see, as far as it stands on one line."""

    kind: SecretKind
    text: str
    box: Box


class DrawnPage(NamedTuple):
    """A finished page, RGB at 300 dpi, before paper and scanner had their way with it."""

    image: Image.Image
    lines: tuple[DrawnLine, ...]
    secrets: tuple[Secret, ...]


class Placed(NamedTuple):
    """A character in reading order; no box when it left no ink; `line` counts the lines of one writing."""

    char: str
    box: Box | None
    line: int


class Sheet:
    """An empty page to write on. `hand` is the face in which forms are filled: "pen" or printed.

    known -- values to report as secrets wherever they are written, by kind
    """

    def __init__(
        self, rng: random.Random, *, hand: Face = "song", known: Sequence[tuple[SecretKind, str]] = ()
    ) -> None:
        self.rng = rng
        self.hand: Face = hand
        self.image = Image.new("RGB", A4_PX, "white")
        self.draw = ImageDraw.Draw(self.image)
        self._known = known
        self._pen_ink = rng.choice(PEN_INKS)
        self._slant = rng.uniform(-0.03, 0.14)
        self._lines: list[DrawnLine] = []
        self._secrets: list[Secret] = []

    def page(self) -> DrawnPage:
        """The page as it now stands, with its truth."""
        return DrawnPage(self.image, tuple(self._lines), tuple(self._secrets))

    def write(
        self,
        x: int,
        y: int,
        text: str,
        *,
        size: int = 46,
        face: Face = "song",
        align: Align = "left",
        spacing: int = 0,
        ink: tuple[int, int, int] | None = None,
        secret: SecretKind | None = None,
    ) -> int:
        """Write one line, its em squares from y down; x is its left, middle or right. Returns its right end."""
        width = width_of(text, size, face, spacing)
        left = {"left": x, "top": x, "centre": x - width // 2, "right": x - width}[align]
        self._record(list(self._set(left, y, text, 0, size, face, spacing, ink)), secret)
        return left + width

    def fill(
        self,
        box: Box,
        text: str,
        *,
        size: int = 46,
        face: Face | None = None,
        align: Align = "centre",
        secret: SecretKind | None = None,
        leading: float = 1.3,
    ) -> int:
        """Write `text` into a box, broken into lines and made smaller until it fits. Returns the last line's bottom.

        align -- "left", "centre" and "right" stand in the middle of the height; "top" begins at the top left
        """
        face = face or self.hand
        side = 2 * PADDING_PX if align == "top" else PADDING_PX
        size, lines = _fitted(text, box, box.width - 2 * side, size, face, leading)
        step = round(size * leading)
        block = step * (len(lines) - 1) + size
        y = box.top + (2 * PADDING_PX if align == "top" else max(0, (box.height - block) // 2))
        placed: list[Placed] = []
        for number, line in enumerate(lines):
            slack = box.width - 2 * side - width_of(line, size, face)
            shift = {"left": 0, "top": 0, "centre": max(0, slack // 2), "right": slack}[align]
            placed += self._set(box.left + side + shift, y, line, number, size, face)
            y += step
        self._record(placed, secret)
        return y

    def frame(self, box: Box, width_px: int = RULE_PX) -> None:
        """Rule the four edges of a box."""
        self.draw.rectangle((box.left, box.top, box.right, box.bottom), outline=PRINT_INK, width=width_px)

    def rule(
        self, x: int, y: int, length: int, ink: tuple[int, int, int] = PRINT_INK, width_px: int = 2
    ) -> None:
        """Rule a level line."""
        self.draw.line((x, y, x + length, y), fill=ink, width=width_px)

    def _set(
        self,
        x: int,
        y: int,
        text: str,
        line: int,
        size: int,
        face: Face,
        spacing: int = 0,
        ink: tuple[int, int, int] | None = None,
    ) -> Iterator[Placed]:
        """Ink the characters of one line, one after another."""
        for char in text:
            is_pen = face == "pen"
            glyph = penned(size, char, self.rng, self._slant) if is_pen else printed(face, size, char)
            box = None
            if glyph is not None:
                left, top = x + glyph.left, y + glyph.top
                self.image.paste(ink or self._ink(face), (left, top), glyph.mask)
                box = Box(left, top, left + glyph.mask.width, top + glyph.mask.height)
            yield Placed(char, box, line)
            x += advance(face, size, char) + spacing

    def _ink(self, face: Face) -> tuple[int, int, int]:
        return self._pen_ink if face == "pen" else PRINT_INK

    def _record(self, placed: list[Placed], secret: SecretKind | None) -> None:
        """Note lines and secrets of one writing."""
        self._lines += [DrawnLine(text, box) for text, box in _by_line(placed)]
        whole = "".join(item.char for item in placed)
        if secret:
            self._secrets += [Secret(secret, text, box) for text, box in _by_line(placed)]
            return
        for kind, value in self._known:
            for found in re.finditer(re.escape(value), whole):
                parts = _by_line(placed[found.start() : found.end()])
                self._secrets += [Secret(kind, text, box) for text, box in parts]


def width_of(text: str, size: int, face: Face, spacing: int = 0) -> int:
    """Width of one line in pixels."""
    return sum(advance(face, size, char) + spacing for char in text) - (spacing if text else 0)


def wrap(text: str, width_px: int, size: int, face: Face) -> list[str]:
    """Break text into lines of at most width_px; numbers stay whole, closing marks hang over the edge."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for token in _tokens(paragraph, width_px, size, face):
            step = width_of(token, size, face)
            if line and used + step > width_px and token not in NEVER_FIRST:
                lines.append(line)
                line, used = "", 0
            line, used = line + token, used + step
        lines.append(line)
    return lines


def _tokens(text: str, width_px: int, size: int, face: Face) -> Iterator[str]:
    for token in TOKEN.findall(text):
        if width_of(token, size, face) <= width_px:
            yield token
        else:
            yield from token


def _fitted(text: str, box: Box, width: int, size: int, face: Face, leading: float) -> tuple[int, list[str]]:
    """The largest size up to `size` at which the text stays inside the box, and its lines at that size."""
    for tried in range(size, 23, -2):
        lines = wrap(text, width, tried, face)
        longest = max(width_of(token, tried, face) for token in TOKEN.findall(text) or [""])
        if longest <= width and round(tried * leading) * (len(lines) - 1) + tried <= box.height - PADDING_PX:
            return tried, lines
    return 24, wrap(text, width, 24, face)


def _by_line(placed: Sequence[Placed]) -> Iterator[tuple[str, Box]]:
    for number in dict.fromkeys(item.line for item in placed):
        items = [item for item in placed if item.line == number]
        text, boxes = "".join(item.char for item in items).strip(), [item.box for item in items if item.box]
        if text and boxes:
            yield text, around(boxes)
