"""Sittings: listed, ended, and how long they last."""

from datetime import timedelta

import pytest

from tests.accounts import ELSEWHERE, OFFICE, STEP, Enrolled, cheap_hashing, enrolled
from tests.moment import NOW
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import credentials, enrolment, proof, recovery_codes, sessions, totp
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import database

LATER = NOW + 4 * STEP
CHOSEN = "青石板 下雨天 纸伞"


@pytest.fixture(autouse=True)
def _cheap(archive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashing(monkeypatch)


@pytest.fixture
def zhang(_cheap: None) -> Enrolled:
    return enrolled()


def test_only_ones_own_sittings_are_listed_and_ended(zhang: Enrolled) -> None:
    li = enrolled("lijun", name="李军")
    of_li = li.signed_in(NOW).session
    actor = zhang.actor(NOW)
    other = zhang.signed_in(NOW + STEP, ELSEWHERE)
    assert [s.device for s in sessions.own(actor, now=NOW + STEP)] == ["Firefox", "Chrome · Android"]
    with pytest.raises(NotFound):
        sessions.end(of_li.public_id, actor=actor, now=NOW)
    sessions.end(other.session.public_id, actor=actor, now=NOW + STEP)
    assert sessions.find(other.token, now=NOW + STEP) is None
    with pytest.raises(NotFound):
        sessions.end(other.session.public_id, actor=actor, now=NOW + STEP)


def test_all_others_are_ended_at_once(zhang: Enrolled) -> None:
    others = [zhang.signed_in(NOW + n * STEP).token for n in range(3)]
    actor = zhang.actor(LATER)
    assert sessions.end_others(actor=actor, now=LATER) == 4  # the one of the enrolment too
    assert not any(sessions.find(token, now=LATER) for token in others)
    assert sessions.own(actor, now=LATER) == [actor.session]


def test_reading_on_keeps_a_sitting_alive_and_writes_seldom(zhang: Enrolled) -> None:
    done = zhang.signed_in(NOW)
    for seconds in range(0, 29, 7):
        sessions.find(done.token, now=NOW + timedelta(seconds=seconds))
    assert Session.get_by_id(done.session.id).seen_at == NOW
    sessions.find(done.token, now=NOW + timedelta(minutes=14))
    assert sessions.find(done.token, now=NOW + timedelta(minutes=28)) is not None


@pytest.mark.parametrize("token", ["", "x", "ü" * 10, "0" * 500])
def test_any_other_token_finds_nothing(zhang: Enrolled, token: str) -> None:
    zhang.signed_in(NOW)
    assert sessions.find(token, now=NOW) is None


def test_a_sitting_of_a_disabled_account_is_dead_even_when_nobody_ended_it(zhang: Enrolled) -> None:
    done = zhang.signed_in(NOW)
    Officer.update(disabled_at=NOW).where(Officer.id == zhang.officer.id).execute()
    assert sessions.find(done.token, now=NOW) is None


def test_no_token_stands_in_the_database(zhang: Enrolled) -> None:
    done = zhang.signed_in(NOW)
    rows = str(list(Session.select().dicts()))
    assert done.token not in rows


def test_a_proof_counts_for_five_minutes(zhang: Enrolled) -> None:
    actor = zhang.actor(NOW)
    proof.require_recent("", actor=actor, visitor=OFFICE, now=NOW + timedelta(minutes=4))
    late = NOW + sessions.STEP_UP
    with pytest.raises(Refused):
        proof.require_recent("", actor=actor, visitor=OFFICE, now=late)
    proof.require_recent(zhang.code(late), actor=actor, visitor=OFFICE, now=late)
    again = Actor(actor.officer, actor.role, Session.get_by_id(actor.session.id))
    proof.require_recent("", actor=again, visitor=OFFICE, now=late + timedelta(minutes=4))


def test_a_wrong_code_cannot_be_rolled_back(zhang: Enrolled) -> None:
    actor = zhang.actor(NOW)
    with database.atomic(), pytest.raises(RuntimeError):
        proof.require_code("000000", actor=actor, visitor=OFFICE, now=NOW)


def test_a_new_password_ends_every_sitting_and_opens_one(zhang: Enrolled) -> None:
    old = zhang.signed_in(NOW).token
    actor = zhang.actor(NOW + STEP)
    with pytest.raises(Invalid):
        credentials.change_password(
            "松风 明月 石泉 2", "12345678", zhang.code(LATER), actor=actor, visitor=OFFICE, now=LATER
        )
    with pytest.raises(Refused, match="现在的密码"):
        credentials.change_password(
            "不对的密码", CHOSEN, zhang.code(LATER), actor=actor, visitor=OFFICE, now=LATER
        )
    done = credentials.change_password(
        "松风 明月 石泉 2", CHOSEN, zhang.code(LATER), actor=actor, visitor=OFFICE, now=LATER
    )
    assert sessions.find(old, now=LATER) is None
    assert [s.id for s in sessions.own(actor, now=LATER)] == [done.session.id]
    with pytest.raises(Refused):
        zhang.password_given(LATER)


def test_another_phone_takes_over_only_when_confirmed(zhang: Enrolled) -> None:
    actor = zhang.actor(NOW)
    link = credentials.change_phone(zhang.code(NOW + STEP), actor=actor, visitor=OFFICE, now=NOW + STEP)
    assert zhang.signed_in(NOW + 2 * STEP)
    assert not enrolment.awaits_password(enrolment.find(link, session=actor.session, now=LATER))
    with pytest.raises(Refused):
        enrolment.confirm(link, "000000", session=actor.session, visitor=OFFICE, now=LATER)
    assert Officer.get_by_id(zhang.officer.id).totp_secret == zhang.officer.totp_secret


def test_a_link_for_another_phone_is_worth_nothing_outside_the_sitting_that_asked(zhang: Enrolled) -> None:
    actor = zhang.actor(NOW)
    link = credentials.change_phone(zhang.code(NOW + STEP), actor=actor, visitor=OFFICE, now=NOW + STEP)
    secret = enrolment.phone_of(enrolment.find(link, session=actor.session, now=LATER)).secret
    code = totp.code_at(secret, now=LATER)
    for other in (None, zhang.signed_in(NOW + 2 * STEP).session):
        with pytest.raises(NotFound):
            enrolment.confirm(link, code, session=other, visitor=OFFICE, now=LATER)
    assert enrolment.confirm(link, code, session=actor.session, visitor=OFFICE, now=LATER).signed_in


def test_new_recovery_codes_replace_the_old(zhang: Enrolled) -> None:
    actor = zhang.actor(NOW)
    made = credentials.renew_recovery_codes(zhang.code(LATER), actor=actor, visitor=OFFICE, now=LATER)
    assert recovery_codes.left(zhang.officer) == recovery_codes.COUNT == len(made)
    assert recovery_codes.find(zhang.officer, zhang.codes[0]) is None
    assert recovery_codes.find(zhang.officer, made[0]) is not None


def test_appearance_belongs_to_the_device(zhang: Enrolled) -> None:
    sessions.set_appearance(zhang.signed_in(NOW).session, theme="dark", is_elder=True)
    here, there = zhang.signed_in(NOW + STEP), zhang.signed_in(NOW + 2 * STEP, ELSEWHERE)
    assert (here.session.theme, here.session.is_elder) == ("dark", True)
    assert (there.session.theme, there.session.is_elder) == ("", False)
    sessions.set_appearance(here.session, theme="javascript:", is_elder=False)
    assert Session.get_by_id(here.session.id).theme == ""


def test_the_first_sitting_begins_in_the_role_of_work() -> None:
    li = enrolled("lijun", Role.OFFICIAL, Role.ARCHIVIST, name="李军")
    assert li.signed_in(NOW).session.role == "archivist"
