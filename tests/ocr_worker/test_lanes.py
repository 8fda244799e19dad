"""The worker's lanes: decoding, reading under a lease, the index, and what is damaged."""

from datetime import timedelta

import pytest

from ocr_worker.lanes import DecodeLane, IndexLane, KeptFrames, ReadLane, TakenOver
from tests.builders import (
    UNIT,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
    picture,
    send,
)
from tests.conftest import NOW
from webapp.services import indexing, intake, jobs, search
from webapp.storage.jobs import Job
from webapp.storage.pages import Page, PageText, Upload
from webapp.vault.vault import vault


def clock():
    return NOW


@pytest.fixture
def material(archive):
    return make_material(make_dossier("张三"), "1", "干部履历表")


def found(words: str) -> int:
    official = make_officer(lookup=UNIT)
    return search.results(official, search.record(official, words, now=NOW).public_id, now=NOW).pages_total


def test_a_file_becomes_pages_that_wait_to_be_read(material):
    upload, kept = send(material), KeptFrames()
    lane = DecodeLane(kept, clock)
    assert lane.step()
    assert not lane.step()
    assert (Upload.get_by_id(upload.id).state, Page.select().count()) == ("decoded", 1)
    assert kept.take(upload, 1).width_px == 1000
    assert kept.take(upload, 1) is None


def test_frames_of_a_removed_file_are_not_taken_for_those_of_the_next(material):
    """The next upload gets the row id of the one that was removed."""
    first, kept = send(material), KeptFrames()
    DecodeLane(kept, clock).step()
    intake.remove(keeper_of(material.dossier), first.public_id, now=NOW)
    after = send(make_material(make_dossier("李四"), "1", "干部履历表"))
    assert after.id == first.id
    assert kept.take(after, 1) is None


def test_a_file_that_is_no_picture_inside_is_refused_with_a_reason(material):
    upload = send(material, picture()[:400])
    assert DecodeLane(KeptFrames(), clock).step()
    refused = Upload.get_by_id(upload.id)
    assert refused.state == "refused"
    assert refused.reason


@pytest.mark.parametrize("damage", ["lost", "changed"])
def test_a_lost_original_is_said_at_once_and_read_after_it_was_brought_back(material, archive, damage):
    upload, blob_id = send(material), ""
    blob_id = upload.original.blob_id
    path = archive.blobs / blob_id[:2] / blob_id
    kept = path.read_bytes()
    if damage == "lost":
        vault.blobs.delete(blob_id)
    else:
        path.write_bytes(kept[:-1] + b"x")
    lane = DecodeLane(KeptFrames(), clock)
    assert lane.step()
    assert not lane.step()
    keeper = keeper_of(material.dossier)
    (progress,) = intake.progress(keeper, material.public_id)
    assert progress.is_failed
    assert "备份" in Job.get(Job.kind == "decode").error
    path.write_bytes(kept)
    intake.retry(keeper, upload.public_id, now=NOW)
    assert lane.step()
    assert Upload.get_by_id(upload.id).state == "decoded"


def test_one_text_that_does_not_open_keeps_no_other_page_from_being_found(material):
    pages = [make_page(material, f"曾在 {place} 任教 多年") for place in ("云岭小学", "石泉中学", "松风师范")]
    sealed = PageText.get(PageText.page == pages[0]).masked
    PageText.update(clear=sealed).where(PageText.page == pages[1]).execute()
    assert IndexLane(clock).step()
    assert [found(place) for place in ("云岭小学", "石泉中学", "松风师范")] == [1, 0, 1]
    failed = Job.get(Job.record == f"page:{pages[1].id}")
    assert (failed.state, bool(failed.error)) == ("failed", True)
    assert "running" not in jobs.counts()


def test_a_damaged_index_is_set_aside_and_made_anew(material, archive):
    make_page(material, "曾在 云岭小学 任教 多年")
    lane = IndexLane(clock)
    assert lane.step()
    assert found("云岭小学") == 1
    for path in archive.index.iterdir():
        path.write_bytes(b"x" * 100)
    indexing.open_index.at(archive.index)
    make_page(material, "又在 石泉中学 任教 多年")
    while lane.step():
        pass
    assert [found("云岭小学"), found("石泉中学")] == [1, 1]
    assert archive.index.with_name("index.damaged").exists()


def test_what_was_removed_leaves_the_index(material):
    page = make_page(material, "曾在 云岭小学 任教 多年")
    lane = IndexLane(clock)
    lane.step()
    intake.remove(keeper_of(material.dossier), page.upload.public_id, now=NOW)
    assert lane.step()
    assert found("云岭小学") == 0
    assert indexing.open_index.index.count == 0


@pytest.mark.engine
def test_a_page_that_takes_long_is_held_between_its_steps_and_dropped_once_another_took_it(material):
    """A minute passes between two looks at the clock; in the second round another worker is let in."""
    passed, leases, rivals = [0], [], []

    def slow():
        now = NOW + timedelta(minutes=passed[0])
        passed[0] += 1
        leases.extend(job.leased_until - now for job in Job.select().where(Job.state == "running"))
        if passed[0] > 10:
            Job.update(leased_until=NOW).where(Job.state == "running").execute()
            rivals.append(jobs.claim(["read"], now=now))
        return now

    lane = ReadLane(KeptFrames(), slow, engine="onnxruntime")
    try:
        send(material, picture("first"))
        DecodeLane(KeptFrames(), clock).step()
        assert lane.step()
        assert leases == [jobs.LEASE - timedelta(minutes=1)] * 3
        assert Page.get().state == "read"
        send(material, picture("second"))
        DecodeLane(KeptFrames(), clock).step()
        passed[0] = 9
        with pytest.raises(TakenOver):
            lane.step()
    finally:
        lane.close()
    assert len(rivals) == 1
    assert [page.state for page in Page.select().order_by(Page.id)] == ["read", "received"]
