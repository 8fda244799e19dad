"""Signing in: both factors, each code once, the same answer to every stranger, and limits that spare the owner."""

from datetime import timedelta

import pytest

from tests.accounts import (
    ELSEWHERE,
    OFFICE,
    PASSWORD,
    STEP,
    Enrolled,
    cheap_hashing,
    enrolled,
    made,
    session_of,
)
from tests.moment import NOW
from webapp.domain.errors import NotFound, Refused, Throttled
from webapp.domain.role import Role
from webapp.services import audit, enrolment, officers, passwords, recovery_codes, sessions, sign_in, totp
from webapp.services.actor import SYSTEM
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Attempt, Officer, RecoveryCode, Session


@pytest.fixture(autouse=True)
def _cheap(archive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashing(monkeypatch)


@pytest.fixture
def zhang(_cheap: None) -> Enrolled:
    return enrolled()


def actions() -> list[str]:
    return [entry["action"] for entry in audit.entries()]


def test_password_and_code_open_a_sitting_under_three_different_tokens(zhang: Enrolled) -> None:
    session, first = zhang.password_given(NOW)
    assert session.stage == "code"
    done = sign_in.give_code(session, zhang.code(NOW), visitor=OFFICE, now=NOW)
    assert sessions.find(first, now=NOW) is None
    found = sessions.find(done.token, now=NOW)
    assert found is not None
    assert (found.stage, found.role, found.officer.login) == ("full", "official", "zhangwei")
    assert actions()[0] == "session:opened"


@pytest.mark.parametrize("login", ["zhangwei", " ZhangWei ", "ｚhangwei"])
def test_a_login_is_found_however_it_is_written(zhang: Enrolled, login: str) -> None:
    assert sign_in.give_password(login, PASSWORD, visitor=OFFICE, now=NOW)


def test_strangers_get_one_answer_and_cost_one_hash(zhang: Enrolled, monkeypatch: pytest.MonkeyPatch) -> None:
    officers.disable(enrolled("wangfang", name="王芳").officer, actor=SYSTEM, now=NOW)
    made("unenrolled", name="未登记")
    waiting = enrolled("lijun", name="李军").officer
    Officer.update(authorised_at=None).where(Officer.id == waiting.id).execute()
    checks: list[str | None] = []
    matches = passwords.matches
    monkeypatch.setattr(
        passwords, "matches", lambda phc, secret: (checks.append(phc), matches(phc, secret))[1]
    )
    answers = set()
    for login, password in [
        ("nobody", PASSWORD), ("wangfang", PASSWORD), ("unenrolled", PASSWORD), ("lijun", PASSWORD),
        ("zhangwei", "不对的密码"),
    ]:  # fmt: skip
        with pytest.raises(Refused) as refused:
            sign_in.give_password(login, password, visitor=Visitor(f"10.0.0.{len(checks)}"), now=NOW)
        answers.add(str(refused.value))
    assert answers == {"账号或密码不正确"}
    assert len(checks) == 5
    reasons = [e["reason"] for e in audit.entries(limit=5) if e["action"] == "sign-in:refused"]
    assert set(reasons) == {"unknown-login", "disabled", "not-authorised", "wrong-password"}


def test_the_log_names_no_login_and_no_address(zhang: Enrolled) -> None:
    with pytest.raises(Refused):
        sign_in.give_password("zhangwei", "不对的密码", visitor=ELSEWHERE, now=NOW)
    written = str(list(audit.entries())) + str([a.bucket for a in Attempt.select()])
    assert "zhangwei" not in written
    assert ELSEWHERE.address not in written


@pytest.mark.parametrize("wrong", ["000000", "", "abcdef", "12345", "１２３４５６"])
def test_a_wrong_code_opens_nothing(zhang: Enrolled, wrong: str) -> None:
    session, token = zhang.password_given(NOW)
    if wrong == zhang.code(NOW):
        wrong = "999999"
    with pytest.raises(Refused):
        sign_in.give_code(session, wrong, visitor=OFFICE, now=NOW)
    assert session_of(token).stage == "code"
    assert Officer.get_by_id(zhang.officer.id).failures == 1


def test_the_previous_code_is_accepted_and_those_before_and_after_are_not(zhang: Enrolled) -> None:
    for offset, is_right in ((-2, False), (1, False), (-1, True)):
        session, _ = zhang.password_given(NOW)
        code = zhang.code(NOW + offset * STEP)
        if is_right:
            assert sign_in.give_code(session, code, visitor=OFFICE, now=NOW)
        else:
            with pytest.raises(Refused):
                sign_in.give_code(session, code, visitor=OFFICE, now=NOW)


def test_a_code_works_once_and_an_older_one_not_after_a_newer(zhang: Enrolled) -> None:
    zhang.signed_in(NOW)
    for code in (zhang.code(NOW), zhang.code(NOW - STEP)):
        session, _ = zhang.password_given(NOW)
        with pytest.raises(Refused, match="已经用过"):
            sign_in.give_code(session, code, visitor=OFFICE, now=NOW)
    assert zhang.signed_in(NOW + STEP)


def test_a_wrong_password_does_not_use_up_a_code(zhang: Enrolled) -> None:
    with pytest.raises(Refused):
        sign_in.give_password("zhangwei", "不对的密码", visitor=OFFICE, now=NOW)
    assert zhang.signed_in(NOW)


def test_the_code_is_awaited_for_five_minutes_only(zhang: Enrolled) -> None:
    session, token = zhang.password_given(NOW)
    late = NOW + sessions.CODE_WAIT
    assert sessions.find(token, now=late) is None
    with pytest.raises(Refused, match="等待时间太长"):
        sign_in.give_code(session, zhang.code(late), visitor=OFFICE, now=late)


def test_a_full_sitting_takes_no_second_code(zhang: Enrolled) -> None:
    done = zhang.signed_in(NOW)
    with pytest.raises(Refused):
        sign_in.give_code(done.session, zhang.code(NOW + STEP), visitor=OFFICE, now=NOW + STEP)


def test_two_codes_complete_one_half_open_sitting_once(zhang: Enrolled) -> None:
    session, token = zhang.password_given(NOW)
    as_the_second_request_saw_it = session_of(token)
    assert sign_in.give_code(session, zhang.code(NOW - STEP), visitor=OFFICE, now=NOW)
    with pytest.raises(Refused, match="等待时间太长"):
        sign_in.give_code(as_the_second_request_saw_it, zhang.code(NOW), visitor=OFFICE, now=NOW)


def test_a_recovery_code_found_twice_is_spent_once(zhang: Enrolled) -> None:
    found = [recovery_codes.find(zhang.officer, zhang.codes[0]) for _ in range(2)]
    assert [recovery_codes.spend(code, now=NOW) for code in found if code] == [True, False]


def test_a_hundred_wrong_codes_in_a_row_disable_codes_but_not_recovery(zhang: Enrolled) -> None:
    Officer.update(failures=totp.LOCKED_AFTER).where(Officer.id == zhang.officer.id).execute()
    session, _ = zhang.password_given(NOW)
    with pytest.raises(Refused, match="已停用"):
        sign_in.give_code(session, zhang.code(NOW), visitor=OFFICE, now=NOW)
    assert sign_in.give_recovery_code(session, zhang.codes[0], visitor=OFFICE, now=NOW)


def test_guessing_is_stopped_after_five_even_for_the_right_password(zhang: Enrolled) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in.give_password("zhangwei", "不对的密码", visitor=ELSEWHERE, now=NOW)
    with pytest.raises(Throttled) as stopped:
        sign_in.give_password("zhangwei", PASSWORD, visitor=ELSEWHERE, now=NOW)
    assert 290 <= stopped.value.retry_after_s <= 301
    later = NOW + timedelta(minutes=5, seconds=1)
    assert sign_in.give_password("zhangwei", PASSWORD, visitor=ELSEWHERE, now=later)
    assert "sign-in:throttled" in actions()


def test_an_unknown_login_is_stopped_just_as_soon() -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in.give_password("nobody", "不对的密码", visitor=ELSEWHERE, now=NOW)
    with pytest.raises(Throttled):
        sign_in.give_password("nobody", "不对的密码", visitor=ELSEWHERE, now=NOW)


@pytest.mark.parametrize(("pause", "allowed"), [(timedelta(minutes=2), 20), (timedelta(minutes=20), 50)])
def test_slow_guessing_is_stopped_by_the_hour_and_by_the_day(
    zhang: Enrolled, pause: timedelta, allowed: int
) -> None:
    def guess(n: int) -> None:
        sign_in.give_password(
            "zhangwei", "不对的密码", visitor=Visitor(f"198.51.100.{n}"), now=NOW + n * pause
        )

    for n in range(allowed):
        with pytest.raises(Refused):
            guess(n)
    with pytest.raises(Throttled):
        guess(allowed)


def test_one_address_may_try_ten_accounts_and_no_more() -> None:
    for n in range(10):
        with pytest.raises(Refused):
            sign_in.give_password(f"nobody{n}", "不对的密码", visitor=ELSEWHERE, now=NOW)
    with pytest.raises(Throttled):
        sign_in.give_password("another", "不对的密码", visitor=ELSEWHERE, now=NOW)
    with pytest.raises(Refused):
        sign_in.give_password("another", "不对的密码", visitor=OFFICE, now=NOW)


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    for n in range(10):
        with pytest.raises(Refused):
            sign_in.give_password(f"nobody{n}", "不对的密码", visitor=Visitor(f"2001:db8:1:2::{n}"), now=NOW)
    with pytest.raises(Throttled):
        sign_in.give_password("another", "不对的密码", visitor=Visitor("2001:db8:1:2:ffff::1"), now=NOW)


def test_ipv4_addresses_stay_apart_on_a_socket_for_both_kinds() -> None:
    assert Visitor("::ffff:10.1.2.3").network == Visitor("10.1.2.3").network
    assert Visitor("::ffff:10.1.2.3").network != Visitor("::ffff:203.0.113.9").network


def test_guesses_from_elsewhere_do_not_lock_the_owner_out_of_a_known_device(zhang: Enrolled) -> None:
    for n in range(60):
        with pytest.raises((Refused, Throttled)):
            sign_in.give_password("zhangwei", "不对的密码", visitor=Visitor(f"198.51.100.{n}"), now=NOW)
    known = Visitor("198.51.100.1", device=zhang.device)
    assert zhang.signed_in(NOW, known)
    with pytest.raises(Throttled):
        zhang.signed_in(NOW + STEP, Visitor("192.0.2.7"))


def test_a_device_is_known_to_its_officer_only_and_until_a_new_phone(zhang: Enrolled) -> None:
    li = enrolled("lijun", name="李军")
    device = Visitor("10.0.0.1", device=zhang.device)
    assert device.is_known_to(zhang.officer)
    assert not device.is_known_to(li.officer)
    both = Visitor("10.0.0.1", device=device.device_known_to(li.officer))
    assert both.is_known_to(li.officer)
    assert both.is_known_to(zhang.officer)
    zhang.officer.totp_secret = totp.sealed(totp.new_secret(), zhang.officer)
    assert not both.is_known_to(zhang.officer)
    assert not Visitor("10.0.0.1", device="x." + zhang.device.split(".")[1]).is_known_to(zhang.officer)


def test_a_known_device_has_limits_of_its_own(zhang: Enrolled) -> None:
    known = Visitor("10.0.0.1", device=zhang.device)
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in.give_password("zhangwei", "不对的密码", visitor=known, now=NOW)
    with pytest.raises(Throttled):
        sign_in.give_password("zhangwei", PASSWORD, visitor=known, now=NOW)


def test_codes_are_throttled_by_account(zhang: Enrolled) -> None:
    session, _ = zhang.password_given(NOW, ELSEWHERE)
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in.give_code(session, "000000", visitor=ELSEWHERE, now=NOW)
    with pytest.raises(Throttled):
        sign_in.give_code(session, zhang.code(NOW), visitor=ELSEWHERE, now=NOW)


def test_a_recovery_code_works_once_and_demands_a_new_phone(zhang: Enrolled) -> None:
    running = zhang.signed_in(NOW).token
    session, half = zhang.password_given(NOW)
    typed = zhang.codes[3].lower().replace("0", "o").replace("1", "l").replace("-", " ")
    done = sign_in.give_recovery_code(session, typed, visitor=OFFICE, now=NOW)
    assert sessions.find(running, now=NOW) is None
    assert sessions.find(half, now=NOW) is None
    with pytest.raises(Refused):
        zhang.signed_in(NOW + STEP)
    waiting = sessions.find(done.token, now=NOW)
    assert waiting.stage == sessions.PHONE
    assert not enrolment.awaits_password(enrolment.find(done.link, session=waiting, now=NOW))
    with pytest.raises(NotFound):
        enrolment.find(done.link, now=NOW)
    with pytest.raises(Refused):
        sign_in.give_code(waiting, zhang.code(NOW + STEP), visitor=OFFICE, now=NOW + STEP)
    assert sessions.find(done.token, now=NOW + sessions.PHONE_WAIT) is None
    assert "recovery-code:used" in actions()


def test_a_used_recovery_code_is_refused(zhang: Enrolled) -> None:
    RecoveryCode.update(used_at=NOW).where(RecoveryCode.slot == zhang.codes[0][:4]).execute()
    session, _ = zhang.password_given(NOW)
    for code in (zhang.codes[0], zhang.codes[1][:4] + zhang.codes[2][4:], "0000-0000-0000-0000-0000", ""):
        with pytest.raises(Refused, match="恢复码不正确"):
            sign_in.give_recovery_code(session, code, visitor=OFFICE, now=NOW)


def test_hashes_of_older_parameters_are_renewed_at_sign_in(
    zhang: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "COST", passwords.Cost(128, 2, 1))
    zhang.signed_in(NOW)
    assert "m=128,t=2,p=1" in Officer.get_by_id(zhang.officer.id).password_hash
    assert zhang.signed_in(NOW + STEP)


def test_a_role_is_switched_by_a_fresh_code_under_a_new_token() -> None:
    li = enrolled("lijun", Role.ARCHIVIST, Role.OFFICIAL, name="李军")
    done = li.signed_in(NOW)
    assert done.session.role == "archivist"
    actor = li.actor(NOW + STEP)
    old = actor.session
    with pytest.raises(Refused, match="没有这个角色"):
        sign_in.switch_role(
            Role.AUDITOR, li.code(NOW + 2 * STEP), actor=actor, visitor=OFFICE, now=NOW + 2 * STEP
        )
    with pytest.raises(Refused):
        sign_in.switch_role(Role.OFFICIAL, "000000", actor=actor, visitor=OFFICE, now=NOW + 2 * STEP)
    token = sign_in.switch_role(
        Role.OFFICIAL, li.code(NOW + 2 * STEP), actor=actor, visitor=OFFICE, now=NOW + 2 * STEP
    )
    assert Session.get_by_id(old.id).token_hash != old.token_hash
    assert sessions.find(token, now=NOW + 2 * STEP).role == "official"
    assert li.signed_in(NOW + 3 * STEP).session.role == "official"
