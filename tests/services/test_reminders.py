"""Reminders come once, to whom they concern, and stop with their cause."""

from datetime import timedelta

import pytest

from tests.asking import DAY, approve, make_approver, make_request
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer
from tests.moment import NOW
from webapp.domain.grant import UNDO
from webapp.domain.role import Role
from webapp.services import approvals, grants, reminders
from webapp.storage.accounts import Officer
from webapp.storage.notices import Notice

HOUR = timedelta(hours=1)


@pytest.fixture
def material(archive):
    return make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表")


@pytest.fixture
def asker(material):
    return make_officer(Role.OFFICIAL, lookup=ELSEWHERE)


@pytest.fixture
def approver(material):
    actor = make_approver()
    Officer.update(password_hash="x", totp_secret=b"x", authorised_at=NOW).where(
        Officer.id == actor.person.id
    ).execute()
    return actor


def kinds(actor):
    return {notice.kind for notice in Notice.select().where(Notice.officer == actor.person)}


def test_a_reader_is_told_a_day_before_the_grant_ends_and_once(asker, material):
    approve(make_request(asker, material, days=3))
    assert reminders.send(now=NOW + 2 * DAY - HOUR) == 0
    assert [reminders.send(now=NOW + 2 * DAY + n * HOUR) for n in range(3)] == [1, 0, 0]
    assert "grant-ending" in kinds(asker)


def test_a_grant_of_one_day_or_one_that_is_over_needs_no_reminder(asker, material):
    approve(make_request(asker, material, days=1))
    revoked = approve(make_request(asker, material, categories="1", days=3))
    grants.revoke(revoked.public_id, actor=make_approver(), now=NOW + UNDO)
    assert reminders.send(now=NOW + 2 * DAY + HOUR) == 0
    assert reminders.send(now=NOW + HOUR) == 0


def test_approvers_who_may_decide_are_told_that_somebody_waits(asker, material, approver):
    kept_away = make_officer(Role.APPROVER, recused_from=material.dossier.subject)
    Officer.update(password_hash="x", totp_secret=b"x", authorised_at=NOW).execute()
    request = make_request(asker, material)
    assert reminders.send(now=NOW + DAY - HOUR) == 0
    assert [reminders.send(now=NOW + DAY) for _ in range(2)] == [1, 0]
    assert "decision-overdue" in kinds(approver)
    assert kinds(kept_away) == set()
    approvals.reject(approver, request.public_id, "不必", version=request.version, now=NOW + DAY)
    assert not Notice.select().where((Notice.kind == "decision-overdue") & Notice.read_at.is_null()).exists()


def test_an_asker_is_told_that_the_time_has_passed(asker, material):
    make_request(asker, material, days=1)
    assert [reminders.send(now=NOW + DAY + n * HOUR) for n in range(2)] == [1, 0]
    assert "request-expired" in kinds(asker)
    assert reminders.send(now=NOW + 30 * DAY) == 0
