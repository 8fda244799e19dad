"""Taking scans in: each file once, by who keeps the dossier, and out again without a trace in another's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import (
    UNIT,
    claimed,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
    picture,
    send,
    transcription,
)
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, intake, pages, pieces
from webapp.storage.accounts import Recusal, Scope
from webapp.storage.database import database
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Page, Upload
from webapp.vault.vault import vault


@pytest.fixture
def material(archive):
    return make_material(make_dossier("张三"), "1", "干部履历表")


def receive(material, content: bytes = b"", name: str = "扫描.jpg", actor=None):
    return intake.receive(
        actor or keeper_of(material.dossier), material.public_id, name, content or picture(), now=NOW
    )


def newest() -> dict[str, object]:
    return next(audit.entries(limit=1))


def test_a_file_is_kept_untouched_queued_and_logged(material):
    upload, was_there = receive(material, content := picture())
    assert not was_there
    assert pieces.load(upload.original) == content
    assert [(job.kind, job.record) for job in Job.select()] == [("decode", str(upload.id))]
    assert (newest()["action"], newest()["record"]) == ("upload:received", upload.public_id)
    assert newest()["details"] == {"material": material.public_id, "bytes": len(content)}


def test_the_log_does_not_hold_the_name_of_a_file(material):
    receive(material, name="张三的身份证.jpg")
    assert "张三" not in str(newest())


def test_the_same_file_sent_again_is_there_once(material):
    first, _ = receive(material)
    again, was_there = receive(material)
    assert (again, was_there) == (first, True)
    assert (Upload.select().count(), Blob.select().count(), Job.select().count()) == (1, 1, 1)


def test_the_same_file_sent_by_several_at_once_is_there_once(material):
    keeper, content = keeper_of(material.dossier), picture()

    def work(_: int) -> tuple[int, bool]:
        with database.connection_context():
            upload, was_there = receive(material, content, actor=keeper)
            return upload.id, was_there

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(work, range(6)))
    assert len({upload for upload, _ in answers}) == 1
    assert sum(not was_there for _, was_there in answers) == 1
    assert (Upload.select().count(), Blob.select().count(), len(list(vault.blobs.held()))) == (1, 1, 1)


def test_the_same_file_in_another_material_of_the_dossier_is_pointed_out(material):
    receive(material)
    other = make_material(material.dossier, "2", "自传")
    with pytest.raises(Conflict, match="干部履历表"):
        receive(other)
    assert Upload.select().count() == 1


def test_another_dossier_may_hold_the_same_file(material):
    receive(material)
    other = make_material(make_dossier("李四"), "1", "干部履历表")
    assert receive(other)[1] is False


def test_what_is_no_scan_or_too_large_is_refused_and_not_kept(material, monkeypatch):
    monkeypatch.setattr(intake, "LARGEST_FILE", 10_000)
    for name, content in (
        ("a.jpg", b"<svg"),
        ("a.pdf", picture()),
        ("a.jpg", b"\xff\xd8\xff" + bytes(10_000)),
    ):
        with pytest.raises(Invalid):
            receive(material, content, name)
    assert Blob.select().count() == Upload.select().count() == 0
    assert list(vault.blobs.held()) == []


def outsiders(material):
    subject = material.dossier.subject
    yield make_officer(Role.ARCHIVIST, custody="市教育局")
    yield make_officer(Role.ARCHIVIST, custody=UNIT, subject=subject)
    yield make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject)
    yield make_officer(Role.OFFICIAL, lookup=UNIT)
    for role in (
        Role.APPROVER,
        Role.INDIVIDUAL,
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_OFFICER,
        Role.AUDITOR,
    ):
        yield make_officer(role, custody=UNIT, lookup=UNIT)


def test_only_the_keeper_sends_retries_removes_and_watches(material):
    upload = send(material)
    before = Upload.select().count(), Blob.select().count(), Job.select().count()
    for actor in outsiders(material):
        for act in (
            lambda a: receive(material, picture("other"), actor=a),
            lambda a: intake.retry(a, upload.public_id, now=NOW),
            lambda a: intake.remove(a, upload.public_id, now=NOW),
            lambda a: intake.progress(a, material.public_id),
        ):
            with pytest.raises(Refused):
                act(actor)
    assert (Upload.select().count(), Blob.select().count(), Job.select().count()) == before


def test_what_does_not_exist_is_not_found(material):
    keeper = keeper_of(material.dossier)
    with pytest.raises(NotFound):
        intake.receive(keeper, "no-such-material", "a.jpg", picture(), now=NOW)
    with pytest.raises(NotFound):
        intake.remove(keeper, "no-such-upload", now=NOW)


def test_a_material_that_goes_while_its_file_arrives_is_a_conflict_and_nothing_stays(material, monkeypatch):
    really = pieces.store

    def store_and_lose(*given, **more):
        blob = really(*given, **more)
        material.delete_instance()
        return blob

    monkeypatch.setattr(pieces, "store", store_and_lose)
    with pytest.raises(Conflict, match="移走"):
        receive(material)
    assert Blob.select().count() == Upload.select().count() == Job.select().count() == 0
    assert list(vault.blobs.held()) == []


def test_progress_counts_pages_and_names_what_failed(material):
    keeper = keeper_of(material.dossier)
    upload, _ = receive(material, actor=keeper)
    (waiting,) = intake.progress(keeper, material.public_id)
    assert (waiting.pages, waiting.done, waiting.is_settled) == (0, 0, False)
    pages.decoded(claimed("decode", upload.id), upload, 2, now=NOW)
    first, second = upload.pages.order_by(Page.number)
    pages.read(claimed("read", first.id), first, picture(), picture(), transcription("姓名 张三"), now=NOW)
    pages.unreadable(claimed("read", second.id), second, "这一页打不开", now=NOW)
    (settled,) = intake.progress(keeper, material.public_id)
    assert (settled.pages, settled.done, settled.failures) == (2, 1, ((2, "这一页打不开"),))
    assert settled.is_settled
    assert [p.upload for p in intake.unsettled(keeper)] == [upload]
    intake.retry(keeper, upload.public_id, now=NOW)
    assert Page.get_by_id(second.id).state == "received"
    assert claimed("read", second.id).attempts == 1
    with pytest.raises(Conflict):
        intake.retry(keeper, upload.public_id, now=NOW)


def test_titles_of_ones_uploads_end_with_custody(material):
    keeper = keeper_of(material.dossier)
    receive(material, actor=keeper)
    assert intake.unsettled(keeper)
    Recusal.create(officer=keeper.person, subject=material.dossier.subject, relation="配偶")
    assert intake.unsettled(keeper) == []
    Recusal.delete().execute()
    Scope.delete().where(Scope.officer == keeper.person).execute()
    assert intake.unsettled(keeper) == []


def test_a_file_taken_out_takes_its_pages_pieces_and_jobs_and_closes_the_gap(material):
    first, middle, last = (make_page(material, f"第{n}页 的 内容") for n in "一二三")
    keeper = keeper_of(material.dossier)
    intake.remove(keeper, middle.upload.public_id, now=NOW)
    kept = Page.select().where(Page.material == material).order_by(Page.number)
    assert [(page.id, page.number) for page in kept] == [(first.id, 1), (last.id, 2)]
    assert Blob.select().count() == len(list(vault.blobs.held())) == 8
    assert {job.kind for job in Job.select().where(Job.record.endswith(str(middle.id)))} <= {"index"}
    assert newest()["action"] == "upload:removed"
    assert newest()["details"]["sha256"] == middle.upload.sha256


def test_a_reader_at_work_on_a_removed_page_cannot_write_over_the_next_one(archive):
    """SQLite hands the row ids of removed pages on: the wrongly sent file is removed, and sent to the right dossier."""
    wrong, right = (make_material(make_dossier(name), "1", "干部履历表") for name in ("张三", "李四"))
    upload = send(wrong)
    pages.decoded(claimed("decode", upload.id), upload, 1, now=NOW)
    page = upload.pages.get()
    at_work = claimed("read", page.id)
    intake.remove(keeper_of(wrong.dossier), upload.public_id, now=NOW)
    after = send(right)
    pages.decoded(claimed("decode", after.id), after, 1, now=NOW)
    fresh = after.pages.get()
    assert (fresh.id, after.id) == (page.id, upload.id)  # what makes it dangerous
    with pytest.raises(Conflict):
        pages.read(at_work, page, picture(), picture(), transcription("张三的 内容"), now=NOW)
    unchanged = Page.get_by_id(fresh.id)
    assert (unchanged.material, unchanged.public_id, unchanged.state) == (right, fresh.public_id, "received")


def test_a_decoder_at_work_on_a_removed_file_makes_no_pages(material):
    upload = send(material)
    at_work = claimed("decode", upload.id)
    intake.remove(keeper_of(material.dossier), upload.public_id, now=NOW)
    with pytest.raises(Conflict):
        pages.decoded(at_work, upload, 3, now=NOW)
    assert Page.select().count() == 0
