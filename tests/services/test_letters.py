"""Letters of requests: taken in like proofs, seen by the asker and by who may decide, kept once they were handed in."""

from io import BytesIO

import pytest
from PIL import Image

from ocr_worker.attaching import AttachmentLane
from tests.asking import approve, make_approver, make_draft, make_request, stand_in, terms
from tests.builders import ELSEWHERE, UNIT, able, make_dossier, make_material, make_officer, picture
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import approvals, attachments, audit, jobs, letters, pages, pieces, proofs, requests
from webapp.services.requests import Reason
from webapp.storage.attachments import Attachment, AttachmentPage
from webapp.storage.database import database
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob

LATER = NOW.replace(hour=NOW.hour + 1)


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


@pytest.fixture
def draft(asker, material):
    made = make_draft(asker, material)
    requests.change_terms(asker, made.public_id, terms(), now=NOW)
    return made


def attach(asker, request, content=None, *, name="介绍信.jpg", now=NOW):
    return letters.attach(asker, request.public_id, name, content or picture("letter"), now=now)


def work():
    lane = AttachmentLane(lambda: NOW)
    while lane.step():
        pass


def look(actor, letter):
    return letters.picture(actor, letter.public_id, 1, now=NOW)


def test_a_letter_is_opened_by_the_worker_and_shown_marked_to_the_asker_and_who_may_decide(asker, draft):
    letter = attach(asker, draft)
    with pytest.raises(NotFound):
        look(asker, letter)
    work()
    requests.submit(asker, draft.public_id, now=NOW)
    absent, deputy = able(Role.APPROVER, approval=UNIT), able(Role.APPROVER, approval=ELSEWHERE)
    stand_in(deputy, absent)
    for actor in (asker, make_approver(), absent, deputy):
        shown = Image.open(BytesIO(look(actor, letter).content))
        assert shown.tobytes() != Image.open(BytesIO(pieces.load(AttachmentPage.get().image))).tobytes()
        assert next(audit.entries(limit=1))["action"] == "letter:delivered"


def test_nobody_else_sees_it_and_no_approver_before_it_is_handed_in(asker, draft, material):
    letter = attach(asker, draft)
    work()
    with pytest.raises(NotFound):
        look(make_approver(), letter)
    requests.submit(asker, draft.public_id, now=NOW)
    others = (
        make_officer(Role.OFFICIAL, lookup=UNIT),
        make_officer(Role.ARCHIVIST, custody=UNIT),
        make_officer(Role.INDIVIDUAL, subject=material.dossier.subject),
        make_approver(approval=ELSEWHERE),
        make_approver(recused_from=material.dossier.subject),
        make_officer(Role.SECURITY_OFFICER),
    )
    for actor in others:
        with pytest.raises((NotFound, Refused)):
            look(actor, letter)
    for actor in (asker, others[2]):
        with pytest.raises(NotFound):
            proofs.picture(actor, letter.public_id, 1, now=NOW)
    with pytest.raises(NotFound):
        attach(others[0], draft)


def test_what_comes_with_an_answer_is_seen_once_it_is_handed_in(asker, draft):
    first = attach(asker, draft)
    request = requests.submit(asker, draft.public_id, now=NOW)
    approver = make_approver()
    approvals.send_back(approver, request.public_id, "公函呢", version=request.version, now=NOW)
    second = attach(asker, draft, picture("second"), now=LATER)
    work()
    assert letters.handed_in(requests.own(asker, draft.public_id)) == [first]
    with pytest.raises(NotFound):
        look(approver, second)
    with pytest.raises(Conflict, match="不能移除"):
        letters.remove(asker, draft.public_id, first.public_id, now=LATER)
    requests.submit(asker, draft.public_id, words="已附上", now=LATER)
    assert look(approver, second).content


def test_nothing_is_added_or_removed_while_it_waits_or_after(asker, draft):
    letter = attach(asker, draft)
    request = requests.submit(asker, draft.public_id, now=NOW)
    for end in (None, "approved"):
        if end:
            approve(request)
        with pytest.raises(Conflict):
            attach(asker, draft)
        with pytest.raises(Conflict):
            letters.remove(asker, draft.public_id, letter.public_id, now=NOW)


def test_three_at_a_time_and_one_is_removed_with_its_pieces(asker, draft):
    sent = [attach(asker, draft, picture(f"{number}")) for number in range(attachments.MOST)]
    with pytest.raises(Conflict, match="最多附"):
        attach(asker, draft)
    work()
    held = Blob.select().count()
    letters.remove(asker, draft.public_id, sent[1].public_id, now=NOW)
    assert Blob.select().count() == held - 2
    assert attachments.of(draft) == [sent[0], sent[2]]
    attach(asker, draft)
    with pytest.raises(NotFound):
        letters.remove(asker, draft.public_id, sent[1].public_id, now=NOW)


def test_what_was_given_up_as_a_draft_is_gone_and_what_was_withdrawn_is_kept(asker, draft, material):
    attach(asker, draft)
    work()
    held = Blob.select().count()
    requests.withdraw(asker, draft.public_id, now=NOW)
    assert not Attachment.select().exists()
    assert Blob.select().count() == held - 2
    request = make_draft(asker, material)
    requests.change_terms(asker, request.public_id, terms(), now=NOW)
    letter = attach(asker, request)
    work()
    requests.submit(asker, request.public_id, now=NOW)
    requests.withdraw(asker, request.public_id, now=NOW)
    assert look(asker, letter).content
    assert pages.unreferred(NOW.replace(year=NOW.year + 1)) == []
    assert look(make_approver(), letter).content
    assert attachments.of(requests.again(asker, request.public_id, now=NOW)) == []


def test_a_file_that_was_refused_is_told_before_the_request_is_handed_in(asker, draft):
    attach(asker, draft, b"\xff\xd8\xff" + b"not a picture at all" * 9)
    requests.submit(asker, draft.public_id, now=NOW)  # nobody waits for the worker
    other = make_draft(asker, make_material(draft.dossier, "1", "履历表"))
    requests.change_terms(asker, other.public_id, terms(), now=NOW)
    bad = attach(asker, other, b"\xff\xd8\xff" + b"nor is this" * 9)
    work()
    assert {one.state for one in Attachment.select()} == {"refused"}
    with pytest.raises(Invalid, match="没有收下"):
        requests.submit(asker, other.public_id, now=NOW)
    letters.remove(asker, other.public_id, bad.public_id, now=NOW)
    requests.submit(asker, other.public_id, now=NOW)
    with pytest.raises(Invalid):
        attach(asker, draft, b"MZ..............", name="a.exe")


def test_a_worker_that_held_what_was_removed_writes_nothing_to_what_came_after(asker, draft):
    removed = attach(asker, draft)
    job = jobs.claim((attachments.OPEN,), now=NOW)
    letters.remove(asker, draft.public_id, removed.public_id, now=NOW)
    following = attach(asker, draft, picture("following"))
    assert following.id == removed.id
    with pytest.raises(Conflict):
        attachments.decoded(job, removed, [attachments.Picture(picture("old"), 10, 14)], now=NOW)
    assert not AttachmentPage.select().exists()
    assert Attachment.get().state == "received"


def test_a_letter_goes_with_a_draft_whose_reason_is_not_finished_but_that_is_not_handed_in(asker, material):
    dossier = material.dossier.public_id
    first = Scope(frozenset({material.public_id}))
    with pytest.raises(Invalid):
        requests.begin(asker, dossier, Reason("2", " "), first=first, now=NOW)
    draft = requests.begin(asker, dossier, Reason("x", "核对"), first=first, now=NOW, is_whole=False)
    requests.change_terms(asker, draft.public_id, terms(), now=NOW)
    attach(asker, draft)
    with pytest.raises(Invalid, match="事由"):
        requests.submit(asker, draft.public_id, now=NOW)
    requests.change_reason(asker, draft.public_id, Reason("2", "核对学历"), now=NOW)
    requests.submit(asker, draft.public_id, now=NOW)


def test_an_attachment_belongs_to_one_thing_alone(asker, draft):
    attach(asker, draft)
    with pytest.raises(Exception, match="CHECK"):
        database.execute_sql("UPDATE attachment SET request_id = NULL")


def test_a_job_about_a_letter_that_is_gone_does_nothing(asker, draft):
    letter = attach(asker, draft)
    letters.remove(asker, draft.public_id, letter.public_id, now=NOW)
    work()
    assert Job.get(Job.kind == attachments.OPEN).state == "done"


def test_a_request_without_a_letter_is_as_good(asker, material):
    assert letters.handed_in(make_request(asker, material)) == []
