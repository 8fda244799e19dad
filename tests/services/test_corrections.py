"""Asking for a correction: one's own dossier only, answered by its keeper, once, and marked while it is open."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import ELSEWHERE, UNIT, keeper_of, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.correction import State
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, contested, corrections, dossiers, notices, viewings
from webapp.services.corrections import Aim
from webapp.storage.accounts import Officer
from webapp.storage.corrections import Correction
from webapp.storage.database import database
from webapp.storage.notices import Notice
from webapp.storage.pages import Page

WORDS = "入党时间应为 2001 年 7 月，志愿书上写错了"
ANSWER = "已按入党志愿书核对并改正著录"


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "1", "干部履历表"))


@pytest.fixture
def owner(page):
    return make_officer(Role.INDIVIDUAL, subject=page.material.dossier.subject)


@pytest.fixture
def keeper(page):
    """One who could sign in, and so is told."""
    keeper = keeper_of(page.material.dossier)
    Officer.update(password_hash="x", totp_secret=b"x", authorised_at=NOW).where(
        Officer.id == keeper.person.id
    ).execute()
    return keeper


def of_page(page):
    return Aim(material_id=page.material.public_id, page=page.number)


def ask(owner, aim=None, words=WORDS):
    return corrections.ask(owner, aim or Aim("birth"), words, now=NOW)


def decide(actor, asked, *, accepted=True, words=ANSWER):
    corrections.decide(actor, asked.public_id, words, accepted=accepted, now=NOW)


def test_the_keeper_is_told_and_reads_the_words(owner, keeper, page):
    asked = ask(owner, of_page(page))
    assert [one.notice.record for one in notices.listed(keeper)] == [asked.public_id]
    assert [one.about for one in corrections.kept(keeper, now=NOW)] == ["干部履历表 第 1 页"]
    assert corrections.kept_one(keeper, asked.public_id, now=NOW).words == WORDS


def test_the_answer_reaches_the_one_who_asked(owner, keeper):
    asked = ask(owner)
    decide(keeper, asked, accepted=False, words="户口簿与档案一致，不予更正")
    told = corrections.own_one(owner, asked.public_id)
    assert (told.state, told.answer) == (State.DECLINED, "户口簿与档案一致，不予更正")
    assert [one.notice.kind for one in notices.listed(owner)] == [NoticeKind.CORRECTION_ANSWERED]
    assert notices.unread(keeper.person) == 0
    assert corrections.kept(keeper, now=NOW) == []
    assert len(corrections.kept(keeper, now=NOW, is_open=False)) == 1


def test_nobody_contests_anothers_dossier(owner, page):
    other = make_officer(Role.INDIVIDUAL, subject=make_dossier("李四").subject)
    with pytest.raises(NotFound):
        ask(other, of_page(page))
    asked = ask(owner, of_page(page))
    for act in (
        lambda: corrections.own_one(other, asked.public_id),
        lambda: corrections.withdraw(other, asked.public_id, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Refused):
        ask(make_officer(Role.OFFICIAL, subject=make_dossier("王五").subject))
    with pytest.raises(NotFound):
        ask(make_officer(Role.INDIVIDUAL))


def test_only_the_keeper_reads_and_answers(owner, page):
    asked, subject = ask(owner), page.material.dossier.subject
    for actor in (
        make_officer(Role.ARCHIVIST, custody=ELSEWHERE),
        make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject),
        make_officer(Role.OFFICIAL, lookup=UNIT),
        make_officer(Role.AUDITOR),
    ):
        with pytest.raises(Refused):
            corrections.kept_one(actor, asked.public_id, now=NOW)
        with pytest.raises(Refused):
            decide(actor, asked)
    subject_as_keeper = make_officer(Role.ARCHIVIST, custody=UNIT)
    Officer.update(subject=None).where(Officer.id == owner.person.id).execute()
    Officer.update(subject=subject).where(Officer.id == subject_as_keeper.person.id).execute()
    subject_as_keeper.person.subject = subject
    with pytest.raises(Refused, match="本人的档案"):
        decide(subject_as_keeper, asked)
    assert corrections.kept(subject_as_keeper, now=NOW) == []


def test_what_one_may_not_know_of_cannot_be_contested(owner, page):
    hidden = make_material(page.material.dossier, "5", "考察材料")
    with pytest.raises(NotFound):
        ask(owner, Aim(material_id=hidden.public_id))
    sanction = make_material(page.material.dossier, "8", "关于给予警告处分的决定")
    make_page(sanction)
    ask(owner, Aim(material_id=sanction.public_id))
    with pytest.raises(NotFound):
        ask(owner, Aim(material_id=sanction.public_id, page=1))


@pytest.mark.parametrize("aim", [Aim(), Aim("id_number"), Aim("birth")])
def test_a_correction_says_what_and_why(owner, aim):
    with pytest.raises(Invalid):
        ask(owner, aim, "错了")
    assert not Correction.select().exists()


def test_the_same_is_contested_once_at_a_time(owner, keeper, page):
    first = ask(owner)
    for aim in (of_page(page), Aim(material_id=page.material.public_id), Aim("name")):
        ask(owner, aim)
        with pytest.raises(Conflict):
            ask(owner, aim)
    with pytest.raises(Conflict):
        ask(owner)
    decide(keeper, first)
    ask(owner)


def test_everybody_who_may_see_it_sees_the_mark_while_it_is_open(owner, keeper, page):
    official = make_officer(Role.OFFICIAL, lookup=UNIT)
    dossier_id, material_id = page.material.dossier.public_id, page.material.public_id
    viewings.begin(official, material_id, "2", now=NOW)

    def marks():
        (line,) = dossiers.catalogue(official, dossier_id, at=NOW).lines
        opened = viewings.open_material(official, material_id, at=NOW)
        return line.is_contested, opened.is_contested, opened.sheets[0].is_contested

    assert marks() == (False, False, False)
    asked = ask(owner, of_page(page))
    field = ask(owner)
    assert marks() == (True, True, True)
    assert dossiers.summary(official, dossier_id, at=NOW).contested == ("出生日期",)
    decide(keeper, asked)
    corrections.withdraw(owner, field.public_id, now=NOW)
    assert marks() == (False, False, False)
    assert contested.of(page.material.dossier) == contested.Contested()


def test_an_accepted_correction_changes_nothing_that_was_filed(owner, keeper, page):
    before = Page.select().dicts().get()
    decide(keeper, ask(owner, of_page(page)))
    assert Page.select().dicts().get() == before


def test_a_removed_page_leaves_the_correction_without_it(owner, keeper, page):
    asked = ask(owner, of_page(page))
    Page.delete().execute()
    assert corrections.kept_one(keeper, asked.public_id, now=NOW).about == "干部履历表"


def test_of_many_answers_at_once_one_counts(owner, keeper):
    asked = ask(owner)

    def act(number):
        with database.connection_context():
            try:
                if number % 3 == 2:
                    corrections.withdraw(owner, asked.public_id, now=NOW)
                else:
                    decide(keeper, asked, accepted=number % 3 == 0)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(act, range(24))) == 1
    ends = {"correction:accepted", "correction:declined", "correction:withdrawn"}
    assert sum(entry["action"] in ends for entry in audit.entries(limit=200)) == 1


def test_words_are_sealed_and_stay_out_of_log_and_notice(owner, keeper, page):
    asked = ask(owner, of_page(page))
    decide(keeper, asked)
    row = Correction.select().dicts().get()
    held = repr(row) + repr(list(audit.entries(limit=200))) + repr(list(Notice.select().dicts()))
    for words in (WORDS, ANSWER, "干部履历表"):
        assert words not in held
        assert words.encode() not in bytes(row["words"]) + bytes(row["answer"])
