"""Single characters as ink (字形): printed from the Noto CJK fonts, or bent as if written with a pen (手写)."""

import random
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from webapp.domain.errors import NotFound

Face = Literal["song", "song_bold", "hei", "hei_bold", "pen"]

FONT_FOLDERS = tuple(
    Path(folder)
    for folder in ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk", "/usr/share/fonts")
)
FONT_FILES: dict[Face, str] = {
    "song": "NotoSerifCJK-Regular.ttc",
    "song_bold": "NotoSerifCJK-Bold.ttc",
    "hei": "NotoSansCJK-Regular.ttc",
    "hei_bold": "NotoSansCJK-Bold.ttc",
    "pen": "NotoSansCJK-Regular.ttc",
}
SIMPLIFIED = 2  # place of the mainland Chinese forms in a Noto collection
BASELINE = 0.88  # of the em square, from its top: where Chinese fonts put the foot of a Latin letter
RIM = 24  # paler ink than this at a glyph's edge is cut off
PEN_MARGIN_PX = 8  # room around a glyph for its bending


class Glyph(NamedTuple):
    """Ink of one character: an "L" mask and where its top left lies from the em square's top left, in pixels."""

    mask: Image.Image
    left: int
    top: int


@lru_cache(maxsize=64)
def font(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """The font of a face. Raises NotFound when Noto CJK is not installed."""
    for folder in FONT_FOLDERS:
        if (path := folder / FONT_FILES[face]).is_file():
            return ImageFont.truetype(path, size_px, index=SIMPLIFIED, layout_engine=ImageFont.Layout.BASIC)
    raise NotFound(f"找不到字体 {FONT_FILES[face]}，请先安装 fonts-noto-cjk")


@lru_cache(maxsize=65536)
def advance(face: Face, size_px: int, char: str) -> int:
    """How far the pen moves on after `char`, in pixels: an em for Chinese, less for Latin and digits."""
    if unicodedata.east_asian_width(char) in "WF":
        return size_px
    return round(font(face, size_px).getlength(char))


@lru_cache(maxsize=8192)
def printed(face: Face, size_px: int, char: str) -> Glyph | None:
    """The printed form of `char`; None when it leaves no ink."""
    drawn = font(face, size_px)
    left, top, right, bottom = (int(edge) for edge in drawn.getbbox(char, anchor="ls"))
    if char.isspace() or right <= left or bottom <= top:
        return None
    mask = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(mask).text((-left, -top), char, font=drawn, fill=255, anchor="ls")
    return _trimmed(np.asarray(mask), left, top + round(size_px * BASELINE))


def penned(size_px: int, char: str, rng: random.Random, slant: float) -> Glyph | None:
    """`char` as a pen would leave it: thinner, leaning by `slant`, turned and bent a little anew each time."""
    plain = printed("pen", size_px, char)
    if plain is None:
        return None
    ink = cv2.copyMakeBorder(np.asarray(plain.mask), *(PEN_MARGIN_PX,) * 4, cv2.BORDER_CONSTANT)
    height, width = ink.shape
    turn, grow = rng.gauss(0, 0.035), rng.gauss(1, 0.045)
    affine = np.array([[grow, slant - turn, 0], [turn - 0.05, grow * rng.gauss(1, 0.03), 0]], np.float32)
    centre = np.array([width / 2, height / 2], np.float32)
    affine[:, 2] = centre - affine[:, :2] @ centre
    field_x, field_y = _bends(size_px)[rng.randrange(BENDS)]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    across = affine[0, 0] * columns + affine[0, 1] * rows + affine[0, 2] + field_x[:height, :width]
    down = affine[1, 0] * columns + affine[1, 1] * rows + affine[1, 2] + field_y[:height, :width]
    bent = cv2.remap(ink, across, down, cv2.INTER_LINEAR)
    pressed = cv2.addWeighted(bent, rng.uniform(0.8, 1.0), bent, 0, 0)
    sway = round(rng.gauss(0, size_px * 0.025))
    return _trimmed(pressed, plain.left - PEN_MARGIN_PX, plain.top - PEN_MARGIN_PX + sway)


def _trimmed(ink: NDArray[np.uint8], left: int, top: int) -> Glyph | None:
    """Cut the empty rim off, so that a glyph's box is its ink."""
    x, y, width, height = cv2.boundingRect((ink > RIM).astype(np.uint8))
    if not width:
        return None
    return Glyph(Image.fromarray(ink[y : y + height, x : x + width]), left + x, top + y)


BENDS = 24


@lru_cache(maxsize=16)
def _bends(size_px: int) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Smooth displacement fields, in pixels, wide enough for the largest glyph of a size."""
    side = 2 * size_px + 4 * PEN_MARGIN_PX
    source = np.random.default_rng(size_px)

    def field() -> NDArray[np.float32]:
        coarse = source.normal(0, size_px * 0.035, (7, 7)).astype(np.float32)
        return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)

    return [(field(), field()) for _ in range(BENDS)]
