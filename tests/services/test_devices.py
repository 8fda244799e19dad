"""New devices: told to the officer, accepted from a settled one alone, refused with the passkeys added there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.accounts import ELSEWHERE, OFFICE, STEP, Enrolled, cheap_hashing, enrolled, through_link
from tests.authenticator import SITE, Authenticator
from tests.moment import NOW
from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, ceremonies, credentials, devices, enrolment, officers, passkeys, sessions
from webapp.services.actor import SYSTEM, Actor
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.notices import Notice
from webapp.storage.passkeys import Device, Passkey

STRANGE = replace(ELSEWHERE, site=SITE)


@pytest.fixture
def zhang(archive: object, monkeypatch: pytest.MonkeyPatch) -> Enrolled:
    cheap_hashing(monkeypatch)
    return enrolled()


@pytest.fixture
def at_home(zhang: Enrolled) -> Actor:
    """张伟 on the device they enrolled on."""
    return actor_of(zhang.signed_in(NOW, home_of(zhang)))


@pytest.fixture
def stranger(zhang: Enrolled, at_home: Actor) -> SignedIn:
    """Somebody who has both factors of 张伟, on a device of their own."""
    return zhang.signed_in(NOW + STEP, STRANGE)


def home_of(who: Enrolled) -> Visitor:
    return replace(OFFICE, device=who.device, site=SITE)


def actor_of(done: SignedIn) -> Actor:
    return Actor(done.session.officer, Role(done.session.role), done.session)


def asked(actor: Actor) -> list[str]:
    return [device.public_id for device in devices.unsettled(actor)]


def add_passkey(actor: Actor, name: str, *, visitor: Visitor = STRANGE) -> Passkey:
    now, holder = actor.session.proved_at, actor.session.public_id
    wanted = ceremonies.registration_request(actor.person, holder=holder, visitor=visitor, now=now)
    made = Authenticator().create(wanted)
    return passkeys.add(made, name, actor=actor, holder=holder, visitor=visitor, now=now)


def test_a_new_device_is_asked_about_elsewhere_and_cannot_speak_for_itself(
    at_home: Actor, stranger: SignedIn
) -> None:
    thief, (public_id,) = actor_of(stranger), asked(at_home)
    assert asked(thief) == []
    for act in (devices.accept, devices.refuse):
        with pytest.raises(NotFound):
            act(public_id, actor=thief, now=NOW + STEP)
    assert Notice.get(Notice.record == stranger.session.public_id).read_at is None


def test_a_later_sitting_on_a_new_device_is_on_the_same(
    zhang: Enrolled, at_home: Actor, stranger: SignedIn
) -> None:
    again = zhang.signed_in(NOW + 2 * STEP, replace(STRANGE, device=stranger.device))
    (public_id,) = asked(at_home)
    assert asked(actor_of(again)) == []
    with pytest.raises(NotFound):
        devices.refuse(public_id, actor=actor_of(again), now=NOW + 2 * STEP)


def test_a_new_device_does_not_speak_for_another(zhang: Enrolled, at_home: Actor, stranger: SignedIn) -> None:
    second = actor_of(zhang.signed_in(NOW + 2 * STEP, STRANGE))
    (first,) = asked(second)
    assert not devices.may_accept(second)
    with pytest.raises(Refused) as refused:
        devices.accept(first, actor=second, now=NOW + 2 * STEP)
    assert refused.value.rule == "device-unsettled"
    assert len(asked(at_home)) == 2


def test_an_accepted_device_is_settled_and_speaks_for_others(
    zhang: Enrolled, at_home: Actor, stranger: SignedIn
) -> None:
    (public_id,) = asked(at_home)
    devices.accept(public_id, actor=at_home, now=NOW + STEP)
    assert asked(at_home) == []
    assert Notice.get(Notice.record == stranger.session.public_id).read_at == NOW + STEP
    assert next(iter(audit.entries(limit=1)))["action"] == "device:accepted"
    zhang.signed_in(NOW + 2 * STEP, STRANGE)
    accepted = actor_of(stranger)
    devices.accept(asked(accepted)[0], actor=accepted, now=NOW + 2 * STEP)
    assert Device.select().where(Device.settled_at.is_null()).count() == 0


def test_a_sitting_from_before_devices_were_known_accepts_none(at_home: Actor, stranger: SignedIn) -> None:
    at_home.session.device_hash = ""
    assert len(asked(at_home)) == 1
    assert not devices.may_accept(at_home)


def test_refusing_a_device_removes_what_was_added_there_in_every_sitting(
    zhang: Enrolled, at_home: Actor, stranger: SignedIn
) -> None:
    kept = add_passkey(at_home, "我的手机", visitor=home_of(zhang))
    again = zhang.signed_in(NOW + 2 * STEP, replace(STRANGE, device=stranger.device))
    theirs = {add_passkey(actor_of(done), "手机").public_id for done in (stranger, again)}
    (public_id,) = asked(at_home)
    devices.refuse(public_id, actor=at_home, now=NOW + 2 * STEP)
    assert [passkey.public_id for passkey in passkeys.own(at_home)] == [kept.public_id]
    logged = list(audit.entries(limit=3))
    assert {e["record"] for e in logged if e["action"] == "passkey:removed"} == theirs
    assert sessions.find(stranger.token, now=NOW + 2 * STEP) is None
    assert asked(at_home) == []


def test_who_enrols_by_a_link_handed_to_them_begins_with_that_device(
    zhang: Enrolled, at_home: Actor, stranger: SignedIn
) -> None:
    through_link(officers.link(zhang.officer, actor=SYSTEM, now=NOW).token, NOW + timedelta(hours=1))
    assert [device.settled_at for device in Device.select()] == [NOW + timedelta(hours=1)]


def test_another_phone_chosen_on_a_new_device_settles_nothing(
    zhang: Enrolled, at_home: Actor, stranger: SignedIn
) -> None:
    thief, then = actor_of(stranger), NOW + 2 * STEP
    token = credentials.change_phone(zhang.code(then), actor=thief, visitor=STRANGE, now=then)
    secret = enrolment.phone_of(enrolment.find(token, session=thief.session, now=then)).secret
    code = replace(zhang, secret=secret).code(then)
    visitor = replace(STRANGE, device=stranger.device)
    done = enrolment.confirm(token, code, session=thief.session, visitor=visitor, now=then)
    assert not devices.may_accept(actor_of(done.signed_in))
    assert len(asked(at_home)) == 1
