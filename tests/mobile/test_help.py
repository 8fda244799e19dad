"""The help page: for everybody, about nobody."""

import re

from tests.accounts import enrolled
from tests.site import Site, words_of
from webapp.domain.role import Role


def test_help_is_open_to_strangers_and_names_nobody(site: Site) -> None:
    answer = site.browser().get("/help")
    assert answer.status_code == 200
    for section in ("看不到某一页", "遮挡", "水印", "记录", "在手机上", "提醒", "找谁"):
        assert section in words_of(answer.text)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_every_line_of_its_contents_leads_to_a_section(site: Site) -> None:
    text = site.browser().get("/help").text
    targets = re.findall(r'class="chip" href="#(\w+)"', text)
    assert len(targets) == 7
    assert all(f'<section class="card" id="{target}">' in text for target in targets)


def test_the_account_and_the_sign_in_page_lead_to_it(site: Site) -> None:
    browser = site.browser()
    assert 'href="/help"' in browser.get("/login").text
    browser.sign_in(enrolled("chadang", Role.OFFICIAL))
    assert 'href="/help"' in browser.get("/account").text
