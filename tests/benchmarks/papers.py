"""Held-out pages as files (识别样张), with what stands where on them, also after a reader has straightened them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.benchmarks.reading_truth import Truth
from webapp.demonstration.benchmark import BenchmarkPage, benchmark_pages
from webapp.demonstration.sheet import A4_PX, DrawnLine, DrawnPage, Secret
from webapp.demonstration.wear import Matrix, carried, quarter_turned
from webapp.domain.geometry import Box
from webapp.domain.transcription import Transcription

SEED = "measured-only"  # used nowhere else: no rule was made by looking at these pages
_SEAL_PX = 100  # a red patch of this size is a seal
_REDDER = 60  # grey levels by which red ink stands out of green and blue


@dataclass(frozen=True, slots=True)
class Paper:
    """One page as a file. Boxes are in pixels of the page as drawn; `matrix` takes those to pixels of the file."""

    name: str
    file: Path
    lines: tuple[DrawnLine, ...]
    secrets: tuple[Secret, ...]
    seals: tuple[Box, ...]
    matrix: Matrix
    size: tuple[int, int]
    is_turned: bool
    is_penned: bool

    def as_filed(self) -> Truth:
        """For a reader that takes the file as it is."""
        return self._truth(self.matrix, self.size)

    def as_prepared(self, read: Transcription) -> Truth:
        """For ours, which lays a photograph flat, turns a page upright and makes its rows level."""
        matrix, size = self.matrix, self.size
        if read.notes[
            "dewarped"
        ]:  # cut out along the sheet's corners, so its pixels are those of the drawn sheet
            upright = read.turned_degrees % 180 == 0
            size = (read.width_px, read.height_px) if upright else (read.height_px, read.width_px)
            matrix = np.diag([size[0] / A4_PX[0], size[1] / A4_PX[1], 1.0])
        pixels = np.zeros((size[1], size[0], 1), np.uint8)
        _, matrix = quarter_turned(pixels, matrix, read.turned_degrees)
        centre = (read.width_px / 2, read.height_px / 2)
        level = np.vstack([cv2.getRotationMatrix2D(centre, read.notes["skew_degrees"], 1), [0, 0, 1]])
        return self._truth(level @ matrix, (read.width_px, read.height_px))

    def _truth(self, matrix: Matrix, size: tuple[int, int]) -> Truth:
        return Truth(
            [line._replace(box=carried(line.box, matrix, size)) for line in self.lines],
            [secret._replace(box=carried(secret.box, matrix, size)) for secret in self.secrets],
            [carried(seal, matrix, size) for seal in self.seals],
        )


def papers(folder: Path, count: int) -> Iterator[Paper]:
    """Draw `count` pages and file them; every form and every wear comes round."""
    for page in benchmark_pages(SEED, count):
        file = folder / f"{page.name[:3]}.jpg"
        file.write_bytes(page.worn.jpeg())
        yield _paper(page, file)


def _paper(page: BenchmarkPage, file: Path) -> Paper:
    worn = page.worn
    return Paper(
        name=page.name,
        file=file,
        lines=page.drawn.lines,
        secrets=page.drawn.secrets,
        seals=tuple(_seals(page.drawn)),
        matrix=worn.matrix,
        size=worn.image.size,
        is_turned=bool(worn.turned_degrees),
        is_penned=page.is_penned,
    )


def _seals(page: DrawnPage) -> Iterator[Box]:
    """Where a seal was pressed: what is written in it is no text of the page."""
    pixels = np.asarray(page.image).astype(np.int16)
    red = (pixels[..., 0] - pixels[..., 1:].max(axis=2) > _REDDER).astype(np.uint8)
    joined = cv2.dilate(red, np.ones((31, 31), np.uint8))
    _, _, patches, _ = cv2.connectedComponentsWithStats(joined)
    for left, top, width, height, _ in patches[1:].tolist():
        if min(width, height) >= _SEAL_PX:
            yield Box(left, top, left + width, top + height)
