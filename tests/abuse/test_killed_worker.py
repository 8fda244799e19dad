"""The worker killed at any moment, with its reader mid-page: every page ends indexed, exactly once."""

import random
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from tests.abuse.processes import Process, started
from tests.builders import keeper_of, make_dossier, make_material, make_officer
from tests.e2e.service import until
from webapp.domain.errors import Conflict
from webapp.rendering import typeface
from webapp.services import audit, indexing, intake, jobs, pages, pieces, search
from webapp.settings import Settings
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Page, PageText, Upload
from webapp.vault.vault import vault

KILLS, PAGES = 9, 4
SEED = 20260302
PLACES = ("云岭小学", "石泉中学", "松风师范", "明月大学")


def scan(place: str) -> bytes:
    """A page of print at 150 dpi: little, so that the test is about being killed."""
    sheet = Image.new("L", (1240, 900), 255)
    pen, font = ImageDraw.Draw(sheet), typeface.face(40)
    lines = ("干部履历表", "姓名：张三", f"一九九八年七月在{place}任教", "政治面貌：中共党员", "工作认真负责")
    for row, line in enumerate(lines):
        pen.text((160, 100 + 110 * row), line, fill=0, font=font)
    stream = BytesIO()
    sheet.save(stream, "JPEG", quality=85, dpi=(150, 150))
    return stream.getvalue()


def time_passes() -> None:
    """As if the leases of whoever was killed had run out: nobody waits 90 s in a test."""
    Job.update(leased_until=datetime.now(UTC) - timedelta(seconds=1)).where(Job.state == "running").execute()


def settled() -> bool:
    return not {"waiting", "running"} & jobs.counts().keys()


def gone(pids: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() and "Z" not in _state(pid) for pid in pids)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def try_again(uploads: list[Upload], keeper: object) -> None:
    """What a person does about a page that was given up after three killed tries."""
    for upload in uploads:
        try:
            intake.retry(keeper, upload.public_id, now=datetime.now(UTC))
        except Conflict:
            continue


def work_until(process: Process, moment: float) -> None:
    """Let the worker run that long, or until nothing is left to do, then kill it; its children must follow."""
    began = time.monotonic()
    while time.monotonic() - began < moment and not settled():
        time.sleep(0.05)
    children = process.children()
    process.kill()
    until(lambda: gone(children), "the children of a killed worker end", seconds=30)


def test_every_page_ends_indexed_once_however_often_its_worker_is_killed(archive: Settings, tmp_path: Path):
    chance = random.Random(SEED)
    material = make_material(make_dossier("张三"), "1", "干部履历表")
    keeper = keeper_of(material.dossier)
    uploads = [
        intake.receive(keeper, material.public_id, f"{place}.jpg", scan(place), now=datetime.now(UTC))[0]
        for place in PLACES
    ]
    log = tmp_path / "worker.log"
    for _ in range(KILLS):
        with started("ocr_worker", settings=archive, log=log) as worker:
            work_until(worker, chance.uniform(0.5, 9))
        time_passes()
        assert_nothing_is_half_written()
    with started("ocr_worker", settings=archive, log=log):
        until(settled, "everything is settled", seconds=120)
        try_again(uploads, keeper)
        until(settled, "everything is settled after another try", seconds=120)
    assert [(page.number, page.state) for page in Page.select().order_by(Page.number)] == [
        (number, "indexed") for number in range(1, PAGES + 1)
    ]
    assert PageText.select().count() == PAGES
    reads = [e["record"] for e in audit.entries(limit=10_000) if e["action"] == "page:read"]
    assert sorted(reads) == sorted(page.public_id for page in Page.select())
    assert audit.verify().broken_seq is None
    assert_each_is_found_once(make_officer(lookup="市财政局"))
    pieces.sweep(pages.unreferred, now=datetime.now(UTC) + 2 * pieces.ORPHAN_AGE)
    assert len(set(vault.blobs.held())) == Blob.select().count() == 4 * PAGES


def assert_nothing_is_half_written() -> None:
    """A page that says it was read has image, transcription and text, and they open."""
    for page in Page.select():
        is_read = page.state in ("read", "indexed")
        pieces_of_it = (page.optimised, page.reading_copy, page.transcription)
        assert {is_read} == {piece is not None for piece in pieces_of_it}
        assert is_read == PageText.select().where(PageText.page == page).exists()
        if is_read:
            assert pieces.load(page.optimised)
            assert pieces.load_text(page.transcription)
    assert len({(page.upload_id, page.frame) for page in Page.select()}) == Page.select().count()


def assert_each_is_found_once(official: object) -> None:
    indexing.open_index.at(indexing.open_index._folder)  # as a process that has just started sees it
    now = datetime.now(UTC)
    for place in PLACES:
        found = search.results(official, search.record(official, place, now=now).public_id, now=now)
        assert found.pages_total == 1, place
