"""A push goes to a real HTTP server as a hub, signed, and only the browser opens it; a lost device is forgotten."""

import json

import pytest

from ocr_worker.pushing import Push
from ocr_worker.telling import RESTS, TellingLane
from tests.browser_keys import BrowserKeys, unb64
from tests.builders import able
from tests.gateway import gateway
from tests.moment import NOW
from tests.moving_clock import Clock
from webapp.domain.notice import UNSAID, NoticeKind
from webapp.domain.role import Role
from webapp.services import notices, push
from webapp.storage.accounts import Officer, Session
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import PushSubscription

NEAR = ("127.0.0.1",)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub():
    with gateway() as hub:
        hub.status = 201
        yield hub


@pytest.fixture
def lane(clock, archive):
    return TellingLane(Push(NEAR, "https://lantai.example", clock), clock)


@pytest.fixture
def li(archive):
    return able(Role.OFFICIAL)


@pytest.fixture
def phone(hub, li):
    phone = BrowserKeys(f"{hub.origin}/push/abc")
    push.subscribe(li, phone.told(), hosts=NEAR, now=NOW)
    return phone


def tell(actor, record="abcdefgh12345678"):
    with transaction():
        notices.notify(actor.person, NoticeKind.REQUEST_APPROVED, record, now=NOW)


def test_a_push_says_the_same_of_everything_and_only_the_browser_opens_it(lane, hub, li, phone):
    tell(li)
    tell(li, "another---------")
    assert lane.step()
    assert not lane.step()
    (post,) = hub.posts
    assert post.path == "/push/abc"
    assert phone.opened(post.body) == UNSAID.encode()
    assert {name: post.headers[name] for name in ("Content-Encoding", "TTL", "Topic")} == {
        "Content-Encoding": "aes128gcm",
        "TTL": "86400",
        "Topic": "notices",
    }
    token, _, key = post.headers["Authorization"].removeprefix("vapid t=").partition(", k=")
    assert key == push.public_key()
    claims = json.loads(unb64(token.split(".")[1]))
    assert claims["aud"] == hub.origin
    assert Job.get().state == "done"


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_its_hub_knows_no_more_is_forgotten(lane, hub, li, phone, status):
    hub.status = status
    tell(li)
    assert lane.step()
    assert not PushSubscription.select().exists()
    tell(li, "another---------")
    assert not lane.step()


def test_a_hub_that_is_not_ready_is_asked_again_and_holds_up_no_other(lane, hub, li, phone, clock):
    hub.status = 503
    tell(li)
    assert lane.step()
    with gateway() as other:
        other.status = 201
        wang = able(Role.OFFICIAL)
        push.subscribe(wang, BrowserKeys(f"{other.origin}/x").told(), hosts=NEAR, now=NOW)
        tell(wang)
        assert lane.step()
        assert len(other.posts) == 1
    hub.status = 201
    assert not lane.step()
    clock.now += RESTS[0]
    assert lane.step()
    assert len(hub.posts) == 2


def test_a_push_refused_for_good_is_given_up(lane, hub, li, phone):
    hub.status = 413
    tell(li)
    assert lane.step()
    assert Job.get().state == "failed"


def test_a_hub_that_is_allowed_no_more_gets_nothing(hub, li, phone, clock):
    lane = TellingLane(Push(("fcm.googleapis.com",), "https://lantai.example", clock), clock)
    tell(li)
    assert lane.step()
    assert (hub.posts, PushSubscription.select().count()) == ([], 0)


@pytest.mark.parametrize("change", ["disabled", "sitting ended", "stopped"])
def test_who_is_not_to_be_reached_is_not_pushed_to(lane, hub, li, phone, change):
    tell(li)
    if change == "disabled":
        Officer.update(disabled_at=NOW).where(Officer.id == li.person.id).execute()
    elif change == "sitting ended":
        Session.update(ended_at=NOW).execute()
    else:
        push.unsubscribe(li, now=NOW)
    assert lane.step()
    assert (hub.posts, Job.get().state) == ([], "done")
