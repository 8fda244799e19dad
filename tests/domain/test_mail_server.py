import pytest

from webapp.domain.mail_server import BadMailServer, MailServer
from webapp.settings import BadSettings, Settings


def test_an_address_says_where_and_as_whom():
    server = MailServer.parse("smtps://archive%40city.cn:p%23ss@mail.city.cn")
    assert (server.host, server.port, server.is_tls) == ("mail.city.cn", 465, True)
    assert (server.user, server.password, server.sender) == ("archive@city.cn", "p#ss", "archive@city.cn")
    assert "p#ss" not in repr(server)


def test_without_a_user_the_sender_is_named():
    server = MailServer.parse("smtp://127.0.0.1:2525?from=lantai@city.cn")
    assert (server.port, server.is_tls, server.is_loopback) == (2525, False, True)
    assert (server.user, server.sender) == ("", "lantai@city.cn")


@pytest.mark.parametrize(
    "url",
    [
        "mail.city.cn",
        "http://mail.city.cn?from=a@b",
        "smtp://",
        "smtp://mail",
        "smtp://h:x?from=a@b",
        "smtp://h?from=a@b%0a",
    ],
)
def test_what_is_no_mail_server_is_refused_without_showing_it(url):
    with pytest.raises(BadMailServer) as caught:
        MailServer.parse(url)
    assert "city" not in str(caught.value)


def test_a_wrong_mail_server_is_told_with_all_other_wrong_settings():
    with pytest.raises(BadSettings) as caught:
        Settings.from_env({"LANTAI_SMTP_URL": "smtp://:secret@", "LANTAI_OCR_ENGINE": "eyes"})
    assert "LANTAI_SMTP_URL" in str(caught.value)
    assert "LANTAI_OCR_ENGINE" in str(caught.value)
    assert "secret" not in str(caught.value)
    settings = Settings.from_env({"LANTAI_SMTP_URL": "smtps://mail.city.cn?from=lantai@city.cn"})
    assert settings.mail_server == MailServer("mail.city.cn", 465, True, "lantai@city.cn")
