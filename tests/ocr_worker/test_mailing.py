"""Mails that say only that there is something: sent by a real client to a real server, tried again, given up."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from ocr_worker.mailing import Mail
from ocr_worker.telling import RESTS, TellingLane
from tests.builders import able
from tests.moment import NOW
from tests.moving_clock import Clock
from tests.smtp import post_office
from webapp.domain.channel import Channel
from webapp.domain.errors import Invalid
from webapp.domain.mail_server import MailServer
from webapp.domain.notice import UNSAID, NoticeKind
from webapp.domain.role import Role
from webapp.services import audit, channels, notices
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.notices import NoticeWish

ADDRESS = "lijing@example.cn"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def post():
    with post_office() as post:
        yield post


@pytest.fixture
def lane(post, clock, archive):
    server = MailServer.parse(f"smtp://127.0.0.1:{post.port}?from=lantai@example.cn")
    return TellingLane(Mail(server, "https://lantai.example"), clock)


@pytest.fixture
def li(archive):
    actor = able(Role.INDIVIDUAL)
    channels.want(actor, Channel.MAIL, ADDRESS, now=NOW)
    return actor


def tell(actor, record="abcdefgh12345678"):
    with transaction():
        notices.notify(actor.person, NoticeKind.COMPLAINT_ANSWERED, record, now=NOW)


def test_a_mail_says_that_there_is_something_and_where_to_look(lane, post, li):
    tell(li)
    assert lane.step()
    assert not lane.step()
    ((to, raw),) = post.mails
    letter = message_from_bytes(raw, policy=policy.default)
    assert to == letter["To"] == ADDRESS
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content().replace("\r", "") == (
        f"{UNSAID}\nhttps://lantai.example/notices\n\n这是自动发出的邮件，请不要回复。\n"
    )
    for word in ("投诉", "某某", "abcdefgh"):
        assert word not in str(letter["Subject"]) + letter.get_content()


def test_several_notices_are_one_mail(lane, post, li):
    for record in ("one-------------", "two-------------"):
        tell(li, record)
    while lane.step():
        pass
    assert len(post.mails) == 1


def test_what_the_server_did_not_take_is_tried_again_after_a_rest_and_then_given_up(lane, post, li, clock):
    post.is_out_of_order = True
    tell(li)
    assert lane.step()
    assert not lane.step()  # it rests
    for rest in RESTS:
        clock.now += rest
        assert lane.step()
    clock.now += timedelta(hours=1)
    assert not lane.step()
    assert (Job.get().state, post.mails) == ("failed", [])
    post.is_out_of_order = False
    tell(li, "a-later-one-----")
    assert lane.step()
    assert len(post.mails) == 1


@pytest.mark.parametrize("answer", [{"RCPT": "550 nobody here"}, {"DATA": "554 not such a mail"}])
def test_a_mail_refused_for_good_is_given_up_and_holds_up_no_other(lane, post, li, answer):
    post.answers = answer
    tell(li)
    assert lane.step()
    assert Job.get().state == "failed"
    post.answers = {}
    tell(li, "a-later-one-----")
    assert lane.step()  # at once
    assert [to for to, _ in post.mails] == [ADDRESS]


def test_a_sender_that_is_refused_concerns_all_mails(lane, post, li):
    post.answers = {"MAIL": "550 not you"}
    tell(li)
    assert lane.step()
    assert Job.get().state == "waiting"
    assert not lane.step()  # it rests


def test_while_the_server_rests_no_other_mail_is_tried(lane, post, li, clock):
    post.is_out_of_order = True
    tell(li)
    assert lane.step()
    other = able(Role.INDIVIDUAL)
    channels.want(other, Channel.MAIL, "wang@example.cn", now=NOW)
    tell(other)
    post.is_out_of_order = False
    assert lane.step()  # put off, not sent
    assert (lane.step(), post.mails) == (False, [])
    clock.now += RESTS[0]
    assert lane.step()
    assert lane.step()
    assert sorted(to for to, _ in post.mails) == [ADDRESS, "wang@example.cn"]
    assert {job.attempts for job in Job.select().where(Job.record == other.person.public_id)} == {1}


def test_a_server_that_comes_back_gets_the_mail(lane, post, li, clock):
    post.is_out_of_order = True
    tell(li)
    lane.step()
    post.is_out_of_order = False
    clock.now += RESTS[0]
    assert lane.step()
    assert [to for to, _ in post.mails] == [ADDRESS]


def test_a_server_that_is_not_there_stops_nothing(clock, li):
    lane = TellingLane(Mail(MailServer.parse("smtp://127.0.0.1:1?from=a@example.cn"), "https://x"), clock)
    tell(li)
    assert lane.step()
    assert Job.get().state == "waiting"


@pytest.mark.parametrize("change", [{"disabled_at": NOW}, {"authorised_at": None}])
def test_who_may_not_sign_in_gets_none(lane, post, li, change):
    tell(li)
    Officer.update(**change).where(Officer.id == li.person.id).execute()
    assert lane.step()
    assert (post.mails, Job.get().state) == ([], "done")


def test_who_wants_none_any_more_gets_none(lane, post, li):
    tell(li)
    channels.want(li, Channel.MAIL, "", now=NOW)
    assert lane.step()
    assert post.mails == []
    tell(li, "a-later-one-----")
    assert not lane.step()


def test_the_address_is_sealed_and_not_in_the_log(li):
    assert channels.address_of(li.person, Channel.MAIL) == ADDRESS
    assert ADDRESS.encode() not in bytes(NoticeWish.get().mail)
    assert ADDRESS not in repr(list(audit.entries(limit=10)))


@pytest.mark.parametrize(
    "address", ["li", "li@", "@example.cn", "li@example", "a b@example.cn", "x@y.cn\nBcc: z@y.cn"]
)
def test_what_is_no_address_is_refused(li, address):
    with pytest.raises(Invalid):
        channels.want(li, Channel.MAIL, address, now=NOW)
    assert channels.address_of(li.person, Channel.MAIL) == ADDRESS
