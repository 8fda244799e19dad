"""Being told: in the transaction of what happened, once, to whom it concerns, and without a word of it."""

from datetime import timedelta

import pytest

from tests.builders import make_officer
from tests.moment import NOW
from webapp.domain.errors import NotFound
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import notices
from webapp.storage.accounts import Officer
from webapp.storage.database import new_public_id, transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import Notice, NoticeWish

RECORD = "abcdefgh12345678"


@pytest.fixture
def official(archive):
    return make_officer(Role.OFFICIAL)


def tell(actor, kind=NoticeKind.REQUEST_APPROVED, record=RECORD, now=NOW):
    with transaction():
        notices.notify(actor.person, kind, record, now=now)


def test_a_notice_is_told_with_what_it_tells_or_not_at_all(official):
    with pytest.raises(RuntimeError):
        notices.notify(official.person, NoticeKind.REQUEST_APPROVED, RECORD, now=NOW)
    with transaction() as unit:
        notices.notify(official.person, NoticeKind.REQUEST_APPROVED, RECORD, now=NOW)
        unit.rollback()
    assert notices.unread(official.person) == 0


def test_an_unread_notice_of_the_same_moves_up_and_is_not_repeated(official):
    tell(official)
    tell(official, record="other-----------", now=NOW + timedelta(minutes=1))
    tell(official, now=NOW + timedelta(minutes=2))
    assert [one.notice.record for one in notices.listed(official)] == [RECORD, "other-----------"]
    assert notices.unread(official.person) == 2


def test_a_notice_that_was_read_is_followed_by_a_new_one(official):
    tell(official)
    first = notices.listed(official)[0].notice.public_id
    assert notices.opened(official, first, now=NOW).address == f"/requests/{RECORD}"
    assert notices.unread(official.person) == 0
    tell(official)
    assert notices.unread(official.person) == 1
    assert len(notices.listed(official)) == 2


def test_nobody_reads_anothers_notice(official):
    tell(official)
    public_id = notices.listed(official)[0].notice.public_id
    other = make_officer(Role.OFFICIAL)
    with pytest.raises(NotFound):
        notices.opened(other, public_id, now=NOW)
    notices.read_all(other, now=NOW)
    assert notices.unread(official.person) == 1


def test_what_was_done_by_one_is_no_longer_told_to_the_others(archive):
    approvers = [make_officer(Role.APPROVER) for _ in range(2)]
    with transaction():
        notices.notify_all([one.person for one in approvers], NoticeKind.REQUEST_WAITING, RECORD, now=NOW)
        notices.settle([NoticeKind.REQUEST_WAITING, NoticeKind.DECISION_OVERDUE], RECORD, now=NOW)
    assert [notices.unread(one.person) for one in approvers] == [0, 0]


def test_a_notice_says_in_which_role_it_opens(archive):
    individual = make_officer(Role.INDIVIDUAL)
    tell(individual, NoticeKind.REQUEST_APPROVED)
    tell(individual, NoticeKind.CORRECTION_ANSWERED)
    tell(individual, NoticeKind.NEW_DEVICE)
    opens = {one.notice.kind: one.opens_here for one in notices.listed(individual)}
    assert opens == {"request-approved": False, "correction-answered": True, "new-device": True}


def test_only_officers_who_hold_the_role_and_may_sign_in_are_told_of_its_tasks(archive):
    enrolled = {"password_hash": "x", "totp_secret": b"x", "authorised_at": NOW, "created_at": NOW}
    names = {"auditor": {}, "auditor official": {}, "official": {}, "auditor archivist": {"disabled_at": NOW}}
    for held, more in names.items():
        Officer.create(login=new_public_id(), name="某", role_names=held, **enrolled, **more)
    make_officer(Role.AUDITOR)  # not enrolled
    assert sorted(one.role_names for one in notices.officers_in(Role.AUDITOR)) == [
        "auditor",
        "auditor official",
    ]


def test_a_mail_is_asked_for_by_who_wants_one_and_names_nothing(official):
    tell(official)
    assert not Job.select().exists()
    NoticeWish.create(officer=official.person, mail=b"sealed")
    tell(official, record="another---------")
    tell(official, record="a-third---------")
    assert [(job.kind, job.record) for job in Job.select()] == [("mail", official.person.public_id)]


def test_a_notice_holds_no_words(official):
    tell(official)
    assert set(Notice.select().dicts().get()) == {
        "id",
        "public_id",
        "officer",
        "kind",
        "record",
        "at",
        "read_at",
    }
