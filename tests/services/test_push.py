"""Devices that are pushed to: sealed, one row a device, as long as nobody ended their sitting."""

import json
from datetime import timedelta

import pytest

from tests.browser_keys import BrowserKeys, b64
from tests.builders import able
from tests.moment import NOW
from webapp.domain.errors import Invalid
from webapp.domain.role import Role
from webapp.services import audit, devices, push, sessions, sign_in
from webapp.services.actor import Actor
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Session
from webapp.storage.database import transaction
from webapp.storage.notices import PushSubscription

HOSTS = ("push.example",)


@pytest.fixture
def li(archive):
    return able(Role.OFFICIAL)


def browser(path="abc"):
    return BrowserKeys(f"https://push.example/{path}")


def subscribe(actor, keys=None, now=NOW):
    push.subscribe(actor, (keys or browser()).told(), hosts=HOSTS, now=now)


def seated(actor, device, now=NOW):
    """The same officer in a new sitting on a device."""
    with transaction():
        session, _ = sessions.open_session(actor.person, sessions.FULL, visitor=Visitor("x", "y"), now=now)
        devices.note(session, device, now=now)
    return Actor(actor.officer, actor.role, session)


def test_a_device_is_kept_sealed_and_out_of_the_log(li):
    keys = browser()
    subscribe(li, keys)
    row = PushSubscription.get()
    assert push.receiver_of(row.public_id) == push.Receiver(keys.endpoint, keys.public, keys.auth)
    assert b"push.example" not in bytes(row.sealed) + row.fingerprint.encode()
    assert "push.example" not in repr(list(audit.entries(limit=10)))
    assert push.is_on(li)


def test_a_device_has_one_row_whoever_uses_it(li):
    keys = browser()
    subscribe(li, keys)
    subscribe(li, browser("renewed"))
    assert PushSubscription.select().count() == 1
    wang = able(Role.OFFICIAL)
    subscribe(wang, browser("renewed"))
    assert PushSubscription.get().officer == wang.person
    assert not push.is_on(li)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"endpoint":"https://push.example/x"}',
        json.dumps(
            {"endpoint": "https://push.example/x", "keys": {"p256dh": "AAAA", "auth": b64(b"a" * 16)}}
        ),
        json.dumps(
            {"endpoint": "https://push.example/x", "keys": {"p256dh": b64(browser().public), "auth": "AA"}}
        ),
        json.dumps({"endpoint": "https://push.example/x", "keys": {"p256dh": 7, "auth": "é"}}),
        BrowserKeys("https://10.0.0.1/x").told(),
        BrowserKeys("https://push.example/" + "x" * 5000).told(),
        "[" * 4000,
    ],
)
def test_what_is_no_device_at_an_allowed_hub_is_refused(li, told):
    with pytest.raises(Invalid):
        push.subscribe(li, told, hosts=HOSTS, now=NOW)
    assert not PushSubscription.select().exists()


def test_signing_out_ends_it(li):
    subscribe(li)
    sign_in.sign_out(li, now=NOW)
    assert not PushSubscription.select().exists()


def test_a_sitting_that_is_ended_from_elsewhere_ends_it_at_once_and_is_swept(li):
    subscribe(li)
    public_id = PushSubscription.get().public_id
    assert push.ids_of(li.person) == [public_id]
    with transaction():
        sessions.end_all(li.person, now=NOW)
    assert (push.ids_of(li.person), push.receiver_of(public_id)) == ([], None)
    assert push.sweep(now=NOW) == 1


def test_a_sitting_that_ran_out_does_not_and_the_next_on_the_device_takes_over(li):
    first = seated(li, "device-1")
    subscribe(first)
    later = NOW + timedelta(hours=13)
    assert len(push.ids_of(li.person)) == 1
    second = seated(li, "device-1", now=later)
    assert push.is_on(second)
    assert PushSubscription.get().session == second.session
    assert not push.is_on(seated(li, "device-2", now=later))
    sign_in.sign_out(second, now=later)
    assert not PushSubscription.select().exists()


def test_what_was_ended_does_not_come_back_with_the_next_sitting(li):
    first = seated(li, "device-1")
    subscribe(first)
    Session.update(ended_at=NOW).where(Session.id == first.session.id).execute()
    assert not push.is_on(seated(li, "device-1"))


def test_a_device_not_used_for_long_is_forgotten(li):
    subscribe(li)
    assert push.sweep(now=NOW + push.KEPT) == 0
    assert push.sweep(now=NOW + push.KEPT + timedelta(seconds=1)) == 1
