"""Complaints: past those they are about, sealed, answered once, and the answer is the complainant's to read."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.complaint import State
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, complaints, notices, viewings
from webapp.services.actor import Actor
from webapp.services.complaints import Matter
from webapp.storage.accounts import Officer
from webapp.storage.complaints import Complaint
from webapp.storage.database import database
from webapp.storage.notices import Notice

WORDS = "这个人与我的工作没有关系，为什么能看我的档案"
ANSWER = "经查属于规定的查阅，事由和审批齐全"


@pytest.fixture
def dossier(archive):
    return make_dossier("张三")


@pytest.fixture
def owner(dossier):
    return make_officer(Role.INDIVIDUAL, subject=dossier.subject)


@pytest.fixture
def security(archive):
    return able(Role.SECURITY_OFFICER)


@pytest.fixture
def auditor(archive):
    return able(Role.AUDITOR)


def complain(owner, matter=None, words=WORDS):
    return complaints.complain(owner, matter or Matter("keeping"), words, now=NOW)


def viewing_by(actor, dossier):
    page = make_page(make_material(dossier, "1", "干部履历表"))
    return viewings.begin(actor, page.material.public_id, "2", now=NOW)


def seen_by(actor):
    return [one.complaint for one in complaints.cases(actor, now=NOW)]


def test_the_security_officer_reads_and_answers(owner, security, auditor):
    made = complain(owner)
    assert [one.notice.record for one in notices.listed(security)] == [made.public_id]
    assert notices.listed(auditor) == []
    assert complaints.case(security, made.public_id, now=NOW).words == WORDS
    complaints.answer(security, made.public_id, ANSWER, now=NOW)
    told = complaints.own_one(owner, made.public_id)
    assert (told.state, told.answer, told.handler) == (State.ANSWERED, ANSWER, "安全保密员")
    assert notices.listed(owner)[0].notice.kind == NoticeKind.COMPLAINT_ANSWERED
    assert seen_by(security) == []


def test_what_concerns_the_security_officer_goes_to_the_auditor(owner, security, auditor, dossier):
    both = Actor(security.officer, Role.OFFICIAL, security.session)
    Officer.update(role_names="security_officer official").where(Officer.id == both.person.id).execute()
    viewer = make_officer(Role.OFFICIAL, lookup=UNIT)
    Officer.update(role_names="security_officer official").where(Officer.id == viewer.person.id).execute()
    viewing = viewing_by(viewer, dossier)
    made = [complain(owner, Matter("security")), complain(owner, Matter(viewing_id=viewing.public_id))]
    assert seen_by(auditor) == made
    assert seen_by(security) == []
    for one in made:
        with pytest.raises(NotFound):
            complaints.case(security, one.public_id, now=NOW)
        with pytest.raises(NotFound):
            complaints.answer(security, one.public_id, ANSWER, now=NOW)
    assert notices.listed(security) == []


def test_who_is_complained_of_does_not_learn_of_it(owner, security, auditor, dossier):
    viewer = able(Role.AUDITOR)
    Officer.update(role_names="auditor official").where(Officer.id == viewer.person.id).execute()
    official = make_officer(Role.OFFICIAL, lookup=UNIT)
    viewing = viewing_by(official, dossier)
    viewing.officer = viewer.person
    viewing.save()
    made = complain(owner, Matter(viewing_id=viewing.public_id))
    assert seen_by(security) == [made]
    Complaint.update(handler="auditor").execute()
    assert seen_by(auditor) == [made]
    assert seen_by(viewer) == []
    with pytest.raises(NotFound):
        complaints.case(viewer, made.public_id, now=NOW)


def test_nobody_handles_their_own_complaint(dossier, auditor):
    alone = able(Role.SECURITY_OFFICER, subject=dossier.subject)
    as_individual = Actor(alone.officer, Role.INDIVIDUAL, alone.session)
    made = complain(as_individual)
    assert seen_by(alone) == []
    assert seen_by(auditor) == [made]


def test_who_is_not_content_turns_to_the_other(owner, security, auditor):
    first = complain(owner)
    with pytest.raises(Conflict):
        complain(owner, Matter(earlier_id=first.public_id))
    complaints.answer(security, first.public_id, ANSWER, now=NOW)
    second = complain(owner, Matter(earlier_id=first.public_id))
    assert seen_by(auditor) == [second]
    complaints.answer(auditor, second.public_id, ANSWER, now=NOW)
    assert seen_by(security) == []


def test_who_was_complained_of_first_does_not_handle_what_follows(owner, security, auditor):
    first = complain(owner, Matter("security"))
    complaints.answer(auditor, first.public_id, ANSWER, now=NOW)
    second = complain(owner, Matter(earlier_id=first.public_id))
    assert seen_by(security) == seen_by(auditor) == []
    for actor in (security, auditor):
        with pytest.raises(NotFound):
            complaints.case(actor, second.public_id, now=NOW)
    waiting = Notice.select().where(Notice.kind == NoticeKind.COMPLAINT_WAITING, Notice.read_at.is_null())
    assert not waiting.exists()


def test_who_viewed_does_not_handle_what_follows_in_another_role(owner, auditor, dossier):
    viewer = able(Role.OFFICIAL, lookup=UNIT)
    viewing = viewing_by(viewer, dossier)
    Officer.update(role_names="security_officer official").where(Officer.id == viewer.person.id).execute()
    first = complain(owner, Matter(viewing_id=viewing.public_id))
    complaints.answer(auditor, first.public_id, ANSWER, now=NOW)
    complain(owner, Matter(earlier_id=first.public_id))
    as_security = Actor(Officer.get_by_id(viewer.person.id), Role.SECURITY_OFFICER, viewer.session)
    assert seen_by(as_security) == seen_by(able(Role.SECURITY_OFFICER)) == []


@pytest.mark.parametrize(
    ("about", "concerned", "other"),
    [("security", Role.SECURITY_OFFICER, Role.AUDITOR), ("audit", Role.AUDITOR, Role.SECURITY_OFFICER)],
)
def test_what_concerns_all_who_are_there_waits_for_another(owner, about, concerned, other):
    one_of_them = able(concerned)
    made = complain(owner, Matter(about))
    assert complaints.own_one(owner, made.public_id).handler == ""
    assert seen_by(one_of_them) == []
    assert (notices.listed(one_of_them), complaints.waiting(one_of_them)) == ([], 0)
    with pytest.raises(NotFound):
        complaints.answer(one_of_them, made.public_id, ANSWER, now=NOW)
    newcomer = able(other)
    assert seen_by(newcomer) == [made]
    complaints.answer(newcomer, made.public_id, ANSWER, now=NOW)
    assert complaints.own_one(owner, made.public_id).handler == other.label


def test_only_the_two_roles_handle_and_only_the_complainant_reads(owner, dossier, security):
    made = complain(owner)
    for role in set(Role) - {Role.SECURITY_OFFICER, Role.AUDITOR}:
        with pytest.raises(Refused):
            complaints.case(make_officer(role), made.public_id, now=NOW)
        with pytest.raises(Refused):
            complaints.cases(make_officer(role), now=NOW)
    other = make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject)
    for act in (complaints.own_one, lambda actor, one: complaints.withdraw(actor, one, now=NOW)):
        with pytest.raises(NotFound):
            act(other, made.public_id)
    assert complaints.own(other) == []


def test_a_viewing_of_anothers_dossier_cannot_be_complained_of(owner):
    other = make_dossier("李四")
    viewing = viewing_by(make_officer(Role.OFFICIAL, lookup=UNIT), other)
    with pytest.raises(NotFound):
        complain(owner, Matter(viewing_id=viewing.public_id))


@pytest.mark.parametrize(
    ("matter", "words"), [(Matter(), WORDS), (Matter("viewing"), WORDS), (Matter("other"), "坏")]
)
def test_a_complaint_says_about_what_and_why(owner, matter, words):
    with pytest.raises(Invalid):
        complain(owner, matter, words)
    assert not Complaint.select().exists()


def test_it_is_closed_once(owner, security):
    made = complain(owner)

    def act(number):
        with database.connection_context():
            try:
                if number % 2:
                    complaints.withdraw(owner, made.public_id, now=NOW)
                else:
                    complaints.answer(security, made.public_id, ANSWER, now=NOW)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(16))) == 1


def test_words_are_sealed_and_stay_out_of_log_and_notice(owner, security):
    made = complain(owner)
    complaints.case(security, made.public_id, now=NOW)
    complaints.answer(security, made.public_id, ANSWER, now=NOW)
    row = Complaint.select().dicts().get()
    entries = list(audit.entries(limit=100))
    held = repr(row) + repr(entries) + repr(list(Notice.select().dicts()))
    for words in (WORDS, ANSWER):
        assert words not in held
        assert words.encode() not in bytes(row["words"]) + bytes(row["answer"])
    made_entry = next(entry for entry in entries if entry["action"] == "complaint:made")
    assert "details" not in made_entry
    assert made_entry["viewing"] == ""


def test_the_log_does_not_say_who_complained(owner, security, auditor):
    withdrawn, answered = complain(owner), complain(owner, Matter("audit"))
    complaints.withdraw(owner, withdrawn.public_id, now=NOW)
    complaints.case(security, answered.public_id, now=NOW)
    complaints.answer(security, answered.public_id, ANSWER, now=NOW)
    of_complaints = [entry for entry in audit.entries(limit=100) if entry["kind"] == "complaint"]
    assert {"complaint:made", "complaint:withdrawn", "case:answered"} <= {e["action"] for e in of_complaints}
    assert owner.person.public_id not in repr(of_complaints)
    assert owner.session is None or owner.session.public_id not in repr(of_complaints)
