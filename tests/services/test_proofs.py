"""Proofs: taken in like scans, opened by the worker alone, shown marked to two people and to nobody else."""

from io import BytesIO

import pytest
from PIL import Image

from ocr_worker.attaching import AttachmentLane
from tests.builders import UNIT, keeper_of, make_dossier, make_officer, picture
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import attachments, audit, corrections, pages, pieces, proofs
from webapp.services.corrections import Aim
from webapp.storage.attachments import Attachment, AttachmentPage
from webapp.storage.jobs import Job


@pytest.fixture
def dossier(archive):
    return make_dossier("张三")


@pytest.fixture
def owner(dossier):
    return make_officer(Role.INDIVIDUAL, subject=dossier.subject)


@pytest.fixture
def asked(owner):
    return corrections.ask(owner, Aim("birth"), "应当是 1970 年 3 月，见户口簿", now=NOW).public_id


def attach(owner, asked, content=None, name="户口簿.jpg"):
    return proofs.attach(owner, asked, name, content or picture("proof"), now=NOW)


def work():
    lane = AttachmentLane(lambda: NOW)
    while lane.step():
        pass


def look(actor, proof, number=1):
    return proofs.picture(actor, proof.public_id, number, now=NOW)


def test_a_proof_is_opened_by_the_worker_and_shown_marked_to_both(owner, asked, dossier):
    proof = attach(owner, asked)
    with pytest.raises(NotFound):
        look(owner, proof)
    work()
    assert Attachment.get().state == "decoded"
    for actor in (owner, keeper_of(dossier)):
        shown = Image.open(BytesIO(look(actor, proof).content))
        assert shown.format == "JPEG"
        assert shown.tobytes() != Image.open(BytesIO(pieces.load(AttachmentPage.get().image))).tobytes()
        assert next(audit.entries(limit=1))["action"] == "proof:delivered"


def test_nobody_else_sees_it(owner, asked, dossier):
    proof = attach(owner, asked)
    work()
    others = (
        make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject),
        make_officer(Role.ARCHIVIST, custody="市教育局"),
        make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=dossier.subject),
        make_officer(Role.OFFICIAL, lookup=UNIT),
        make_officer(Role.AUDITOR),
    )
    for actor in others:
        with pytest.raises((NotFound, Refused)):
            look(actor, proof)
    with pytest.raises(NotFound):
        attach(others[0], asked)


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "a.jpg"), (b"GIF89a......", "a.gif"), (b"MZ..............", "a.pdf")]
)
def test_what_is_no_scan_is_not_kept(owner, asked, content, name):
    with pytest.raises(Invalid):
        proofs.attach(owner, asked, name, content, now=NOW)
    assert not Attachment.select().exists()


def test_what_only_pretends_is_refused_by_the_worker_with_a_reason(owner, asked):
    attach(owner, asked, b"\xff\xd8\xff" + b"not a picture at all" * 9)
    work()
    refused = Attachment.get()
    assert refused.state == "refused"
    assert refused.reason
    assert not AttachmentPage.select().exists()


def test_too_long_and_too_many_are_refused(owner, asked, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_PAGES", 0)
    attach(owner, asked)
    work()
    assert Attachment.get().state == "refused"
    for number in range(attachments.MOST - 1):
        attach(owner, asked, picture(f"{number}"))
    with pytest.raises(Conflict, match="最多"):
        attach(owner, asked)
    monkeypatch.setattr(attachments, "LARGEST_FILE", 10)
    with pytest.raises(Invalid, match="超过"):
        attach(owner, asked)


def test_nothing_is_added_to_what_was_answered(owner, asked):
    corrections.withdraw(owner, asked, now=NOW)
    with pytest.raises(Conflict):
        attach(owner, asked)


def test_its_pieces_are_sealed_kept_by_the_sweep_and_let_go_with_it(owner, asked):
    attach(owner, asked)
    work()
    later = NOW.replace(year=NOW.year + 1)
    assert pages.unreferred(later) == []
    proof = Attachment.get()
    AttachmentPage.delete().execute()
    proof.delete_instance()
    assert len(pages.unreferred(later)) == 2


def test_a_job_about_a_proof_that_is_gone_does_nothing(owner, asked):
    attach(owner, asked)
    Attachment.delete().execute()
    work()
    assert Job.get(Job.kind == "prove").state == "done"
