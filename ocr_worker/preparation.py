"""Preparing a page (图像预处理): upright, flat and straight, otherwise untouched, for colour reads best.

Pixels here are numpy arrays, height x width x 3, uint8, RGB, at about 300 dpi. No step makes a page larger.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr_worker.orientation import Orientation
from ocr_worker.photograph import flattened
from webapp.domain.page_width import READING_PX

Pixels = NDArray[np.uint8]

DPI = 300
_FINER_DPI = 330  # above this a scan is brought down to DPI: more costs time and space, and reads no better
_STEEPEST = 9.0  # degrees; a sheet that lies more askew was laid so on purpose
_STRAIGHT = 0.15  # degrees: less is left alone, for turning softens every stroke
_CLEARER = 1.02  # how much sharper the rows must stand after turning than before
_QUALITY, _COPY_QUALITY = 85, 88
_CHROMA_HALVED = (
    2  # 4:2:0, 5 to 25 % smaller than 4:4:4 on drawn pages; ink differs in luma, which stays whole
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready to be read and kept."""

    pixels: Pixels
    turned_degrees: int  # clockwise quarter turns that were made: 0, 90, 180, 270
    skew_degrees: float  # counter-clockwise turn that made its rows level, 0 when it was left alone
    dewarped: bool  # cut out of a photograph along its corners


def prepared(pixels: Pixels, orientation: Orientation, *, dpi: int = 0) -> Prepared:
    """The page as it should be read: flat, upright and level, at 300 dpi or less.

    dpi -- as the scanner stated it, 0 when unknown
    """
    flat = flattened(pixels)
    page = _at_most_300(pixels, dpi) if flat is None else flat
    turned = orientation.clockwise_turn(page)
    if turned:
        page = np.ascontiguousarray(np.rot90(page, -turned // 90))
    angle = skew(page)
    return Prepared(_levelled(page, angle) if angle else page, turned, angle, flat is not None)


def skew(pixels: Pixels) -> float:
    """Counter-clockwise turn in degrees, within ±9, that makes the rows of the page level; 0.0 when they are.

    The angle at which the sums of ink along the rows change most sharply from row to row.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    coarse, fine = _ink(grey, 320), _ink(grey, 640)
    if not fine.any():
        return 0.0
    about = max(np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5), key=lambda angle: _sharpness(coarse, angle))
    about = max(np.arange(about - 0.4, about + 0.41, 0.1), key=lambda angle: _sharpness(fine, angle))
    angle = float(round(about, 2))
    clearer = _sharpness(fine, angle) > _CLEARER * _sharpness(fine, 0.0)
    return angle if _STRAIGHT <= abs(angle) <= _STEEPEST and clearer else 0.0


def optimised(pixels: Pixels, *, dpi: int = DPI) -> bytes:
    """The page as the JPEG that is kept for reading: quality 85, no metadata but its dpi."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(
        target, "JPEG", quality=_QUALITY, subsampling=_CHROMA_HALVED, optimize=True, dpi=(dpi, dpi)
    )
    return target.getvalue()


def reading_copy(pixels: Pixels) -> bytes:
    """The page as wide as a phone reads it, made once: for each reader anew, decoding all of it would take longest.

    Colour is not halved: the blocks that a mask has to cover are half as wide then.
    """
    height, width = pixels.shape[:2]
    if width > READING_PX:
        size = (READING_PX, max(1, round(height * READING_PX / width)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=_COPY_QUALITY, subsampling=0, optimize=True)
    return target.getvalue()


def debled(pixels: Pixels) -> Pixels:
    """The page in grey with whatever is much paler than its own ink whitened: the other side shining through.

    For a second reading of a doubtful page only: it costs faint strokes. Red ink (seals) goes with it.
    """
    paper = evenly_lit(pixels[..., 0])
    half = np.asarray(cv2.resize(paper, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    darkness = (255 - paper.astype(np.float32)) / ink_level(half)
    kept = np.clip((darkness - 0.34) / (0.70 - 0.34), 0, 1)
    return cv2.cvtColor((255 - 255 * kept).astype(np.uint8), cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)


def _at_most_300(pixels: Pixels, dpi: int) -> Pixels:
    if dpi <= _FINER_DPI:
        return pixels
    size = tuple(max(1, round(side * DPI / dpi)) for side in pixels.shape[1::-1])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _levelled(pixels: Pixels, angle: float) -> Pixels:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderValue=(255, 255, 255)), np.uint8)


def _ink(grey: Pixels, width_px: int) -> Pixels:
    """Ink 255, paper 0, on a page of this width without its margins, where scanners leave shadows."""
    height = max(1, round(grey.shape[0] * width_px / grey.shape[1]))
    small = cv2.resize(grey, (width_px, height), interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    down, across = height // 20, width_px // 20
    return np.asarray(ink[down : height - down, across : width_px - across], np.uint8)


def _sharpness(ink: Pixels, angle: float) -> float:
    height, width = ink.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    rows = cv2.warpAffine(ink, turn, (width, height)).sum(axis=1, dtype=np.float64)
    return float((np.diff(rows) ** 2).sum())


def evenly_lit(grey: Pixels) -> Pixels:
    """Divided by the local brightness of the paper, taken from a quarter-size picture without its ink."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)), 31)
    return np.asarray(cv2.divide(grey, cv2.resize(paper, (width, height)), scale=245), np.uint8)


def ink_level(half: Pixels) -> float:
    """How much darker than its paper the firm strokes of a page are, 25 to 255. `half`: grey, at half size."""
    strokes = cv2.morphologyEx(half, cv2.MORPH_BLACKHAT, np.ones((9, 9), np.uint8))
    firm = strokes[strokes > 18]
    return max(25.0, float(np.percentile(firm, 85))) if firm.size > 500 else 120.0
