"""What becomes of a scan: every step under its lease, in one transaction with its job."""

from datetime import timedelta

import pytest

from tests.builders import (
    ID_NUMBER,
    claimed,
    make_dossier,
    make_material,
    make_page,
    picture,
    send,
    transcription,
)
from tests.moment import NOW
from webapp.domain.errors import Conflict
from webapp.services import audit, jobs, masks, pages, pieces
from webapp.services.jobs import LEASE
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Mask, Page, PageText
from webapp.vault.vault import vault

AFTER_LEASE = NOW + LEASE + timedelta(seconds=1)


@pytest.fixture
def material(archive):
    return make_material(make_dossier("张三"), "1", "干部履历表")


def decoded(material, frames: int = 1):
    upload = send(material)
    pages.decoded(claimed("decode", upload.id), upload, frames, now=NOW)
    return upload


def newest() -> dict[str, object]:
    return next(audit.entries(limit=1))


def test_pages_follow_those_already_there_and_wait_to_be_read(material):
    decoded(material, 2)
    decoded(material, 3)
    assert [page.number for page in Page.select().order_by(Page.id)] == [1, 2, 3, 4, 5]
    assert {page.mask_state for page in Page.select()} == {"unknown"}
    assert Job.select().where((Job.kind == "read") & (Job.state == "waiting")).count() == 5


def test_a_page_that_was_read_has_image_text_and_masks(material):
    page = make_page(material, "姓名 张三", f"身份证号 {ID_NUMBER}", "籍贯 云梧 政治面貌 中共党员")
    assert (page.state, page.mask_state, page.mask_revision) == ("read", "auto", 1)
    assert Mask.select().where((Mask.page == page) & (Mask.kind == "id_number")).count() == 1
    held = PageText.get(PageText.page == page)
    clear, masked = (
        pieces.unseal_field(material.dossier, f"{which}:{page.public_id}", getattr(held, which))
        for which in ("clear", "masked")
    )
    assert ID_NUMBER in clear
    assert ID_NUMBER not in masked
    assert "云梧" in masked
    assert newest()["details"] == {"masks": len(masks.findings_of(page)), "mask_state": "auto"}
    assert ID_NUMBER not in str(newest())


def test_a_page_a_machine_was_not_sure_of_is_withheld_with_the_reasons(material):
    page = make_page(material, "几乎 认不出的 字迹", score=0.5)
    assert page.mask_state == "withheld"
    assert page.unsure


def test_a_file_that_cannot_be_decoded_says_why_and_shows_nothing(material):
    upload = send(material)
    pages.refused(claimed("decode", upload.id), upload, "文件不完整", now=NOW)
    refused = type(upload).get_by_id(upload.id)
    assert (refused.state, refused.reason) == ("refused", "文件不完整")
    assert Page.select().count() == 0
    assert (newest()["action"], newest()["decision"]) == ("upload:refused", "deny")


def test_a_lost_original_fails_its_job_so_that_it_can_be_tried_again(material):
    upload = send(material)
    pages.lost(claimed("decode", upload.id), upload, "打不开", now=NOW)
    assert type(upload).get_by_id(upload.id).state == "received"
    assert jobs.retry("decode", str(upload.id), now=NOW)


def late_and_current(kind: str, record: int):
    late = claimed(kind, record)
    current = jobs.claim([kind], now=AFTER_LEASE)
    assert current.record == str(record)
    return late, current


def test_of_two_workers_on_one_file_one_makes_pages(material):
    upload = send(material)
    late, current = late_and_current("decode", upload.id)
    pages.decoded(current, upload, 2, now=AFTER_LEASE)
    with pytest.raises(Conflict):
        pages.decoded(late, upload, 2, now=AFTER_LEASE)
    assert Page.select().count() == 2


def test_of_two_workers_on_one_page_one_writes_it(material):
    page = decoded(material).pages.get()
    late, current = late_and_current("read", page.id)
    pages.read(
        current,
        page,
        picture("right"),
        picture("copy"),
        transcription("右 边 的 内容 很 好"),
        now=AFTER_LEASE,
    )
    for act in (
        lambda: pages.read(
            late, page, picture("late"), picture("late copy"), transcription("迟到"), now=AFTER_LEASE
        ),
        lambda: pages.unreadable(late, page, "迟到", now=AFTER_LEASE),
    ):
        with pytest.raises(Conflict):
            act()
    written = Page.get_by_id(page.id)
    assert (written.state, written.mask_revision) == ("read", 1)
    assert pieces.load(written.optimised) == picture("right")
    assert "read:迟到" not in [e["action"] for e in audit.entries()]


def test_a_page_read_anew_lets_its_former_pieces_go(material):
    page = make_page(material, "旧的 内容 很多 很多 很多")
    former = {page.optimised.blob_id, page.reading_copy.blob_id, page.transcription.blob_id}
    jobs.enqueue("read", str(page.id), now=NOW)
    pages.read(
        claimed("read", page.id),
        page,
        picture("new"),
        picture("new copy"),
        transcription("新的 内容 很多 很多"),
        now=NOW,
    )
    anew = Page.get_by_id(page.id)
    assert anew.mask_revision == 2
    assert not former & set(vault.blobs.held())
    assert Blob.select().count() == 4


def test_a_page_is_indexed_once_its_job_is_finished(material):
    page = make_page(material)
    job = claimed("index", f"page:{page.id}")
    pages.indexed([job], now=NOW)
    assert Page.get_by_id(page.id).state == "indexed"
    assert Job.get_by_id(job.id).state == "done"


def test_what_fails_in_the_middle_of_a_result_keeps_none_of_it(material, monkeypatch):
    page = decoded(material).pages.get()
    job = claimed("read", page.id)

    def fail(*_given):
        raise RuntimeError("power")

    monkeypatch.setattr(masks, "write_text", fail)
    with pytest.raises(RuntimeError, match="power"):
        pages.read(job, page, picture(), picture(), transcription(f"身份证号 {ID_NUMBER}"), now=NOW)
    assert Page.get_by_id(page.id).state == "received"
    assert Mask.select().count() == PageText.select().count() == 0
    assert Job.get_by_id(job.id).state == "running"
