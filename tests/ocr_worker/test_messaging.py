"""Messages that say only that there is something, handed in at a real HTTP server: taken, tried again, given up."""

import json
from datetime import timedelta

import pytest

from ocr_worker.messaging import Gateway
from ocr_worker.telling import RESTS, TellingLane
from tests.builders import able
from tests.gateway import certificate_in, gateway
from tests.moment import NOW
from tests.moving_clock import Clock
from webapp.domain.channel import Channel
from webapp.domain.errors import Invalid
from webapp.domain.messenger import Messenger
from webapp.domain.notice import UNSAID, NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, channels, notices
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import NoticeWish

NUMBER = "13800000000"
WORDS = f"{UNSAID}\nhttps://lantai.example/notices"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server():
    with gateway() as server:
        yield server


@pytest.fixture
def lane(server, clock, archive):
    return lane_of(f"http://sms:key@127.0.0.1:{server.port}/send?app=7", clock)


@pytest.fixture
def li(archive):
    actor = able(Role.INDIVIDUAL)
    channels.want(actor, Channel.MESSENGER, NUMBER, now=NOW)
    return actor


def lane_of(address, clock):
    return TellingLane(Gateway(Messenger.parse(address), "https://lantai.example"), clock)


def tell(actor, record="abcdefgh12345678"):
    with transaction():
        notices.notify(actor.person, NoticeKind.COMPLAINT_ANSWERED, record, now=NOW)


def test_a_message_says_that_there_is_something_and_where_to_look(lane, server, li):
    tell(li)
    assert lane.step()
    assert not lane.step()
    (post,) = server.posts
    assert post.path == "/send?app=7"
    assert post.headers["Authorization"] == "Basic c21zOmtleQ=="
    assert post.headers["Content-Type"].startswith("application/json")
    assert json.loads(post.body) == {"to": NUMBER, "text": WORDS}


def test_a_robot_is_believed_by_what_it_says(server, clock, li):
    lane = lane_of(f"wecom+http://127.0.0.1:{server.port}/robot?key=k", clock)
    server.answer = b'{"errcode":45009,"errmsg":"api freq out of limit"}'
    tell(li)
    assert lane.step()
    assert Job.get().state == "waiting"
    server.answer = b'{"errcode":0,"errmsg":"ok"}'
    clock.now += RESTS[0]
    assert lane.step()
    assert Job.get().state == "done"
    assert json.loads(server.posts[-1].body)["text"]["mentioned_mobile_list"] == [NUMBER]


def test_what_is_not_taken_is_tried_again_after_a_rest_and_then_given_up(lane, server, li, clock):
    server.status = 503
    tell(li)
    assert lane.step()
    assert not lane.step()
    for rest in RESTS:
        clock.now += rest
        assert lane.step()
    clock.now += timedelta(hours=1)
    assert not lane.step()
    assert (Job.get().state, len(server.posts)) == ("failed", 3)


def test_a_message_refused_for_good_is_given_up_and_holds_up_no_other(lane, server, li):
    server.status = 422
    tell(li)
    assert lane.step()
    assert Job.get().state == "failed"
    server.status = 200
    tell(li, "a-later-one-----")
    assert lane.step()
    assert Job.select().where(Job.state == "waiting").count() == 0


def test_no_redirect_is_followed(lane, server, li):
    with gateway() as elsewhere:
        server.status, server.moves_to = 307, f"{elsewhere.origin}/send"
        tell(li)
        assert lane.step()
        assert (len(server.posts), elsewhere.posts) == (1, [])
    assert Job.get().state == "waiting"


def test_no_proxy_of_the_environment_is_used(lane, server, li, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    tell(li)
    assert lane.step()
    assert len(server.posts) == 1


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(clock, li, tmp_path, monkeypatch):
    certificate = certificate_in(tmp_path)
    with gateway(certificate) as server:
        lane = lane_of(f"https://127.0.0.1:{server.port}/send", clock)
        tell(li)
        assert lane.step()
        assert (Job.get().state, server.posts) == ("waiting", [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        clock.now += RESTS[0]
        assert lane.step()
        assert (Job.get().state, len(server.posts)) == ("done", 1)


def test_neither_number_nor_address_is_logged(server, clock, li, caplog):
    lane = lane_of("http://sms:hush@127.0.0.1:1/hush?key=hush", clock)
    tell(li)
    assert lane.step()
    assert caplog.records
    assert "hush" not in caplog.text
    assert NUMBER not in caplog.text


def test_mail_and_message_are_wishes_of_their_own(li):
    channels.want(li, Channel.MAIL, "li@example.cn", now=NOW)
    tell(li)
    assert sorted(job.kind for job in Job.select()) == ["mail", "messenger"]
    channels.want(li, Channel.MESSENGER, "", now=NOW)
    assert channels.address_of(li.person, Channel.MAIL) == "li@example.cn"
    assert channels.address_of(li.person, Channel.MESSENGER) == ""


def test_who_wants_none_any_more_gets_none(lane, server, li):
    tell(li)
    channels.want(li, Channel.MESSENGER, "", now=NOW)
    assert lane.step()
    assert (server.posts, Job.get().state) == ([], "done")


def test_the_number_is_sealed_and_not_in_the_log(li):
    assert channels.address_of(li.person, Channel.MESSENGER) == NUMBER
    assert NUMBER.encode() not in bytes(NoticeWish.get().messenger)
    assert NUMBER not in repr(list(audit.entries(limit=10)))
    with pytest.raises(Invalid):
        channels.want(li, Channel.MESSENGER, "李静", now=NOW)
