"""The invisible mark (暗水印) of a viewing, under the visible one: paper darkened a little, cell by cell, by a code.

A page is divided into square cells. A secret code decides for each whether it is darkened by a few levels or left
alone; on ink that is not even measured. No cell repeats another, and every page of every viewing has a code of its
own, so neither folding a page onto itself nor laying pages of one viewing over one another brings the code out.
Whoever has the page as it is stored subtracts it from a leaked picture, and compares what is left with the codes of
the viewings that were sent this page.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

COLUMNS = 84  # cells across a page, 13 px each at reading width: finer ones do not outlive the encoders
VEIL = 4  # of 255: how much a cell is darkened at most
SMALLEST_PX = 480  # of a width: cells of a thumbnail would be three pixels wide
_BYTES = np.arange(256, dtype=np.uint8)[:, None]
_SIGNS = 1 - 2 * np.unpackbits(_BYTES, axis=1).astype(np.float32)  # 256 × 8, bit by bit: -1 for a darker cell

Cells = NDArray[np.float32]


def grid(page: tuple[int, int]) -> tuple[int, int]:
    """(columns, rows) of cells on a page of this (width, height): the same on every copy of it, of whatever size."""
    return COLUMNS, max(1, round(COLUMNS * page[1] / page[0]))


def burn(image: Image.Image, code: bytes, *, page: tuple[int, int]) -> None:
    """Lay the code over the whole of an L or RGB image of a (width, height) page, in place.

    What is too small to carry it is left alone.
    """
    if image.width < SMALLEST_PX:
        return
    columns, rows = grid(page)
    levels = Image.fromarray((_bits(code, columns * rows) * VEIL).reshape(rows, columns))
    half = levels.resize((-(-image.width // 2), -(-image.height // 2)), Image.Resampling.BILINEAR)
    veil = half.resize(
        image.size, Image.Resampling.NEAREST
    )  # nobody sees a step of a level; a third of the time
    bands = veil if image.mode == "L" else Image.merge("RGB", (veil, veil, veil))
    image.paste(ImageChops.difference(image, bands))  # less the veil; what is darker than it stays that dark


def scores(cells: Cells, codes: Sequence[bytes]) -> NDArray[np.float32]:
    """How well each code agrees with what a leaked picture has more or less of than the stored page, cell by cell.

    cells -- rows × columns, brightness against the surroundings, weighted by how sure it is; 0 where nothing is known
    A code that has nothing to do with the picture scores at least z with a probability below exp(-z²/2), whatever
    the picture holds: its bits are independent of it (Hoeffding). All zero for a picture that tells nothing.
    """
    flat = cells.ravel().astype(np.float32)
    length = float(np.linalg.norm(flat))
    if length == 0.0:
        return np.zeros(len(codes), np.float32)
    added = (
        np.pad(flat, (0, -flat.size % 8)).reshape(-1, 8) @ _SIGNS.T
    )  # by each value that each byte may have
    places = np.arange(len(added))
    return np.array([added[places, _bytes(code, flat.size)].sum() / length for code in codes], np.float32)


def _bits(code: bytes, count: int) -> NDArray[np.uint8]:
    """So many bits, 1 for a cell that is darkened; nobody tells them from chance without the code."""
    return np.unpackbits(_bytes(code, count), count=count)


def _bytes(code: bytes, bits: int) -> NDArray[np.uint8]:
    return np.frombuffer(hashlib.shake_256(code).digest(-(-bits // 8)), np.uint8)
