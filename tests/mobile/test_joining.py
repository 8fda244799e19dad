"""Two viewers on two phones: the code on one, the confirmation on the other, and the way back."""

import re
from urllib.parse import urlsplit

import pytest

from tests.asking import granted
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer, make_page
from tests.desk import browser_of
from tests.site import words_of
from webapp.domain.companion import WAIT
from webapp.domain.role import Role
from webapp.storage.accounts import Attempt, Session
from webapp.storage.policy import Setting
from webapp.storage.reading import Companion
from webapp.storage.requests import Grant
from webapp.web import squares

POLL = {"HX-Request": "true", "HX-Poll": "true"}


@pytest.fixture
def page(site):
    Setting.update(value="strict").where(Setting.name == "preset").execute()
    return make_page(make_material(make_dossier("钱强丽"), "4-1", "高等学校毕业生登记表"), "姓名 钱强丽")


@pytest.fixture
def reader(site, page):
    actor = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    granted(actor, page.material)
    return browser_of(site, actor)


@pytest.fixture
def second(site, page):
    return browser_of(site, make_officer(Role.OFFICIAL, lookup=ELSEWHERE))


def invited(reader, page):
    place = f"/materials/{page.material.public_id}/second"
    assert reader.get(f"/materials/{page.material.public_id}").headers["Location"] == place
    assert "须两人在场" in words_of(reader.get(place).text)
    assert reader.post(place).status_code == 303
    shown = words_of(reader.get(place).text)
    return re.search(r"\b(\d{4} \d{4})\b", shown)[1]


def image(browser, page):
    return browser.get(f"/materials/{page.material.public_id}/pages/1/image").status_code


def test_from_the_code_to_the_page_and_until_the_second_leaves(site, page, reader, second):
    place = f"/materials/{page.material.public_id}"
    code = invited(reader, page)
    assert image(reader, page) == 403
    assert "HX-Refresh" not in reader.get(f"{place}/second", headers=POLL).headers
    assert "同阅" in words_of(second.get("/").text)
    seen = second.post("/join", {"joining": code}, seen="/join")
    assert seen.status_code == 200
    for words in ("钱强丽", "某某", "事由"):
        assert words in words_of(seen.text)
    Session.update(proved_at=None).execute()
    unproven = second.post("/join/confirm", {"joining": code}, seen="/join")
    assert (unproven.status_code, Companion.get().officer) == (422, None)
    Attempt.delete().execute()
    Session.update(proved_at=site.now).execute()
    assert second.post("/join/confirm", {"joining": code}, seen="/join").status_code == 303
    assert "正在同阅" in words_of(second.get("/join").text)
    assert reader.get(f"{place}/second", headers=POLL).headers["HX-Refresh"] == "true"
    assert reader.get(f"{place}/second").headers["Location"] == place
    assert "同阅 某某" in words_of(reader.get(place).text)
    assert image(reader, page) == 200
    assert reader.get(f"{place}/pages/1/text").status_code == 200
    assert second.post(f"/join/{Companion.get().public_id}/leave", seen="/join").status_code == 303
    assert image(reader, page) == 403
    closed = reader.get(f"{place}/pages/1/text")
    assert (closed.status_code, f"{place}/second" in closed.text) == (403, True)
    assert reader.post(f"{place}/beat").status_code == 403
    assert reader.get(place).status_code == 303


def test_the_code_stands_in_no_address_that_a_server_sees(site, page, reader, second, monkeypatch):
    drawn, squared = squares.drawn, []
    monkeypatch.setattr(squares, "drawn", lambda text: squared.append(text) or drawn(text))
    code = invited(reader, page).replace(" ", "")
    address = urlsplit(squared[-1])
    assert (address.path, address.query, address.fragment) == ("/join", "", code)
    form = second.get(f"/join?code={code}").text
    assert code not in form
    assert 'id="code"' in form  # which js/check.js fills in
    assert 'id="number"' not in form
    assert "js/check" in form


def test_signing_out_of_the_second_closes_the_pages(site, page, reader, second):
    code = invited(reader, page)
    Session.update(proved_at=site.now).execute()
    second.post("/join/confirm", {"joining": code}, seen="/join")
    assert image(reader, page) == 200
    second.post("/logout", seen="/join")
    assert image(reader, page) == 403


def test_a_wrong_or_old_code_is_told_and_kept_in_the_field(site, page, reader, second):
    code = invited(reader, page)
    wrong = second.post("/join", {"joining": "12345678"}, seen="/join")
    assert (wrong.status_code, "没有这个同阅码" in words_of(wrong.text), "12345678" in wrong.text) == (
        422,
        True,
        True,
    )
    site.now += WAIT
    assert second.post("/join", {"joining": code}, seen="/join").status_code == 422
    late = second.post("/join/confirm", {"joining": code}, seen="/join")
    assert (late.status_code, Companion.get().officer) == (422, None)
    place = f"/materials/{page.material.public_id}/second"
    assert reader.get(place, headers=POLL).headers["HX-Refresh"] == "true"
    assert "须两人在场" in words_of(reader.get(place).text)


def test_the_own_phone_of_the_reader_is_no_second(site, page, reader):
    code = invited(reader, page)
    answer = reader.post("/join", {"joining": code}, seen="/join")
    assert (answer.status_code, "另一个人" in words_of(answer.text)) == (422, True)


def test_where_no_second_is_needed_the_page_leads_back(site, page, reader):
    Setting.update(value="standard").where(Setting.name == "preset").execute()
    Grant.update(is_for_two=False).execute()
    place = f"/materials/{page.material.public_id}"
    assert reader.get(place).status_code == 200
    assert reader.get(f"{place}/second").headers["Location"] == place
    assert reader.post(f"{place}/second").status_code == 409
