import json

import pytest

from webapp.domain.channel import Channel, checked_address
from webapp.domain.errors import Invalid
from webapp.domain.messenger import BadMessenger, Form, Messenger, Verdict
from webapp.settings import BadSettings, Settings

WORDS = "您有新的消息"


def body(address: str, to: str) -> dict:
    return json.loads(Messenger.parse(address).body(to, WORDS))


def test_an_address_says_where_and_in_which_form():
    plain = Messenger.parse("https://archive:p%40ss@sms.city.cn:8443/send?app=7")
    assert (plain.form, plain.url) == (Form.PLAIN, "https://sms.city.cn:8443/send?app=7")
    assert plain.authorization == "Basic YXJjaGl2ZTpwQHNz"
    robot = Messenger.parse("wecom+https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret")
    assert robot == Messenger(Form.WECOM, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret")
    assert Messenger.parse("dingtalk+http://127.0.0.1:9/robot").form is Form.DINGTALK
    assert "secret" not in repr(robot)
    assert "p@ss" not in repr(plain)


@pytest.mark.parametrize(
    "address",
    [
        "sms.city.cn/secret",
        "http://sms.city.cn/secret",
        "ftp://sms.city.cn/secret",
        "slack+https://secret.example/",
        "https:///secret",
        "https://city.cn:port/secret",
        "https://city.cn/secret\r\nHost: x",
        "https://city.cn/sec ret",
        "https://city.cn/#secret",
        "file:///secret",
    ],
)
def test_what_is_no_messenger_is_refused_without_showing_it(address):
    with pytest.raises(BadMessenger) as caught:
        Messenger.parse(address)
    assert "secret" not in str(caught.value)
    with pytest.raises(BadSettings, match="LANTAI_MESSENGER_URL") as told:
        Settings.from_env({"LANTAI_MESSENGER_URL": address})
    assert "secret" not in str(told.value)


def test_each_form_says_the_words_to_one_address():
    assert body("https://h/x", "+8613800000000") == {"to": "+8613800000000", "text": WORDS}
    assert body("wecom+https://h/x", "13800000000") == {
        "msgtype": "text",
        "text": {"content": WORDS, "mentioned_mobile_list": ["13800000000"]},
    }
    assert body("wecom+https://h/x", "LiJing")["text"]["mentioned_list"] == ["LiJing"]
    assert body("dingtalk+https://h/x", "13800000000") == {
        "msgtype": "text",
        "text": {"content": f"{WORDS} @13800000000"},
        "at": {"atMobiles": ["13800000000"], "isAtAll": False},
    }
    assert body("dingtalk+https://h/x", "manager7")["at"]["atUserIds"] == ["manager7"]


@pytest.mark.parametrize(
    ("address", "status", "answer", "verdict"),
    [
        ("https://h", 200, b"", Verdict.TAKEN),
        ("https://h", 204, b"", Verdict.TAKEN),
        ("https://h", 302, b"", Verdict.LATER),
        ("https://h", 401, b"", Verdict.LATER),
        ("https://h", 422, b"", Verdict.NEVER),
        ("https://h", 429, b"", Verdict.LATER),
        ("https://h", 503, b"", Verdict.LATER),
        ("wecom+https://h", 200, b'{"errcode":0,"errmsg":"ok"}', Verdict.TAKEN),
        ("wecom+https://h", 200, b'{"errcode":45009}', Verdict.LATER),
        ("dingtalk+https://h", 200, b'{"errcode":310000}', Verdict.LATER),
        ("dingtalk+https://h", 200, b"<html>sign in to this network</html>", Verdict.LATER),
        ("dingtalk+https://h", 200, b"[]", Verdict.LATER),
        ("wecom+https://h", 200, b"[" * 4000, Verdict.LATER),
    ],
)
def test_an_answer_means_taken_later_or_never(address, status, answer, verdict):
    assert Messenger.parse(address).verdict(status, answer) is verdict


@pytest.mark.parametrize("typed", ["13800000000", "+86 138-0000-0000", "LiJing", "li.jing@city.cn", ""])
def test_a_number_or_an_account_is_an_address(typed):
    assert checked_address(Channel.MESSENGER, f" {typed} ") == typed.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("typed", ["李静", "1", "a b", "x\n13800000000", '"},{"', "1" * 16 + "+", "a" * 65])
def test_anything_else_is_none(typed):
    with pytest.raises(Invalid):
        checked_address(Channel.MESSENGER, typed)
