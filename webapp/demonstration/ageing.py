"""What time does to ink and paper (褪色、泛黄、折痕、装订孔).

`fade` and `bleed_through` answer new pixels; the others change those they are given.
"""

import random
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
TILE_PX = 1024
YELLOW = (232, 214, 168)


def fade(pixels: Pixels, rng: random.Random) -> Pixels:
    """Ink of which only a part is left, in some places less than in others."""
    coarse = np.array([[rng.randint(76, 190) for _ in range(5)] for _ in range(7)], np.uint8)
    left = cv2.resize(coarse, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    ink = cv2.multiply(cv2.bitwise_not(pixels), cv2.merge([left] * 3), scale=1 / 255)
    return np.asarray(cv2.bitwise_not(ink), np.uint8)


def bleed_through(pixels: Pixels, reverse: Pixels, rng: random.Random) -> Pixels:
    """The writing of the other side, mirrored, soft and pale, behind this one's."""
    half = cv2.resize(reverse, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(cv2.flip(half, 1), (0, 0), 1.6)
    pale = cv2.bitwise_not(cv2.convertScaleAbs(cv2.bitwise_not(soft), alpha=rng.uniform(0.18, 0.36)))
    behind = cv2.resize(pale, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(pixels, behind, scale=1 / 255), np.uint8)


def tint(pixels: Pixels, rng: random.Random, strength: float) -> None:
    """Paper that is not white: `strength` 0 to 1 of the way to old yellow, browner at the edges, cloudy."""
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[-1:1:48j, -1:1:34j]
    edge = np.maximum(np.abs(rows), np.abs(columns)) ** 6
    cloud = np.array([rng.gauss(0, 0.10) for _ in range(edge.size)]).reshape(edge.shape)
    cloud = cv2.GaussianBlur(cloud, (0, 0), 2.5) * 1.5
    depth = np.clip(strength * (0.75 + 0.45 * edge + cloud), 0, 1)
    planes = [(255 - depth * (255 - channel)).astype(np.uint8) for channel in YELLOW]
    paper = cv2.resize(cv2.merge(planes), (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(pixels, paper, dst=pixels, scale=1 / 255)


def fold(pixels: Pixels, rng: random.Random) -> None:
    """One or two creases across: a dark line with a pale shoulder."""
    height, width = pixels.shape[:2]
    for middle in rng.sample((0.33, 0.5, 0.67), rng.choice((1, 2))):
        y = round(height * middle + rng.uniform(-40, 40))
        profile = np.full(120, 255, np.float32)
        profile -= 46 * np.exp(-(((np.arange(120) - 60) / 5) ** 2)) + 26 * np.exp(
            -(((np.arange(120) - 74) / 22) ** 2)
        )
        band = np.repeat(np.repeat(profile[:, None], width, axis=1)[:, :, None], 3, axis=2).astype(np.uint8)
        area = pixels[y - 60 : y + 60]
        cv2.multiply(area, band, dst=area, scale=1 / 255)


def punch(pixels: Pixels, rng: random.Random) -> None:
    """Three holes of a binding along the left edge, with the shadow they let through."""
    height = pixels.shape[0]
    x, shade = rng.randint(70, 110), rng.randint(48, 92)
    for y in (height // 2 - 945, height // 2, height // 2 + 945):
        centre = (x + rng.randint(-6, 6), y + rng.randint(-10, 10))
        cv2.circle(pixels, centre, 33, (shade + 60,) * 3, -1, cv2.LINE_AA)
        cv2.circle(pixels, (centre[0] + 3, centre[1] + 3), 29, (shade,) * 3, -1, cv2.LINE_AA)


def roughen(pixels: Pixels, rng: random.Random, spread: int) -> None:
    """Grain of paper and sensor, with a standard deviation of about `spread` grey levels."""
    lighter, darker = _grain(spread)
    shift = rng.randrange(TILE_PX), rng.randrange(TILE_PX)
    height, width = pixels.shape[:2]
    for tile, apply in ((lighter, cv2.add), (darker, cv2.subtract)):
        rolled = np.roll(tile, shift, axis=(0, 1))
        for y in range(0, height, TILE_PX):
            for x in range(0, width, TILE_PX):
                area = pixels[y : y + TILE_PX, x : x + TILE_PX]
                area[:] = apply(area, rolled[: area.shape[0], : area.shape[1]])


def desk(size: tuple[int, int], rng: random.Random) -> Pixels:
    """A wooden or grey table top of (width, height) pixels."""
    width, height = size
    base = rng.choice(((92, 64, 44), (120, 116, 110), (58, 52, 50), (140, 110, 78)))
    streaks = np.array([[rng.gauss(0, 9)] * 3 for _ in range(90)], np.float32)
    column = cv2.resize(streaks[:, None, :], (1, height), interpolation=cv2.INTER_LINEAR).reshape(
        height, 1, 3
    )
    board = np.clip(np.array(base, np.float32) + column, 0, 255).astype(np.uint8)
    return np.repeat(board, width, axis=1)


@lru_cache(maxsize=4)
def _grain(spread: int) -> tuple[Pixels, Pixels]:
    """A tile of noise as what it adds and what it takes away; channels differ a little."""
    source = np.random.default_rng(spread)
    grey = source.normal(0, spread, (TILE_PX, TILE_PX, 1)) + source.normal(
        0, spread / 3, (TILE_PX, TILE_PX, 3)
    )
    return np.clip(grey, 0, 255).astype(np.uint8), np.clip(-grey, 0, 255).astype(np.uint8)
