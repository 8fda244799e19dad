"""Being told on the phone: the list, the number at the tab, and where a notice leads."""

from dataclasses import replace

import pytest

from tests.browser_keys import BrowserKeys
from tests.builders import make_officer
from tests.desk import browser_of
from tests.site import words_of
from webapp.domain.mail_server import MailServer
from webapp.domain.messenger import Messenger
from webapp.domain.notice import TELLINGS, UNSAID, NoticeKind
from webapp.domain.role import Role
from webapp.services import notices, push
from webapp.storage.database import transaction

POLL = {"HX-Request": "true", "HX-Poll": "true"}


@pytest.fixture
def zhang(site):
    return make_officer(Role.OFFICIAL)


@pytest.fixture
def browser(site, zhang):
    return browser_of(site, zhang)


def tell(officer, kind, record="abcdefgh12345678", *, now):
    with transaction():
        notices.notify(officer, kind, record, now=now)


def test_the_number_at_the_tab_is_asked_for_and_answered_only_when_it_changed(site, browser, zhang):
    assert 'data-unread="0"' in browser.get("/account").text
    assert browser.get("/badge?had=0", headers=POLL).status_code == 204
    tell(zhang.officer, NoticeKind.NEW_DEVICE, now=site.now)
    answer = browser.get("/badge?had=0", headers=POLL)
    assert 'data-unread="1"' in answer.text
    assert "1 条新" in words_of(answer.text)
    assert browser.get("/badge?had=1", headers=POLL).status_code == 204


def test_asking_for_the_number_keeps_no_sitting_alive_and_throws_nobody_out(site, browser):
    from webapp.services.sessions import IDLE

    site.wait(IDLE)
    answer = browser.get("/badge?had=0", headers=POLL)
    assert answer.status_code == 204
    assert "HX-Redirect" not in answer.headers
    assert browser.get("/account").headers["Location"] == "/login"


def test_a_visit_to_the_number_is_a_visit_to_the_list(browser):
    assert browser.get("/badge").headers["Location"] == "/notices"


def test_a_notice_leads_to_its_place_and_is_read_then(site, browser, zhang):
    tell(zhang.officer, NoticeKind.NEW_DEVICE, now=site.now)
    page = browser.get("/notices")
    assert "未读" in words_of(page.text)
    path = "/notices/" + notices.listed(zhang)[0].notice.public_id
    assert path in page.text
    assert browser.get(path).headers["Location"] == "/account"
    assert "未读" not in words_of(browser.get("/notices").text)


def test_a_notice_of_another_role_says_which(site, browser, zhang):
    tell(zhang.officer, NoticeKind.CORRECTION_ANSWERED, now=site.now)
    assert "在“本人”角色下查看" in words_of(browser.get("/notices").text)
    path = "/notices/" + notices.listed(zhang)[0].notice.public_id
    assert "切换到“本人”角色" in words_of(browser.get(path).text)


def test_all_are_marked_as_read_at_once(site, browser, zhang):
    tell(zhang.officer, NoticeKind.NEW_DEVICE, now=site.now)
    assert browser.post("/notices/read", seen="/notices").status_code == 303
    assert notices.unread(zhang.officer) == 0


def test_every_kind_leads_to_a_page_there_is(site):
    adapter = site.app.url_map.bind("localhost")
    for telling in TELLINGS.values():
        adapter.match(telling.leads_to("abcdefgh12345678"), method="GET")


def test_nothing_is_offered_where_nothing_is_set_up(browser):
    assert "没有别的提醒方式" in words_of(browser.get("/notices/ways").text)
    assert 'href="/notices/ways"' in browser.get("/notices").text
    for path in ("/notices/mail", "/notices/messenger", "/notices/push"):
        assert browser.post(path, {"address": "z@example.cn"}, seen="/notices/ways").status_code == 404


def test_mail_is_offered_where_there_is_a_mail_server(site, browser, zhang):
    server = MailServer.parse("smtp://127.0.0.1:25?from=lantai@example.cn")
    set_up(site, mail_server=server)
    faulty = browser.post("/notices/mail", {"address": "zhang"}, seen="/notices/ways")
    assert faulty.status_code == 422
    assert "邮箱地址不对" in words_of(faulty.text)
    assert browser.post("/notices/mail", {"address": "z@example.cn"}, seen="/notices/ways").status_code == 303
    assert 'value="z@example.cn"' in browser.get("/notices/ways").text


def test_messages_are_offered_where_there_is_a_messenger_beside_mail(site, browser, zhang):
    server = MailServer.parse("smtp://127.0.0.1:25?from=lantai@example.cn")
    messenger = Messenger.parse("https://sms.example.cn/send")
    set_up(site, mail_server=server, messenger=messenger)
    assert browser.post("/notices/mail", {"address": "z@example.cn"}, seen="/notices/ways").status_code == 303
    faulty = browser.post("/notices/messenger", {"address": "张"}, seen="/notices/ways")
    assert faulty.status_code == 422
    assert "号码不对" in words_of(faulty.text)
    assert 'value="张"' in faulty.text
    assert 'value="z@example.cn"' in faulty.text
    assert (
        browser.post("/notices/messenger", {"address": "13800000000"}, seen="/notices/ways").status_code
        == 303
    )
    page = browser.get("/notices/ways").text
    assert "群里的人" not in page
    set_up(site, messenger=Messenger.parse("wecom+https://robot.example.cn/send"))
    assert "群里的人看得到提醒了您" in browser.get("/notices/ways").text
    assert 'value="13800000000"' in page
    assert 'value="z@example.cn"' in page


def test_push_is_offered_with_what_its_hub_learns_and_is_of_one_device(site, browser, zhang):
    assert "push.js" not in browser.get("/notices/ways").text
    set_up(site, web_push=True, push_hosts=("push.example",))
    page = browser.get("/notices/ways").text
    assert "浏览器厂商在外面的服务器" in words_of(page)
    assert f'data-push="{push.public_key()}"' in page
    far = {"subscription": BrowserKeys("https://10.0.0.1/x").told()}
    refused = browser.post("/notices/push", far, seen="/notices/ways")
    assert (refused.status_code, "不在允许的范围内" in words_of(refused.text)) == (422, True)
    near = {"subscription": BrowserKeys("https://push.example/x").told()}
    assert browser.post("/notices/push", near, seen="/notices/ways").status_code == 303
    assert "已开启" in words_of(browser.get("/notices/ways").text)
    assert "已开启" not in words_of(browser_of(site, zhang).get("/notices/ways").text)
    assert browser.post("/notices/push/stop", seen="/notices/ways").status_code == 303
    assert "已开启" not in words_of(browser.get("/notices/ways").text)


def test_what_the_phone_shows_of_a_push_is_what_a_mail_says(browser):
    assert f'body: "{UNSAID}"' in browser.get("/sw.js").text


def set_up(site, **settings):
    site.app.config["SETTINGS"] = replace(site.app.config["SETTINGS"], **settings)
