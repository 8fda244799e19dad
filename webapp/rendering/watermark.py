"""The mark (水印) of one viewing, burned into every page sent: who reads, when, and the viewing's number.

The mark is a small slanted block of lines rather than one long line. A long line slanted across
520 × 260 px fits there in one place only, so most crops of that size would cut it; a block is
small enough that copies can stand close together without covering the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import chain

from PIL import Image, ImageChops, ImageDraw

from webapp.domain.local_time import ZONE
from webapp.rendering import typeface

NORMAL_WIDTH_PX = 1080  # of a page as it is read on a phone; the sizes below are for this width
CROP_PX = (520, 260)  # every crop of this size holds one whole copy
SIZE_PX = 16  # of an em: 3 mm on A4
SLANT_DEGREES = 28  # anticlockwise, across both the lines and the rules of a form
LINE_PITCH = 1.25  # ems
LONGEST_LINE = 11  # ems before a line is broken
LONGEST_WORD = 24  # characters kept of an officer's name and unit, so that a copy always fits
LONGEST_OF_TWO = 16, 11  # the same of each name and the unit where two read together
SMALLEST_SCALE = 0.75  # of a thumbnail's mark: below it the number cannot be read
INK, HALO = 80, 255  # grey characters on paper, white around them for dark places
ALPHA, HALO_ALPHA = 40, 26  # of 255: these survive the encoders; a darker mark costs OCR a point more
CLOSEST_PX = 24  # copies stand at least this far apart, however small the page
_FINER = 4  # drawn this much larger, then slanted and reduced
_ACROSS, _DOWN = 0.6180, 0.7549  # steps by page: neighbouring pages never fall on one phase


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one page of one viewing.

    at -- when the viewing was opened, aware; written in China Standard Time to the minute
    viewing -- the viewing's number as it stands in the audit log
    page -- shifts the pattern, so that laying pages over one another does not bring out a clean one
    code -- the secret that the invisible mark under this one carries, see rendering.forensic
    second -- the officer who reads along (同阅), if anybody does
    copy -- the number of the copy the page goes into, if it leaves the house
    """

    name: str
    unit: str
    at: datetime
    viewing: str
    page: int = 1
    code: bytes = field(default=b"", repr=False)
    second: str = ""
    copy: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What is written, in order; lines are broken between these."""
        when = self.at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        name, unit = LONGEST_OF_TWO if self.second else (LONGEST_WORD, LONGEST_WORD)
        readers = self.name[:name], f"同阅 {self.second[:name]}" if self.second else ""
        limit = f"复制件 {self.copy}" if self.copy else "仅限查阅"
        words = *readers, self.unit[:unit], when, f"查阅号 {self.viewing}", limit
        return tuple(word for word in words if word)

    @property
    def text(self) -> str:
        """The whole mark in one line, as a printed document repeats it."""
        return " ".join(word for word in self.words if word)


@dataclass(frozen=True, slots=True)
class Stamp:
    """One copy of the mark, slanted: how much ink and how much halo each pixel takes of 255, mode L."""

    ink: Image.Image
    halo: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.ink.size


def burn(image: Image.Image, mark: Mark) -> None:
    """Blend the mark over the whole of an L or RGB image, in place."""
    scale = scale_of(image.width)
    copy = stamp(mark.words, round(SIZE_PX * scale))
    levels = [level if image.mode == "L" else (level,) * 3 for level in (HALO, INK)]
    for left, top in lattice(image.size, copy.size, scale=scale, page=mark.page):
        box = (left, top, left + copy.size[0], top + copy.size[1])
        image.paste(levels[0], box, copy.halo)
        image.paste(levels[1], box, copy.ink)


def scale_of(width_px: int) -> float:
    """How much larger than at NORMAL_WIDTH_PX the mark is drawn on a page width_px wide."""
    return max(width_px / NORMAL_WIDTH_PX, SMALLEST_SCALE)


def lattice(
    page_size: tuple[int, int], stamp_size: tuple[int, int], *, scale: float, page: int
) -> Iterator[tuple[int, int]]:
    """Left top corners of the copies on a page of (width, height) px, row by row; some begin off the page.

    A crop holds a whole copy when a corner falls into what is left of the crop once a copy's size is
    taken from it. Rows that far apart, with corners that far apart in each, always have one there.
    A page smaller than the crop holds a whole copy itself, if one fits.
    """
    across, down = (
        max(min(int(crop * scale), extent) - size, CLOSEST_PX)
        for crop, extent, size in zip(CROP_PX, page_size, stamp_size, strict=True)
    )
    first_left = round(page * _ACROSS % 1 * across) - across - stamp_size[0]
    first_top = round(page * _DOWN % 1 * down) - down - stamp_size[1]
    for row, top in enumerate(range(first_top, page_size[1], down)):
        for left in range(first_left + row % 2 * (across // 2), page_size[0], across):
            yield left, top


@lru_cache(maxsize=128)
def stamp(words: tuple[str, ...], size_px: int) -> Stamp:
    """One copy of the mark with ems of size_px pixels. Kept, for a viewing asks for the same one again."""
    font = typeface.face(size_px * _FINER)
    lines = list(_lines(words))
    pitch, stroke = round(font.size * LINE_PITCH), max(1, round(size_px / SIZE_PX)) * _FINER
    size = (round(max(map(font.getlength, lines))) + 2 * stroke, pitch * len(lines))

    def drawn(stroke_px: int) -> Image.Image:
        sheet = Image.new("L", size)
        canvas = ImageDraw.Draw(sheet)
        for number, line in enumerate(lines):
            middle = (size[0] / 2, pitch * (number + 0.5))
            canvas.text(middle, line, fill=ALPHA, font=font, anchor="mm", stroke_width=stroke_px)
        return sheet.rotate(SLANT_DEGREES, Image.Resampling.BICUBIC, expand=True).reduce(_FINER)

    ink, both = drawn(0), drawn(stroke)
    halo = ImageChops.subtract(both, ink)
    return Stamp(ink, halo.point([level * HALO_ALPHA // ALPHA for level in range(256)]))


def _lines(words: tuple[str, ...]) -> Iterator[str]:
    """The words, as many on a line as fit."""
    line = ""
    for piece in chain.from_iterable(map(_pieces, words)):
        joined = f"{line} {piece}".strip()
        if line and _ems(joined) > LONGEST_LINE:
            yield line
            joined = piece
        line = joined
    yield line


def _pieces(word: str) -> Iterator[str]:
    """The word, broken where it is longer than a line."""
    while _ems(word) > LONGEST_LINE:
        yield word[:LONGEST_LINE]
        word = word[LONGEST_LINE:]
    yield word


def _ems(text: str) -> float:
    return typeface.face(SIZE_PX).getlength(text) / SIZE_PX
