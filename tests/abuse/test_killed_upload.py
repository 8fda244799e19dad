"""A web server killed at any moment of an upload: nothing half kept, and the same file sent again is there once."""

import hashlib
import http.client
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from tests.abuse.processes import Browser, answers, web
from tests.builders import keeper_of, make_dossier, make_material, picture
from tests.e2e.service import until
from webapp.services import audit, jobs, pages, pieces
from webapp.settings import Settings
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Upload
from webapp.vault.vault import vault

KILLS = 24
SEED = 20260302


@pytest.fixture
def material(archive: Settings) -> Iterator[object]:
    return make_material(make_dossier("张三"), "1", "干部履历表")


def noise(number: int) -> bytes:
    """A scan of some 400 KB, another for each number."""
    return picture(str(number)) + random.Random(number).randbytes(400_000)


def test_an_upload_killed_at_any_moment_is_there_as_a_whole_or_not_at_all(archive, material, tmp_path: Path):
    chance = random.Random(SEED)
    sent: list[bytes] = []
    with web(archive, tmp_path / "web.log") as (server, port):
        keeper = keeper_of(material.dossier)
        browser = Browser.of(keeper, port)
        began = time.monotonic()
        assert browser.upload(material.public_id, "0.jpg", noise(0)) == 303
        longest = 1.3 * (time.monotonic() - began)
        for number in range(1, KILLS + 1):
            sent.append(noise(number))
            sender = Thread(target=quietly, args=(browser, material.public_id, number, sent[-1]))
            (worker,) = server.children()
            sender.start()
            time.sleep(chance.uniform(0, longest))
            os.kill(worker, signal.SIGKILL)
            sender.join()
            until(lambda: answers(port), "the server answers again")
            assert_nothing_is_half_kept()
        kept_at_first = Upload.select().count()
        for number, content in enumerate(sent, start=1):
            assert browser.upload(material.public_id, f"{number}.jpg", content) == 303
    hashes = [upload.sha256 for upload in Upload.select()]
    assert sorted(hashes) == sorted(hashlib.sha256(c).hexdigest() for c in [noise(0), *sent])
    assert Job.select().where(Job.kind == "decode").count() == KILLS + 1
    received = [e["record"] for e in audit.entries(limit=10_000) if e["action"] == "upload:received"]
    assert sorted(received) == sorted(upload.public_id for upload in Upload.select())
    assert audit.verify().broken_seq is None
    assert 1 < kept_at_first < KILLS + 1, "some were killed before and some after they were kept"
    assert_a_sweep_leaves_what_is_needed()


def quietly(browser: Browser, material_id: str, number: int, content: bytes) -> None:
    with suppress(OSError, http.client.HTTPException):
        browser.upload(material_id, f"{number}.jpg", content)


def assert_nothing_is_half_kept() -> None:
    """Every row has its file, whole and with the bytes it names; every upload is queued."""
    held = set(vault.blobs.held())
    assert {blob.blob_id for blob in Blob.select()} <= held
    for upload in Upload.select():
        assert hashlib.sha256(pieces.load(upload.original)).hexdigest() == upload.sha256
        assert Job.select().where((Job.kind == "decode") & (Job.record == str(upload.id))).count() == 1


def assert_a_sweep_leaves_what_is_needed() -> None:
    later = datetime.now(UTC) + 2 * pieces.ORPHAN_AGE
    pieces.sweep(pages.unreferred, now=later)
    needed = {upload.original.blob_id for upload in Upload.select()}
    assert set(vault.blobs.held()) == {blob.blob_id for blob in Blob.select()} == needed
    assert pieces.sweep(pages.unreferred, now=later + timedelta(hours=1)) == 0
    assert jobs.counts() == {"waiting": KILLS + 1}
