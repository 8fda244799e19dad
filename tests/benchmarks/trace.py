"""`trace`: pages as the renderer serves them, leaked in five ways, traced among 10,000 viewings; and unmarked ones.

Rival: the code in the lowest bit of each pixel, as plain watermarking tools put it there, served by the same encoder
and not even leaked, among 100 codes. Legibility: what tesseract misreads with and without the mark.
"""

import hmac
import io
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from statistics import mean, median

import numpy as np
import pytesseract
from PIL import Image

from ocr_worker import registration
from ocr_worker.preparation import optimised, reading_copy
from tests.benchmarks.figures import Figures, in_ms, say
from tests.leaks import file_of, photographed
from tests.rendering import pages as drawn_pages
from tests.rendering.test_legibility import TEXT, errors
from webapp.demonstration.benchmark import benchmark_pages
from webapp.domain.evidence import EVIDENCE_Z
from webapp.domain.page_width import READING_PX
from webapp.rendering import forensic, images
from webapp.rendering.images import MediaType
from webapp.rendering.watermark import Mark

SEED = "leaked-only"
VIEWINGS = 10_000
READERS = 3  # who lay their copies over one another
AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
WAYS = ("jpeg_75", "half_size", "quarter_crop", "camera", "average_of_three")
ENCODINGS: tuple[MediaType, ...] = ("image/avif", "image/webp", "image/jpeg")
_KEY = b"a key of this benchmark alone"
_RIVALS_CODES = 100


@dataclass(frozen=True, slots=True)
class Stored:
    """A page as the vault keeps it: whole, and the copy it is read from."""

    number: int
    jpeg: bytes
    copy: bytes
    size: tuple[int, int]


@dataclass(slots=True)
class Traced:
    """What came of one page. `scores` are those of the leaker's viewing, way by way; `wrong` the best of all others."""

    is_first: dict[str, bool] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    wrong: list[float] = field(default_factory=list)
    false_accepts: int = 0
    seconds: list[float] = field(default_factory=list)
    burn_s: float = 0.0
    growth: float = 0.0  # of the bytes sent, as a share
    all_named: bool = False
    rival_is_first: bool = False


def measure(*, pages: int = 100, read_pages: int = 3) -> Figures:
    """Trace `pages` pages, each leaked in every way and unmarked twice; read `read_pages` with and without the mark."""
    say(f"trace: {pages} pages, {len(WAYS)} ways each, {VIEWINGS} viewings")
    done: list[Traced] = []
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for traced in pool.map(trace, _stored(pages)):
            done.append(traced)
            if len(done) % 10 == 0:
                say(f"trace: {len(done)} pages")
    shares = {f"{way}_first_share": round(mean(one.is_first[way] for one in done), 4) for way in WAYS}
    others = len(WAYS) * (VIEWINGS - 1) + 2 * VIEWINGS
    return {
        "pages": len(done),
        "first_share": round(mean(chain.from_iterable(one.is_first.values() for one in done)), 4),
        **shares,
        "all_three_named_share": round(mean(one.all_named for one in done), 4),
        "weakest_score": round(min(min(one.scores.values()) for one in done), 1),
        "camera_median_score": round(median(one.scores["camera"] for one in done), 1),
        "false_accepts": sum(one.false_accepts for one in done),
        "wrong_comparisons": others * len(done),
        "best_wrong_score": round(max(max(one.wrong) for one in done), 2),
        **in_ms("trace_", [second for one in done for second in one.seconds]),
        "burn_cpu_ms": round(median(one.burn_s for one in done) * 1000, 1),
        "added_bytes_percent": round(100 * mean(one.growth for one in done), 2),
        "lsb_as_served_first_share": round(mean(one.rival_is_first for one in done), 4),
        **_legibility(read_pages),
    }


def trace(page: Stored) -> Traced:
    """One page, leaked in every way by one of its readers."""
    rng = random.Random(f"{SEED}/{page.number}")
    numbers = rng.sample(range(32**7), VIEWINGS)
    codes = [hmac.digest(_KEY, f"{page.number}|{number}".encode(), "sha256") for number in numbers]
    readers, done, media_type = range(READERS), Traced(), ENCODINGS[page.number % len(ENCODINGS)]
    sent = [_served(page, codes[reader], media_type) for reader in readers]
    with _without_mark():
        bare = _served(page, codes[0], media_type)
    done.growth = len(sent[0]) / len(bare) - 1
    done.burn_s = _burn_s(page, codes[0])
    images_ = [_opened(content) for content in sent]
    for way, picture in _leaked(images_, rng):
        scores = _scored(picture, page, codes, done)
        leakers = set(readers) if way == "average_of_three" else {0}
        ranked = np.argsort(-scores)
        done.is_first[way] = bool(int(ranked[0]) in leakers and scores[ranked[0]] >= EVIDENCE_Z)
        done.scores[way] = float(max(scores[list(leakers)]))
        _count_wrong(done, np.delete(scores, list(leakers)))
        if way == "average_of_three":
            done.all_named = bool((scores[list(leakers)] >= EVIDENCE_Z).all())
    for picture in (_opened(bare), _reopened(photographed(_opened(bare), page.number), 60)):
        _count_wrong(done, _scored(picture, page, codes, done))
    done.rival_is_first = _rival(_opened(page.copy), codes[:_RIVALS_CODES], media_type)
    return done


def _stored(count: int) -> Iterator[Stored]:
    """Worn pages that lie upright and flat, as preparation leaves them."""
    upright = (p for p in benchmark_pages(SEED, 2 * count) if p.worn.kind not in ("turned", "photo"))
    for number, page in enumerate(islice(upright, count)):
        pixels = np.asarray(page.worn.image.convert("RGB"))
        yield Stored(number, optimised(pixels), reading_copy(pixels), page.worn.image.size)


def _served(page: Stored, code: bytes, media_type: MediaType) -> bytes:
    number = "V" + code.hex()[:7].upper()
    made = images.render(
        page.copy,
        boxes=(),
        page_size=page.size,
        mark=Mark("苏砚秋", "市财政局", AT, number, page.number, code),
        width_px=READING_PX,
        media_type=media_type,
    )
    return made.content


def _leaked(sent: list[Image.Image], rng: random.Random) -> Iterator[tuple[str, Image.Image]]:
    first = sent[0]
    width, height = first.size
    left, top = rng.randrange(width // 2), rng.randrange(height // 2)
    together = np.mean([np.asarray(image, np.float32) for image in sent], axis=0)
    yield "jpeg_75", _reopened(first, 75)
    yield "half_size", first.resize((width // 2, height // 2), Image.Resampling.BILINEAR)
    yield "quarter_crop", first.crop((left, top, left + width // 2, top + height // 2))
    yield "camera", _reopened(photographed(first, rng.randrange(2**32)), 60)
    yield "average_of_three", Image.fromarray(together.astype(np.uint8))


def _scored(picture: Image.Image, page: Stored, codes: list[bytes], done: Traced) -> np.ndarray:
    """Scores of all codes, as the worker and the service find them together; 0 where the page is not found."""
    began = time.perf_counter()
    leaked = registration.leak(np.asarray(picture))
    grey = _reference(page)
    place, _ = registration.placement(leaked, grey)
    if place is None:
        return np.zeros(len(codes), np.float32)
    scores = forensic.scores(registration.remainder(leaked.grey, grey, place), codes)
    done.seconds.append(time.perf_counter() - began)
    return scores


def _reference(page: Stored) -> registration.Grey:
    size = registration.size_of(page.size)
    with Image.open(io.BytesIO(page.jpeg)) as whole:
        whole.draft("L", size)
        return np.asarray(whole.convert("L").resize(size, Image.Resampling.BOX))


def _count_wrong(done: Traced, scores: np.ndarray) -> None:
    done.wrong.append(float(scores.max()))
    done.false_accepts += int((scores >= EVIDENCE_Z).sum())


def _burn_s(page: Stored, code: bytes) -> float:
    """CPU seconds of laying the mark on one page."""
    image = _opened(page.copy)
    began = time.process_time()
    forensic.burn(image, code, page=page.size)
    return time.process_time() - began


def _rival(bare: Image.Image, codes: list[bytes], media_type: MediaType) -> bool:
    """The first code written into the lowest bits is the one that the encoder leaves most of."""
    pixels = np.asarray(bare.convert("L"))
    patterns = [_lowest_bits(code, pixels.shape) for code in codes]
    marked = Image.fromarray((pixels & 0xFE) | patterns[0]).convert("RGB")
    sent = np.asarray(_opened(images._encoded(marked, media_type)).convert("L")) & 1
    return int(np.argmax([(sent == pattern).mean() for pattern in patterns])) == 0


def _lowest_bits(code: bytes, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(list(code)).integers(0, 2, shape, dtype=np.uint8)


def _legibility(count: int) -> Figures:
    """Share of characters that tesseract misreads at reading width, without and with the invisible mark."""
    if not count:
        return {}
    say("trace: reading")
    with_mark, without = [], []
    for seed in range(1, count + 1):
        drawn, text = drawn_pages.drawn(seed, lines=24, pitch=88)
        scan = np.asarray(drawn_pages.scanned(drawn, seed))
        page, written = Stored(seed, b"", reading_copy(scan), drawn.size), "".join(text.split())
        with_mark.append(errors(_read(_served(page, _KEY, "image/avif")), written))
        with _without_mark():
            without.append(errors(_read(_served(page, _KEY, "image/avif")), written))
    return {"tesseract_cer": round(mean(with_mark), 4), "tesseract_cer_without_mark": round(mean(without), 4)}


def _read(content: bytes) -> str:
    text = pytesseract.image_to_string(_opened(content).crop(TEXT), lang="chi_sim", config="--psm 6")
    return "".join(text.split())


@contextmanager
def _without_mark() -> Iterator[None]:
    """The renderer with an invisible mark of no depth: everything else as it is."""
    depth, forensic.VEIL = forensic.VEIL, 0
    try:
        yield
    finally:
        forensic.VEIL = depth


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def _reopened(image: Image.Image, quality: int) -> Image.Image:
    return _opened(file_of(image, "JPEG", quality))
