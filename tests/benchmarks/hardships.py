"""What a planted form goes through before it is read (埋点表格的磨损): askew, noisy, pale, photographed …."""

import io
import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.demonstration.ageing import desk, fold, tint
from webapp.demonstration.wear import Matrix, quarter_turned

Pixels = NDArray[np.uint8]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Hardship:
    """A recipe; every pair is a range from which a form draws its own.

    ink -- share of it that is left; ghost -- share of the other side's ink that shows; degrees -- either way;
    blur, grain -- standard deviations in pixels and grey levels; scale -- against 300 dpi
    """

    ink: Range = (1, 1)
    ghost: Range = (0, 0)
    yellow: Range = (0.02, 0.1)
    degrees: Range = (0, 0.5)
    is_turned: bool = False
    is_folded: bool = False
    is_photographed: bool = False
    blur: Range = (0, 0)
    grain: Range = (2, 5)
    scale: Range = (1, 1)
    quality: tuple[int, int] = (72, 88)


HARDSHIPS: dict[str, Hardship] = {
    "clean": Hardship(),
    "rotated": Hardship(degrees=(1.2, 4.5)),
    "steep": Hardship(degrees=(5.2, 9)),
    "turned": Hardship(is_turned=True, degrees=(0, 1)),
    "noisy": Hardship(grain=(20, 36), degrees=(0, 1.5)),
    "pale": Hardship(ink=(0.16, 0.42)),
    "bleed": Hardship(ghost=(0.2, 0.42), yellow=(0.2, 0.5)),
    "photo": Hardship(is_photographed=True, blur=(0.4, 1.2), grain=(4, 8)),
    "blurred": Hardship(is_photographed=True, blur=(1.4, 2.6), grain=(6, 12), quality=(50, 70)),
    "yellowed": Hardship(yellow=(0.6, 0.95), is_folded=True, quality=(28, 45)),
    "coarse": Hardship(scale=(0.5, 0.68), blur=(0, 0.6), quality=(55, 75)),
    "mixed": Hardship(ink=(0.35, 0.6), ghost=(0.1, 0.25), grain=(10, 20), degrees=(0.5, 3), blur=(0.4, 1.2)),
}


@dataclass(frozen=True, slots=True)
class Worn:
    """A form as it reaches the archive. matrix -- 3 x 3, from pixels as drawn to pixels of the file."""

    file: bytes
    dpi: int
    matrix: Matrix


def worn(drawn: Image.Image, reverse: Image.Image | None, rng: random.Random, hardship: Hardship) -> Worn:
    """Wear a drawn form, `reverse` showing through where the hardship has it so."""
    pixels = _inked(np.array(drawn), None if reverse is None else np.array(reverse), rng, hardship)
    tint(pixels, rng, rng.uniform(*hardship.yellow))
    if hardship.is_folded:
        fold(pixels, rng)
    pixels, matrix = _photographed(pixels, rng) if hardship.is_photographed else _laid(pixels, rng, hardship)
    if hardship.is_turned:
        pixels, matrix = quarter_turned(pixels, matrix, rng.choice((90, 180, 270)))
    pixels, matrix, dpi = _sampled(pixels, matrix, rng, hardship)
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=rng.randint(*hardship.quality), dpi=(dpi, dpi))
    return Worn(held.getvalue(), dpi, matrix)


def _inked(pixels: Pixels, reverse: Pixels | None, rng: random.Random, hardship: Hardship) -> Pixels:
    ink = rng.uniform(*hardship.ink)
    pixels = cv2.bitwise_not(cv2.convertScaleAbs(cv2.bitwise_not(pixels), alpha=ink))
    if reverse is not None and hardship.ghost[1] > 0:
        soft = cv2.GaussianBlur(cv2.flip(reverse, 1), (0, 0), 3)
        ghost = cv2.bitwise_not(
            cv2.convertScaleAbs(cv2.bitwise_not(soft), alpha=rng.uniform(*hardship.ghost))
        )
        pixels = cv2.multiply(pixels, ghost, scale=1 / 255)
    return np.asarray(pixels, np.uint8)


def _laid(pixels: Pixels, rng: random.Random, hardship: Hardship) -> tuple[Pixels, Matrix]:
    """On the glass of a scanner, askew: larger turns need a larger sheet, so that nothing is cut off."""
    height, width = pixels.shape[:2]
    degrees = rng.uniform(*hardship.degrees) * rng.choice((-1, 1))
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1), [0, 0, 1]])
    room = round(abs(np.sin(np.radians(degrees))) * width / 2 * 0.7)
    size = (width + room // 2, height + 2 * room)
    matrix = np.array([[1, 0, room // 4], [0, 1, room], [0, 0, 1]]) @ matrix
    lid = rng.choice(((244, 244, 242), (228, 228, 226), (70, 70, 72)))
    laid = cv2.warpPerspective(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderValue=lid)
    return np.asarray(laid, np.uint8), matrix


def _photographed(pixels: Pixels, rng: random.Random) -> tuple[Pixels, Matrix]:
    """Under a phone on a desk: in perspective, lit from one side, a shadow across it."""
    height, width = pixels.shape[:2]
    across, down = 3000, 2250

    def corner(x: float, y: float) -> tuple[float, float]:
        return (x + rng.uniform(-0.03, 0.03)) * across, (y + rng.uniform(-0.03, 0.03)) * down

    seen = np.array([corner(0.08, 0.1), corner(0.92, 0.1), corner(0.94, 0.9), corner(0.06, 0.9)], np.float32)
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, seen)
    shot = desk((across, down), rng)
    cv2.warpPerspective(
        pixels, matrix, (across, down), dst=shot, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    light = np.array([[rng.randint(120, 255) for _ in range(4)] for _ in range(3)], np.uint8)
    shade = cv2.resize(light, (across, down), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.multiply(shot, cv2.merge([shade] * 3), scale=1 / 255), np.uint8), matrix


def _sampled(
    pixels: Pixels, matrix: Matrix, rng: random.Random, hardship: Hardship
) -> tuple[Pixels, Matrix, int]:
    """By a sensor: blurred, coarser, grained. Returns also the dpi it states."""
    if (blur := rng.uniform(*hardship.blur)) > 0.3:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.uint8)
    dpi = 300
    if (scale := rng.uniform(*hardship.scale)) < 1:
        size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
        shrink = np.diag([size[0] / pixels.shape[1], size[1] / pixels.shape[0], 1.0])
        pixels, matrix, dpi = (
            cv2.resize(pixels, size, interpolation=cv2.INTER_AREA),
            shrink @ matrix,
            round(300 * scale),
        )
    source = np.random.default_rng(rng.getrandbits(32))
    grain = source.normal(0, rng.uniform(*hardship.grain), pixels.shape[:2]).astype(np.float32)
    grained = pixels.astype(np.float32) + grain[..., None]
    return np.clip(grained, 0, 255).astype(np.uint8), matrix, dpi
