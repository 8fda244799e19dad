"""Only to hubs of browser makers is pushed: the address comes from a browser."""

import pytest

from webapp.domain.errors import Invalid
from webapp.domain.push_hub import MAKERS, checked_endpoint
from webapp.settings import BadSettings, Settings


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d",
        "https://web.push.apple.com/QOeT",
    ],
)
def test_hubs_of_browser_makers_are_pushed_to(endpoint):
    assert checked_endpoint(endpoint, MAKERS) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://evil-push.apple.com/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://u:p@fcm.googleapis.com/x",
        "https://10.0.0.1/x",
        "https://localhost/x",
        "http://127.0.0.1:8000/x",
        "https://fcm.googleapis.com\\@10.0.0.1/x",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com:x/",
        "https://[::1/x",
        "https://a..push.apple.com/x",
        "https://.push.apple.com/x",
        f"https://{'a' * 64}.push.apple.com/x",
        "https://fcm.googleapis.com./x",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/" + "x" * 2000,
    ],
)
def test_nothing_else_is(endpoint):
    with pytest.raises(Invalid):
        checked_endpoint(endpoint, MAKERS)


def test_loopback_is_pushed_to_where_the_setting_names_it():
    assert checked_endpoint("http://127.0.0.1:81/x", ["127.0.0.1"])
    with pytest.raises(Invalid):
        checked_endpoint("http://10.0.0.1/x", ["10.0.0.1"])


def test_web_push_is_off_until_it_is_asked_for():
    assert not Settings.from_env({}).web_push
    settings = Settings.from_env({"LANTAI_WEB_PUSH": "yes", "LANTAI_PUSH_HOSTS": "hub.city.cn *.hub.example"})
    assert (settings.web_push, settings.push_hosts) == (True, ("hub.city.cn", "*.hub.example"))
    assert Settings.from_env({}).push_hosts == MAKERS
    for wrong in ("*", "https://hub.city.cn", "*.*", "hub.city.cn,other"):
        with pytest.raises(BadSettings, match="LANTAI_PUSH_HOSTS"):
            Settings.from_env({"LANTAI_PUSH_HOSTS": wrong})
