"""`pipeline`: from the moment a page is sent until it is found, and how many pages of a batch get through a minute.

Web and worker run as they are run; everything goes through HTTP. Rival: what `tesseract` alone takes for the same page.
"""

import io
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks import archives
from tests.benchmarks.browser import Browser
from tests.benchmarks.figures import Figures, say
from tests.benchmarks.ocr import tesseract_read
from tests.benchmarks.papers import Paper, papers
from tests.benchmarks.processes import NeverCame, until, web, worker
from webapp.demonstration import founding
from webapp.domain.category import Category
from webapp.search.analysis import is_han, normalise, runs
from webapp.services import jobs, materials
from webapp.services.actor import Actor
from webapp.services.materials import Description
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import database

PHRASE = range(5, 10)  # Han characters in a row: long enough to stand on this page alone
MOST_PHRASES = 4  # asked for in turn, for a reader may fail on any one


def measure(*, pages: int = 3, batch: int = 20) -> Figures:
    """`pages` single pages, each on an idle machine; then `batch` at once."""
    with TemporaryDirectory(prefix="lantai-bench-") as folder, archives.demonstration() as settings:
        say(f"pipeline: drawing {pages + batch} pages")
        drawn = list(papers(Path(folder), pages + batch + 1))
        keeper, token = archives.sign_in(founding.ARCHIVIST)
        with ExitStack() as running:
            running.enter_context(web(settings))
            process = running.enter_context(worker(settings))
            desk = Browser(settings.public_origin, token)
            _upload_to_found(desk, keeper, drawn.pop())  # so that models, typefaces and the index are loaded
            single = [_upload_to_found(desk, keeper, paper) for paper in drawn[:pages]]
            say(f"pipeline: a batch of {batch}")
            seconds = _whole_batch(desk, _new_material(keeper, "批量"), drawn[pages:])
            peak_mb = process.peak_mb
        rival = [_tesseract_s(paper) for paper in drawn[:pages]]
        return {
            "upload_to_found_s": round(median(single), 2),
            "pages_per_minute": round(batch / seconds * 60, 1),
            "worker_peak_mb": peak_mb,
            "tesseract_cli_s": round(median(rival), 2),
        }


def _upload_to_found(desk: Browser, keeper: Actor, paper: Paper) -> float:
    """Seconds from the sending of a page to the answer that shows it. Raises NeverCame.

    The database tells when to ask: a sitting may not search often enough to find out by itself.
    """
    material = _new_material(keeper, paper.name)
    searches = [_search(desk, phrase) for phrase in _phrases(paper)]
    address, wanted = f"/desk/intake/{material.public_id}", f"/materials/{material.public_id}?page="
    form = desk.token(address)
    began = time.monotonic()
    _send(desk, address, paper, form)
    until(_idle, f"{paper.name} is in the index", every_s=0.02)
    if not any(wanted in desk.get(search).body.decode() for search in searches):
        raise NeverCame(f"none of the wording of {paper.name} is found")
    seconds = time.monotonic() - began
    say(f"pipeline: {paper.name} found after {seconds:.1f} s")
    return seconds


def _whole_batch(desk: Browser, material: Material, drawn: list[Paper]) -> float:
    """Seconds until all of it is in the index."""
    address = f"/desk/intake/{material.public_id}"
    form = desk.token(address)
    began = time.monotonic()
    for paper in drawn:
        _send(desk, address, paper, form)
    until(_idle, "the batch is done")
    return time.monotonic() - began


def _send(desk: Browser, address: str, paper: Paper, token: str) -> None:
    desk.upload(address, paper.file.name, io.BytesIO(paper.file.read_bytes()), token=token)


def _search(desk: Browser, phrase: str) -> str:
    """Record a search. Returns the address of its results."""
    return desk.post("/search", {"q": phrase}, seen="/search").location


def _phrases(paper: Paper) -> list[str]:
    """Wording that stands on this page, the longest first."""
    found = [run for line in paper.lines for run in runs(normalise(line.text)) if is_han(run)]
    return sorted({run for run in found if len(run) in PHRASE}, key=len, reverse=True)[:MOST_PHRASES]


def _new_material(keeper: Actor, title: str) -> Material:
    dossier = Dossier.select().order_by(Dossier.id).first()
    given = Description(title, Category("10"))
    return materials.add(keeper, dossier.public_id, given, now=archives.utc_now())


def _idle() -> bool:
    with database.connection_context():
        counts = jobs.counts()
    return not counts.get("waiting", 0) + counts.get("running", 0)


def _tesseract_s(paper: Paper) -> float:
    began = time.monotonic()
    tesseract_read(paper)
    return time.monotonic() - began
