"""A passkey's answer is good once: the same one from eight connections at the same moment, some rounds over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.abuse.test_totp_replay import ROUNDS, WIDE, successes
from tests.accounts import OFFICE, Enrolled, cheap_hashing, enrolled
from tests.authenticator import SITE, Authenticator
from tests.moment import NOW
from webapp.services import ceremonies, passkeys, proof, sign_in, throttles
from webapp.services.actor import Actor
from webapp.storage.accounts import Session
from webapp.storage.passkeys import Passkey

HERE = replace(OFFICE, site=SITE)
BROWSER = "this browser"


@pytest.fixture
def zhang(archive: object, monkeypatch: pytest.MonkeyPatch) -> Enrolled:
    cheap_hashing(monkeypatch)
    monkeypatch.setattr(throttles, "ACCOUNT", WIDE)
    monkeypatch.setattr(throttles, "ADDRESS", WIDE)
    return enrolled()


def actor_of(zhang: Enrolled) -> Actor:
    return zhang.actor(NOW - timedelta(minutes=1))


@pytest.fixture
def phone(zhang: Enrolled) -> Authenticator:
    actor, phone = actor_of(zhang), Authenticator()
    holder = actor.session.public_id
    asked = ceremonies.registration_request(actor.person, holder=holder, visitor=HERE, now=NOW)
    made = phone.create(asked)
    won = successes(lambda i: passkeys.add(made, "手机", actor=actor, holder=holder, visitor=HERE, now=NOW))
    assert won == Passkey.select().count() == 1
    return phone


def test_one_answer_signs_one_of_eight_in(zhang: Enrolled, phone: Authenticator) -> None:
    before = Session.select().where(Session.stage == "full").count()
    for _ in range(ROUNDS):
        answer = phone.sign(ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW))
        assert (
            successes(lambda i, a=answer: sign_in.give_passkey(a, holder=BROWSER, visitor=HERE, now=NOW)) == 1
        )
    assert Session.select().where(Session.stage == "full").count() == before + ROUNDS
    assert Passkey.get().suspended_at is None


def test_one_answer_proves_one_of_eight(zhang: Enrolled, phone: Authenticator) -> None:
    actor = Actor(zhang.officer, None, Session.select().order_by(Session.id.desc()).get())
    for _ in range(ROUNDS):
        asked = ceremonies.proof_request(zhang.officer, holder=actor.session.public_id, visitor=HERE, now=NOW)
        answer = phone.sign(asked)
        assert successes(lambda i, a=answer: proof.require(a, actor=actor, visitor=HERE, now=NOW)) == 1


def test_of_copies_of_a_passkey_one_signs_in_and_then_none(zhang: Enrolled, phone: Authenticator) -> None:
    """Eight answers to eight challenges, all with the same count, as eight copies would send them."""
    count, answers = phone.count, []
    for _ in range(8):
        phone.count = count
        answers.append(phone.sign(ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)))
    won = successes(lambda i: sign_in.give_passkey(answers[i], holder=BROWSER, visitor=HERE, now=NOW))
    assert won == 1
    assert Passkey.get().suspended_at is not None
