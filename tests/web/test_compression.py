import gzip
import re

import pytest
from werkzeug.test import TestResponse

from tests.site import Site, token_in

STYLE = "/static/css/lantai.css"


def fetched(site: Site, path: str, accepted: str = "gzip, deflate, br") -> TestResponse:
    """The answer, read to its end."""
    return site.browser().get(path, headers={"Accept-Encoding": accepted}, buffered=True)


def test_a_page_is_compressed_for_who_takes_it(site):
    plain = fetched(site, "/login", "")
    packed = fetched(site, "/login")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < 0.6 * len(plain.data)
    assert "<h1>登录</h1>" in gzip.decompress(packed.data).decode()


def test_a_static_file_is_the_same_file_compressed(site):
    plain = fetched(site, STYLE + "?v=1", "")
    packed = fetched(site, STYLE + "?v=1")
    assert plain.headers["ETag"]
    assert "ETag" not in packed.headers
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"]


@pytest.mark.parametrize("accepted", ["br", "gzip;q=0", "identity"])
def test_nobody_gets_what_they_did_not_ask_for(site, accepted):
    answer = fetched(site, STYLE, accepted)
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("/*")


@pytest.mark.parametrize("path", ["/static/icons/icon-192.png", "/healthz"])
def test_pictures_and_short_answers_stay_as_they_are(site, path):
    assert "Content-Encoding" not in fetched(site, path).headers


def test_a_file_that_is_not_there_is_still_missing(site):
    answer = fetched(site, "/static/css/none.css")
    assert answer.status_code == 404


def test_the_form_token_reads_differently_in_every_answer_and_holds_in_all(site):
    browser = site.browser()
    seen = {token_in(browser.get("/login").text) for _ in range(5)}
    assert len(seen) == 5
    halves = {token[at : at + 16] for token in seen for at in (0, 64)}
    assert len(halves) == 10
    for token in seen:
        answer = browser.client.post("/login", data={"csrf_token": token, "login": "a", "password": "b"})
        assert answer.status_code == 422, "let through to the form, where the password is wrong"


def test_one_answer_writes_its_token_one_way(site):
    page = fetched(site, "/login", "").text
    assert len(set(re.findall(r"[0-9a-f]{128}", page))) == 1


@pytest.mark.parametrize("forged", ["", "00", "0" * 128, "ff" * 32, "令" * 128, "zz" * 64])
def test_a_made_up_token_is_refused(site, forged):
    browser = site.browser()
    browser.get("/login")
    answer = browser.client.post("/login", data={"csrf_token": forged, "login": "a", "password": "b"})
    assert answer.status_code == 403
