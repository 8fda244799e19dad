"""`page_image`: one masked and marked page image through the real web process, alone and with eight readers at once.

Rival: what Pillow needs to decode, resize and encode the same page as JPEG without right, mask, mark or log.
"""

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from statistics import mean, median

from PIL import Image

from tests.benchmarks import archives
from tests.benchmarks.browser import AVIF, Answer, Browser
from tests.benchmarks.figures import Figures, in_ms, say
from tests.benchmarks.processes import web
from webapp.domain.page_width import READING_PX
from webapp.services import pieces
from webapp.storage.archive import Material
from webapp.storage.pages import Page

READERS = 8
PAUSE_S = 2.0  # between two pages of a reader who leafs fast; the limit of the route is 2.5 pages a second
PLAIN_QUALITY = 75


def measure(*, pages: int = 6, turns: int = 16) -> Figures:
    """Read `pages` pages, then `turns` images a reader: one reader, eight who leaf, eight without any pause."""
    say(f"page_image: reading {pages} pages")
    with archives.demonstration() as settings:
        materials = archives.read_dossier(pages)
        addresses = list(_addresses(materials))
        readers = [_reader(login, settings.public_origin, materials) for login in archives.officials(READERS)]
        with web(settings) as process:
            _fetch(readers[0], addresses, len(addresses))  # typefaces and marks are drawn once
            say("page_image: one reader, then eight")
            alone = _fetch(readers[0], addresses, turns)
            leafing = _together(readers, addresses, turns, PAUSE_S)
            before, began = process.cpu_s, time.monotonic()
            crowd = _together(readers, addresses, turns, 0)
            spent, took = process.cpu_s - before, time.monotonic() - began
            peak_mb = process.peak_mb
        figures = in_ms("", _seconds(leafing)) | in_ms("alone_", _seconds(alone))
        figures |= in_ms("without_pause_", _seconds(crowd))
        return figures | {
            "without_pause_images_per_s": round(len(crowd) / took, 1),
            "cpu_ms": round(spent / len(crowd) * 1000, 1),
            "kb": round(mean(len(answer.body) for answer in leafing) / 1024, 1),
            "web_peak_mb": peak_mb,
            **_plain(),
        }


def _reader(login: str, origin: str, materials: list[Material]) -> Browser:
    actor, token = archives.sign_in(login)
    archives.open_for_reading(actor, materials[0])
    return Browser(origin, token)


def _addresses(materials: list[Material]) -> Iterator[str]:
    for material in materials:
        for page in Page.select().where(Page.material == material).order_by(Page.number):
            yield f"/materials/{material.public_id}/pages/{page.number}/image"


def _fetch(
    reader: Browser, addresses: list[str], turns: int, pause_s: float = 0, first: int = 0
) -> list[Answer]:
    """So many images one after another, beginning with the page `first`, at most one every `pause_s` seconds."""
    answers, due = [], time.monotonic() + pause_s * first / READERS
    for address in islice(cycle(addresses), first, first + turns):
        time.sleep(max(0.0, due - time.monotonic()))
        answers.append(reader.get(address, accept=AVIF))
        due += pause_s
    return answers


def _together(readers: list[Browser], addresses: list[str], turns: int, pause_s: float) -> list[Answer]:
    with ThreadPoolExecutor(len(readers)) as pool:
        running = [
            pool.submit(_fetch, reader, addresses, turns, pause_s, number)
            for number, reader in enumerate(readers)
        ]
        return [answer for each in running for answer in each.result()]


def _seconds(answers: list[Answer]) -> list[float]:
    return [answer.seconds for answer in answers]


def _plain() -> Figures:
    """The rival on the same pages, alone in this process."""
    jpegs = [pieces.load(page.optimised) for page in Page.select().order_by(Page.id)]
    wall, cpu, sizes = [], [], []
    for jpeg in jpegs * 3:
        began, spent = time.perf_counter(), time.process_time()
        sizes.append(len(_resized(jpeg)))
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - spent)
    return {
        "pillow_plain_ms": round(median(wall) * 1000, 2),
        "pillow_plain_cpu_ms": round(median(cpu) * 1000, 1),
        "pillow_plain_kb": round(mean(sizes) / 1024, 1),
    }


def _resized(jpeg: bytes) -> bytes:
    with Image.open(io.BytesIO(jpeg)) as page:
        small = page.resize((READING_PX, round(READING_PX * page.height / page.width)))
    target = io.BytesIO()
    small.save(target, "JPEG", quality=PLAIN_QUALITY)
    return target.getvalue()
