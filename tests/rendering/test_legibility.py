"""The mark may not cost the reader: what an engine reads of a marked, encoded page is as good as of the bare one."""

from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ocr_worker.engines import RapidReader
from tests.rendering import pages
from webapp.domain.page_width import READING_PX
from webapp.rendering.images import render
from webapp.rendering.watermark import Mark

TEXT = (60, 515, 1080, 1528)  # at reading width, below the table
PITCH_PX = 88  # on the scan: closer lines an engine misses or not by chance, marked or unmarked
PITCH = PITCH_PX * 1080 / 2480
MARK = Mark("张伟", "市财政局", datetime(2026, 11, 22, 8, 40, tzinfo=UTC), "V7K3M9Q2", page=3)


def errors(read: str, written: str) -> float:
    """Characters to change, add or drop, as a share of those written (Levenshtein)."""
    row = list(range(len(written) + 1))
    for number, character in enumerate(read, 1):
        above, row = row, [number]
        for at, wanted in enumerate(written):
            row.append(min(above[at + 1] + 1, row[at] + 1, above[at] + (character != wanted)))
    return row[-1] / len(written)


@pytest.fixture(scope="module")
def reader():
    engine = RapidReader()

    def read(image: Image.Image) -> str:
        lines = engine.read(np.asarray(image.convert("RGB").crop(TEXT)))
        lines.sort(key=lambda line: ((line.box.top + line.box.bottom) / 2 // PITCH, line.box.left))
        return "".join(line.text for line in lines)

    return read


@pytest.fixture(scope="module")
def scan() -> tuple[Image.Image, str]:
    """A page of 24 lines of 40 characters at 12 points, and what is written on it."""
    drawn, text = pages.drawn(lines=24, pitch=PITCH_PX)
    return pages.scanned(drawn), "".join(text.split())


@pytest.fixture(scope="module")
def bare(reader, scan) -> float:
    """Errors on the scan itself, scaled but neither marked nor encoded."""
    page, written = scan
    size = (READING_PX, round(page.height * READING_PX / page.width))
    return errors(reader(page.resize(size, Image.Resampling.HAMMING)), written)


@pytest.mark.engine
@pytest.mark.parametrize("media_type", ["image/avif", "image/webp", "image/jpeg"])
def test_a_marked_page_reads_at_most_one_point_worse(reader, scan, bare, media_type):
    page, written = scan
    copy = render(
        pages.jpeg(page),
        boxes=(),
        page_size=page.size,
        mark=MARK,
        width_px=READING_PX,
        media_type=media_type,
    )
    marked = errors(reader(Image.open(BytesIO(copy.content))), written)
    assert marked <= bare + 0.01, f"{marked:.2%} against {bare:.2%}"
    assert bare < 0.02
