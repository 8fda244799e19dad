"""What paper, scanners and phones do to a page (纸张老化与扫描失真), and where each of its pixels went."""

import io
import random
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.demonstration.ageing import bleed_through, desk, fade, fold, punch, roughen, tint
from webapp.demonstration.sheet import DrawnLine, DrawnPage, Secret
from webapp.domain.geometry import Box

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
WearKind = Literal["clean", "skewed", "yellowed", "faint", "bleed", "folded", "turned", "photo"]
WEAR_KINDS: tuple[WearKind, ...] = get_args(WearKind)
PHOTO_PX = (2700, 3600)
GRAIN: dict[WearKind, int] = {"skewed": 9, "photo": 6, "yellowed": 5}  # grey levels


@dataclass(frozen=True, slots=True)
class WornPage:
    """A page as it reaches the archive.

    matrix -- 3×3, takes homogeneous pixels of the drawn page to pixels of `image`
    turned_degrees -- clockwise quarter turns by which the page lies wrong
    quality -- JPEG quality it was stored with
    """

    image: Image.Image
    matrix: Matrix
    kind: WearKind
    turned_degrees: int
    quality: int
    lines: tuple[DrawnLine, ...]
    secrets: tuple[Secret, ...]

    def jpeg(self) -> bytes:
        """The page as a JPEG file of 300 dpi."""
        held = io.BytesIO()
        self.image.save(held, "JPEG", quality=self.quality, dpi=(300, 300))
        return held.getvalue()


def worn(page: DrawnPage, rng: random.Random, kind: WearKind, reverse: DrawnPage | None = None) -> WornPage:
    """Wear a page. Lines and secrets of the result are in its own pixels, boxes grown to stay upright.

    reverse -- what is written on the other side, for "bleed"; the page itself when nothing is given
    """
    pixels = _aged(np.array(page.image), rng, kind, reverse)
    if kind == "photo":
        pixels, matrix = _photographed(pixels, rng)
    else:
        pixels, matrix = _scanned(pixels, rng, kind)
    turned = rng.choice((90, 180, 270)) if kind == "turned" else 0
    pixels, matrix = quarter_turned(pixels, matrix, turned)
    roughen(pixels, rng, spread=GRAIN.get(kind, 4))
    size = (pixels.shape[1], pixels.shape[0])
    lines = (DrawnLine(line.text, carried(line.box, matrix, size)) for line in page.lines)
    secrets = (Secret(s.kind, s.text, carried(s.box, matrix, size)) for s in page.secrets)
    quality = rng.randint(60, 68) if kind == "yellowed" else rng.randint(72, 85)
    return WornPage(Image.fromarray(pixels), matrix, kind, turned, quality, tuple(lines), tuple(secrets))


def carried(box: Box, matrix: Matrix, within: tuple[int, int]) -> Box:
    """The smallest upright box of the worn page, kept on its (width, height), that holds `box` of the drawn one."""
    corners = np.array(
        [(x, y, 1.0) for x in (box.left, box.right) for y in (box.top, box.bottom)], np.float64
    )
    moved = corners @ matrix.T
    places = moved[:, :2] / moved[:, 2:]
    left, top = np.floor(places.min(axis=0)).astype(int).clip(0)
    right, bottom = np.ceil(places.max(axis=0)).astype(int)
    return Box(int(left), int(top), min(int(right), within[0]), min(int(bottom), within[1]))


def _aged(pixels: Pixels, rng: random.Random, kind: WearKind, reverse: DrawnPage | None) -> Pixels:
    """Ink and paper, before any scanner."""
    if kind == "faint":
        pixels = fade(pixels, rng)
    if kind == "bleed":
        pixels = bleed_through(pixels, np.array(reverse.image) if reverse else pixels, rng)
    strength = {"yellowed": 0.8, "folded": 0.45, "bleed": 0.4, "faint": 0.3, "photo": 0.15}.get(kind, 0.08)
    tint(pixels, rng, strength)
    if kind in ("folded", "yellowed"):
        fold(pixels, rng)
    if kind in ("folded", "bleed", "turned"):
        punch(pixels, rng)
    return pixels


def _scanned(pixels: Pixels, rng: random.Random, kind: WearKind) -> tuple[Pixels, Matrix]:
    """Laid on the glass a little askew: the lid shows at the edges."""
    degrees = rng.uniform(1.2, 3.0) if kind == "skewed" else rng.uniform(0.1, 0.6)
    degrees *= rng.choice((-1, 1))
    height, width = pixels.shape[:2]
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:2, 2] += rng.uniform(-12, 12), rng.uniform(-12, 12)
    lid = rng.choice(((244, 244, 242), (226, 226, 224), (56, 56, 58)))
    laid = cv2.warpAffine(pixels, matrix[:2], (width, height), flags=cv2.INTER_LINEAR, borderValue=lid)
    return np.asarray(laid, np.uint8), matrix


def _photographed(pixels: Pixels, rng: random.Random) -> tuple[Pixels, Matrix]:
    """Held under a phone on a desk: smaller, in perspective, lit from one side."""
    height, width = pixels.shape[:2]
    across, down = PHOTO_PX

    def corner(x: float, y: float) -> tuple[float, float]:
        return x * across + rng.uniform(-0.028, 0.028) * across, y * down + rng.uniform(-0.022, 0.022) * down

    seen = np.array(
        [corner(0.09, 0.06), corner(0.91, 0.06), corner(0.93, 0.94), corner(0.07, 0.94)], np.float32
    )
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, seen)
    shot = desk(PHOTO_PX, rng)
    cv2.warpPerspective(
        pixels, matrix, PHOTO_PX, dst=shot, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT
    )
    dim = np.array([[rng.randint(158, 255) for _ in range(3)] for _ in range(3)], np.uint8)
    light = cv2.resize(dim, PHOTO_PX, interpolation=cv2.INTER_LINEAR)
    cv2.multiply(shot, cv2.merge([light] * 3), dst=shot, scale=1 / 255)
    return shot, np.asarray(matrix, np.float64)


def quarter_turned(pixels: Pixels, matrix: Matrix, degrees: int) -> tuple[Pixels, Matrix]:
    """Turn clockwise by a multiple of 90 degrees."""
    height, width = pixels.shape[:2]
    if degrees == 0:
        return pixels, matrix
    code, turn = {
        90: (cv2.ROTATE_90_CLOCKWISE, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        180: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
    }[degrees]
    return np.asarray(cv2.rotate(pixels, code), np.uint8), np.array(turn, np.float64) @ matrix
