"""Passkeys: made, asked, counted, copied, removed. Every answer is really signed."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from webauthn.helpers import bytes_to_base64url

from tests.accounts import OFFICE, Enrolled, cheap_hashing, enrolled, through_link
from tests.authenticator import SITE, Authenticator
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused, Throttled
from webapp.domain.role import Role
from webapp.services import audit, ceremonies, officers, passkeys, proof, sessions, sign_in
from webapp.services.actor import SYSTEM, Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session
from webapp.storage.notices import Notice
from webapp.storage.passkeys import Passkey, PasskeyChallenge

HERE = replace(OFFICE, site=SITE)
BROWSER = "this browser"


@pytest.fixture(autouse=True)
def _cheap(archive: object, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashing(monkeypatch)


@pytest.fixture
def zhang(_cheap: None) -> Enrolled:
    return enrolled()


@pytest.fixture
def phone(zhang: Enrolled) -> Authenticator:
    """A phone with a passkey of 张伟, added a minute ago."""
    phone = Authenticator()
    added(zhang, phone)
    return phone


def added(who: Enrolled, phone: Authenticator, name: str = "手机", **wrong: object) -> Passkey:
    now = NOW - timedelta(minutes=1)
    actor = who.actor(now)
    holder = actor.session.public_id
    asked = ceremonies.registration_request(actor.person, holder=holder, visitor=HERE, now=now)
    made = phone.create(asked, **wrong)
    return passkeys.add(made, name, actor=actor, holder=holder, visitor=HERE, now=now)


def signed_in(phone: Authenticator, *, at=NOW, visitor: Visitor = HERE, **wrong: object) -> sessions.SignedIn:
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=visitor, now=at)
    return sign_in.give_passkey(phone.sign(asked, **wrong), holder=BROWSER, visitor=visitor, now=at)


def newest(count: int = 1) -> list[dict]:
    return list(audit.entries(limit=count))


def test_a_passkey_opens_a_whole_sitting_by_itself(zhang: Enrolled, phone: Authenticator) -> None:
    done = signed_in(phone)
    assert (done.session.stage, done.session.officer.id) == (sessions.FULL, zhang.officer.id)
    assert sessions.find(done.token, now=NOW).id == done.session.id
    assert sessions.proven_recently(done.session, now=NOW)
    opened = next(entry for entry in newest(3) if entry["action"] == "session:opened")
    assert opened["details"] == {"method": "passkey"}
    assert Passkey.get().used_at == NOW


def test_nobody_is_named_and_the_person_is_always_verified(zhang: Enrolled, phone: Authenticator) -> None:
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)
    assert (asked["allowCredentials"], asked["userVerification"], asked["rpId"]) == (
        [],
        "required",
        "localhost",
    )
    made = ceremonies.registration_request(zhang.officer, holder=BROWSER, visitor=HERE, now=NOW)
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert len(made["excludeCredentials"]) == 1
    assert zhang.officer.name not in json.dumps(made, ensure_ascii=False)


def test_what_is_stored_of_a_new_passkey(zhang: Enrolled) -> None:
    passkey = added(zhang, Authenticator(is_synced=True), name="  我的  手机 ")
    assert (passkey.name, passkey.is_synced, passkey.transports) == ("我的 手机", True, "internal hybrid")
    assert newest()[0]["action"] == "passkey:added"
    assert newest()[0]["record"] == passkey.public_id
    assert Notice.get(Notice.kind == "passkey-added").officer == zhang.officer


def test_an_answer_counts_once(phone: Authenticator) -> None:
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)
    answer = phone.sign(asked)
    assert sign_in.give_passkey(answer, holder=BROWSER, visitor=HERE, now=NOW)
    for again in (answer, phone.sign(asked)):
        with pytest.raises(Refused, match="再试一次") as refused:
            sign_in.give_passkey(again, holder=BROWSER, visitor=HERE, now=NOW)
        assert refused.value.rule == "challenge-unknown"


def test_a_wrong_answer_uses_its_challenge_up(phone: Authenticator) -> None:
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)
    for answer, rule in (
        (phone.sign(asked, site="https://evil.example"), "passkey-wrong"),
        (phone.sign(asked), "challenge-unknown"),
    ):
        with pytest.raises(Refused) as refused:
            sign_in.give_passkey(answer, holder=BROWSER, visitor=HERE, now=NOW)
        assert refused.value.rule == rule


def test_a_challenge_lives_five_minutes_and_leaves_nothing(phone: Authenticator) -> None:
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)
    with pytest.raises(Refused) as refused:
        sign_in.give_passkey(phone.sign(asked), holder=BROWSER, visitor=HERE, now=NOW + ceremonies.LIFE)
    assert refused.value.rule == "challenge-unknown"
    ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW + ceremonies.LIFE)
    assert PasskeyChallenge.select().count() == 1


def test_a_challenge_is_good_for_its_browser_and_its_act_alone(zhang: Enrolled, phone: Authenticator) -> None:
    for asked, holder in (
        (ceremonies.sign_in_request(holder="another browser", visitor=HERE, now=NOW), BROWSER),
        (ceremonies.proof_request(zhang.officer, holder=BROWSER, visitor=HERE, now=NOW), BROWSER),
    ):
        with pytest.raises(Refused) as refused:
            sign_in.give_passkey(phone.sign(asked), holder=holder, visitor=HERE, now=NOW)
        assert refused.value.rule == "challenge-unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "https://evil.example"},
        {"site": "http://localhost:9999"},
        {"relying_party": "evil.example"},
        {"kind": "webauthn.create"},
        {"owner": b"somebody-else---"},
    ],
    ids=str,
)
def test_an_answer_for_another_place_or_person_is_refused(
    phone: Authenticator, wrong: dict[str, object]
) -> None:
    with pytest.raises(Refused, match="账号和密码") as refused:
        signed_in(phone, **wrong)
    assert refused.value.rule == "passkey-wrong"
    assert signed_in(phone)


def test_a_phone_that_did_not_verify_its_person_is_refused(zhang: Enrolled, phone: Authenticator) -> None:
    phone.is_verified = False
    with pytest.raises(Refused):
        signed_in(phone)
    with pytest.raises(Refused, match="没有添加成功"):
        added(enrolled("lijun", name="李军"), Authenticator(is_verified=False))


def test_another_key_does_not_sign_for_this_one(phone: Authenticator) -> None:
    known, stranger = phone.credentials[0], Authenticator()
    stranger.create({"rp": {"id": "localhost"}, "user": {"id": "AAAA"}, "challenge": "AAAA"})
    forged = replace(stranger.credentials[0], id=known.id, owner=known.owner)
    with pytest.raises(Refused) as refused:
        signed_in(stranger, credential=forged)
    assert refused.value.rule == "passkey-wrong"


def test_strangers_learn_nothing_from_the_words(zhang: Enrolled, phone: Authenticator) -> None:
    unknown = Authenticator()
    unknown.create({"rp": {"id": "localhost"}, "user": {"id": "AAAA"}, "challenge": "AAAA"})
    said = set()
    for device, wrong in ((unknown, {}), (phone, {"site": "https://evil.example"})):
        with pytest.raises(Refused) as refused:
            signed_in(device, **wrong)
        said.add(str(refused.value))
    officers.disable(zhang.officer, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused) as refused:
        signed_in(phone)
    assert refused.value.rule == "disabled"
    assert said | {str(refused.value)} == {sign_in.NO_PASSKEY}


def test_who_may_not_sign_in_may_not_by_passkey(zhang: Enrolled, phone: Authenticator) -> None:
    for change in ({"authorised_at": None}, {"totp_secret": None}):
        before = {name: getattr(Officer.get_by_id(zhang.officer.id), name) for name in change}
        Officer.update(change).where(Officer.id == zhang.officer.id).execute()
        with pytest.raises(Refused) as refused:
            signed_in(phone)
        assert refused.value.rule == "not-authorised"
        Officer.update(before).where(Officer.id == zhang.officer.id).execute()
    assert signed_in(phone)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{}",
        "[]",
        "[" * 9000,
        "null",
        '{"response": 7}',
        '{"id": 1, "response": {"clientDataJSON": "////"}}',
        "x" * 20_000,
        '{"response": {"clientDataJSON": "e30"}}',
        "é\x00",
    ],
)
def test_what_is_no_answer_is_refused_in_words(answer: str) -> None:
    with pytest.raises(Refused, match="再试一次"):
        sign_in.give_passkey(answer, holder=BROWSER, visitor=HERE, now=NOW)


def test_an_answer_names_its_passkey_and_challenge_in_base64url_or_not_at_all() -> None:
    for odd in ("\ud800", "", "a b", "a\n", "é", "x" * 1401, 7, None, ["x"]):
        for named, challenge in ((odd, "AAAA"), ("AAAA", odd)):
            client = bytes_to_base64url(json.dumps({"challenge": challenge}).encode())
            answer = json.dumps({"id": named, "response": {"clientDataJSON": client}})
            assert ceremonies.Answer.read(answer) is None
    with pytest.raises(Refused, match="再试一次"):
        sign_in.give_passkey(answer, holder=BROWSER, visitor=HERE, now=NOW)
    assert newest()[0]["action"] == "sign-in:refused"


def test_guesses_are_limited(phone: Authenticator) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            signed_in(phone, site="https://evil.example")
    with pytest.raises(Throttled):
        signed_in(phone)
    assert newest()[0]["action"] == "sign-in:throttled"


@pytest.mark.parametrize("back", [1, 2], ids=["stands still", "goes backwards"])
def test_a_counter_that_does_not_go_on_suspends_the_passkey_and_ends_all_sittings(
    zhang: Enrolled, phone: Authenticator, back: int
) -> None:
    original = signed_in(phone)
    phone.count -= back
    with pytest.raises(Refused, match="可能被复制"):
        signed_in(phone)
    assert sessions.find(original.token, now=NOW) is None
    assert {entry["action"] for entry in newest(2)} == {"passkey:suspended", "sign-in:refused"}
    phone.count += 9
    with pytest.raises(Refused, match="可能被复制") as refused:
        signed_in(phone)
    assert refused.value.rule == "passkey-suspended"
    assert not passkeys.exist_for(zhang.officer)
    assert Notice.select().where(Notice.kind == "passkey-suspended").count() == 1
    assert zhang.signed_in(NOW)


def test_nobody_suspends_a_passkey_without_its_key(phone: Authenticator) -> None:
    phone.count = 0
    with pytest.raises(Refused):
        signed_in(phone, site="https://evil.example")
    assert Passkey.get().suspended_at is None


def test_a_phone_that_does_not_count_signs_in_again_and_again(zhang: Enrolled) -> None:
    phone = Authenticator(counts=False)
    added(zhang, phone)
    assert signed_in(phone)
    assert signed_in(phone)


def test_adding_and_removing_need_a_fresh_proof(zhang: Enrolled, phone: Authenticator) -> None:
    actor = Actor(zhang.officer, Role.OFFICIAL, signed_in(phone).session)
    late = NOW + sessions.STEP_UP
    with pytest.raises(Refused, match="先确认"):
        passkeys.add("{}", "x", actor=actor, holder=BROWSER, visitor=HERE, now=late)
    with pytest.raises(Refused, match="先确认"):
        passkeys.remove(Passkey.get().public_id, actor=actor, now=late)
    asked = ceremonies.proof_request(zhang.officer, holder=actor.session.public_id, visitor=HERE, now=late)
    proof.require_recent(phone.sign(asked), actor=actor, visitor=HERE, now=late)
    passkeys.remove(Passkey.get().public_id, actor=actor, now=late)
    assert not Passkey.select().exists()
    assert newest()[0]["action"] == "passkey:removed"


def test_a_passkey_that_was_removed_is_unknown_and_other_sittings_end(
    zhang: Enrolled, phone: Authenticator
) -> None:
    other = signed_in(phone)
    passkeys.remove(Passkey.get().public_id, actor=zhang.actor(NOW), now=NOW)
    assert sessions.find(other.token, now=NOW) is None
    with pytest.raises(Refused) as refused:
        signed_in(phone)
    assert refused.value.rule == "passkey-unknown"


def test_somebody_elses_passkey_is_not_there(zhang: Enrolled, phone: Authenticator) -> None:
    li = enrolled("lijun", name="李军").actor(NOW)
    public_id = Passkey.get().public_id
    for act in (
        lambda: passkeys.find(public_id, actor=li),
        lambda: passkeys.rename(public_id, "x", actor=li, now=NOW),
        lambda: passkeys.remove(public_id, actor=li, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_somebody_elses_passkey_proves_nothing_for_me(zhang: Enrolled, phone: Authenticator) -> None:
    li = enrolled("lijun", name="李军").actor(NOW)
    asked = ceremonies.proof_request(li.person, holder=li.session.public_id, visitor=HERE, now=NOW)
    assert asked["allowCredentials"] == []
    with pytest.raises(Refused) as refused:
        proof.require(phone.sign(asked), actor=li, visitor=HERE, now=NOW)
    assert refused.value.rule == "passkey-unknown"


def test_names_are_short_and_plain(zhang: Enrolled, phone: Authenticator) -> None:
    actor, public_id = zhang.actor(NOW), Passkey.get().public_id
    assert passkeys.rename(public_id, " 办公室 电脑 ", actor=actor, now=NOW).name == "办公室 电脑"
    for name in ("", "  ", "x" * 33, "a\u202eb"):
        with pytest.raises(Invalid):
            passkeys.rename(public_id, name, actor=actor, now=NOW)


def test_the_same_passkey_is_not_added_twice_and_ten_are_enough(
    zhang: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Authenticator()
    added(zhang, phone)
    monkeypatch.setattr(passkeys, "MOST", 1)
    zhang.officer = Officer.get_by_id(zhang.officer.id)
    actor = zhang.actor(NOW)
    holder = actor.session.public_id
    asked = ceremonies.registration_request(actor.person, holder=holder, visitor=HERE, now=NOW)
    with pytest.raises(Conflict, match="最多 1 个"):
        passkeys.add(phone.create(asked), "", actor=actor, holder=holder, visitor=HERE, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "https://evil.example"},
        {"relying_party": "evil.example"},
        {"attestation": {"fmt": "fido-u2f", "attStmt": {}}},
        {"attestation": {"fmt": "none", "attStmt": {"x5c": [b"1"]}}},
        {"attestation": {"fmt": "packed", "attStmt": {"alg": -7, "sig": b"no"}}},
        {"attestation": {"fmt": 7, "attStmt": 7}},
    ],
    ids=str,
)
def test_a_new_passkey_that_is_not_right_is_not_kept(zhang: Enrolled, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused, match="没有添加成功"):
        added(zhang, Authenticator(), **wrong)
    assert not Passkey.select().exists()


def test_a_new_enrolment_removes_every_passkey(zhang: Enrolled, phone: Authenticator) -> None:
    again = through_link(officers.link(zhang.officer, actor=SYSTEM, now=NOW).token, NOW)
    assert not Passkey.select().exists()
    with pytest.raises(Refused):
        signed_in(phone)
    assert again.signed_in(NOW + timedelta(seconds=60))


def test_the_sitting_so_far_ends(zhang: Enrolled, phone: Authenticator) -> None:
    half, token = zhang.password_given(NOW)
    asked = ceremonies.sign_in_request(holder=BROWSER, visitor=HERE, now=NOW)
    sign_in.give_passkey(phone.sign(asked), holder=BROWSER, replaced=half, visitor=HERE, now=NOW)
    assert sessions.find(token, now=NOW) is None
    assert Session.get_by_id(half.id).ended_at == NOW
