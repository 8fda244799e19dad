"""One-time means once: the same code or link from eight connections at the same moment, some rounds over."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest

from tests.accounts import OFFICE, PASSWORD, STEP, Enrolled, cheap_hashing, enrolled, made
from tests.moment import NOW
from webapp.domain.errors import ArchiveError
from webapp.services import enrolment, officers, sessions, sign_in, throttles
from webapp.services.actor import SYSTEM
from webapp.services.throttles import Limit
from webapp.storage.accounts import RecoveryCode, Session
from webapp.storage.database import database, transaction

THREADS = 8
ROUNDS = 6
WIDE = (Limit(10_000, timedelta(minutes=5)),)


@pytest.fixture(autouse=True)
def _open(archive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The throttles stand aside: these tests are about the codes alone."""
    cheap_hashing(monkeypatch)
    monkeypatch.setattr(throttles, "ACCOUNT", WIDE)
    monkeypatch.setattr(throttles, "ADDRESS", WIDE)


@pytest.fixture
def zhang(_open: None) -> Enrolled:
    return enrolled()


def successes(attempt: Callable[[int], object]) -> int:
    """Run `attempt` in every thread, each on a connection of its own, from one starting gun."""
    gun, lock, won = threading.Barrier(THREADS), threading.Lock(), []
    faults: list[BaseException] = []

    def run(number: int) -> None:
        with database.connection_context():
            gun.wait(timeout=20)
            try:
                attempt(number)
            except ArchiveError:
                return
            except BaseException as fault:
                faults.append(fault)
                raise
            with lock:
                won.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    return len(won)


def half_open(zhang: Enrolled, at: datetime) -> list[Session]:
    """Sittings that await a code, one for each thread."""
    with transaction():
        return [
            sessions.open_session(zhang.officer, sessions.CODE, visitor=OFFICE, now=at)[0]
            for _ in range(THREADS)
        ]


def test_one_code_signs_one_of_eight_in(zhang: Enrolled) -> None:
    for n in range(ROUNDS):
        at = NOW + n * STEP
        waiting = half_open(zhang, at)
        code = zhang.code(at)
        won = successes(lambda i, w=waiting, c=code, t=at: sign_in.give_code(w[i], c, visitor=OFFICE, now=t))
        assert won == 1
    assert Session.select().where(Session.stage == "full").count() == ROUNDS + 1


def test_the_current_and_the_previous_code_at_once_let_the_newer_stand_last(zhang: Enrolled) -> None:
    for n in range(0, 2 * ROUNDS, 2):
        at = NOW + (n + 1) * STEP
        waiting = half_open(zhang, at)
        codes = [zhang.code(at - STEP * (i % 2)) for i in range(THREADS)]
        won = successes(
            lambda i, w=waiting, c=codes, t=at: sign_in.give_code(w[i], c[i], visitor=OFFICE, now=t)
        )
        assert 1 <= won <= 2
        session, _ = zhang.password_given(at)
        for code in set(codes):
            with pytest.raises(ArchiveError):
                sign_in.give_code(session, code, visitor=OFFICE, now=at)


def test_one_recovery_code_helps_one_of_eight(zhang: Enrolled) -> None:
    for code in zhang.codes[:ROUNDS]:
        waiting = half_open(zhang, NOW)
        won = successes(
            lambda i, w=waiting, c=code: sign_in.give_recovery_code(w[i], c, visitor=OFFICE, now=NOW)
        )
        assert won == 1
    assert RecoveryCode.select().where(RecoveryCode.used_at.is_null(False)).count() == ROUNDS


def test_one_enrolment_link_enrols_once() -> None:
    token = officers.link(made(), actor=SYSTEM, now=NOW).token
    assert successes(lambda i: enrolment.set_password(token, f"{PASSWORD} {i}", now=NOW)) == 1
    secret = enrolment.phone_of(enrolment.find(token, now=NOW)).secret
    code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
    assert successes(lambda i: enrolment.confirm(token, code, visitor=OFFICE, now=NOW)) == 1
    assert Session.select().count() == 1


def test_a_hundred_guesses_at_once_are_a_hundred(zhang: Enrolled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttles, "ACCOUNT", (Limit(5, timedelta(minutes=5)),))
    looked_at: list[str] = []
    matches = sign_in.passwords.matches
    monkeypatch.setattr(
        sign_in.passwords, "matches", lambda phc, secret: (looked_at.append(secret), matches(phc, secret))[1]
    )
    for _ in range(3):
        successes(lambda i: sign_in.give_password("zhangwei", "不对的密码", visitor=OFFICE, now=NOW))
    assert len(looked_at) == 5
