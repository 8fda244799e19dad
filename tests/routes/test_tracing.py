"""The security officer's screen: sending a picture, typing a number, and seeing no page."""

import io

import pytest
from werkzeug.test import TestResponse

from tests.builders import UNIT, claimed, make_dossier, make_material, make_officer, make_page, picture
from tests.desk import browser_of
from tests.moment import NOW
from tests.site import Browser, Site, words_of
from webapp.domain.page_width import READING_PX
from webapp.domain.role import Role
from webapp.services import audit, comparing, viewings
from webapp.services.comparing import Answer, Comparison, Finding
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.storage.tracing import Trace
from webapp.web.sign_in import POLL_HEADER

HERE = "/desk/trace"
WORD = "这一句只在页面上"


@pytest.fixture
def page(site: Site) -> Page:
    return make_page(make_material(make_dossier("张三丰"), "1", "干部履历表"), WORD)


@pytest.fixture
def officer(site: Site, page: Page) -> Browser:
    return browser_of(site, make_officer(Role.SECURITY_OFFICER))


def reading(page: Page) -> Viewing:
    reader, material_id = make_officer(lookup=UNIT), page.material.public_id
    viewing = viewings.begin(reader, material_id, "2", now=NOW)
    viewings.deliver(reader, material_id, 1, width_px=READING_PX, accept="", now=NOW)
    return viewing


def sent(browser: Browser, content: bytes | None = None, **form: str) -> TestResponse:
    file = (io.BytesIO(picture("泄露") if content is None else content), "截图.jpg")
    return browser.post(HERE, {"picture": file, **form}, seen=HERE)


def answer_of(trace: Trace, page: Page, viewing: Viewing | None, z: float = 23.4) -> None:
    """What the worker would have found."""
    found = (Finding(page.public_id, viewing.number, z, (1,)),) if viewing else ()
    compared = Comparison(page.public_id, 210, 6000, 3, 3.2)
    comparing.answered(claimed("trace", trace.id), trace, Answer(1, 0, (compared,), found), now=NOW)


def test_a_picture_is_taken_and_its_answer_has_an_address(officer: Browser, page: Page) -> None:
    answer = sent(officer, page=page.public_id)
    assert answer.status_code == 303
    waiting = officer.get(answer.headers["Location"])
    assert "正在比对" in words_of(waiting.text)
    assert 'hx-trigger="every 2s"' in waiting.text


def test_what_came_out_names_the_reader_and_shows_nothing_of_the_page(officer: Browser, page: Page) -> None:
    viewing = reading(page)
    where = sent(officer, page=page.public_id).headers["Location"]
    answer_of(Trace.get(), page, viewing)
    shown = officer.get(where).text
    words = words_of(shown)
    for told in (
        viewing.number,
        viewing.officer.login,
        page.public_id,
        "可作证据",
        "23.4",
        "不到一万亿分之一",
    ):
        assert told in words, told
    assert "every 2s" not in shown
    for kept in ("张三丰", WORD, "干部履历表", "<img"):
        assert kept not in shown, kept


def test_a_hint_is_called_one_and_nobody_is_named_below(officer: Browser, page: Page) -> None:
    viewing = reading(page)
    where = sent(officer).headers["Location"]
    answer_of(Trace.get(), page, viewing, z=5.4)
    assert "仅供参考" in words_of(officer.get(where).text)
    where = sent(officer).headers["Location"]
    answer_of(Trace.select().order_by(Trace.id.desc()).get(), page, None)
    words = words_of(officer.get(where).text)
    assert "对不上" in words
    assert viewing.number not in words


def test_looking_is_logged_once_and_not_at_every_refresh(officer: Browser) -> None:
    where = sent(officer).headers["Location"]
    officer.get(where)
    officer.get(where, headers={POLL_HEADER: "true", "HX-Request": "true"})
    actions = [entry["action"] for entry in audit.entries()]
    assert actions.count("trace:opened") == 1


@pytest.mark.parametrize(
    ("form", "content", "told"),
    [
        ({"page": "no-such-page"}, None, "没有这个页面编号"),
        ({"dossier": "X-9"}, None, "没有这个档案号"),
        ({}, b"<svg/>", "只接收"),
        ({}, b"", "空"),
    ],
)
def test_what_cannot_be_compared_is_said_by_the_field(
    officer: Browser, form: dict[str, str], content: bytes | None, told: str
) -> None:
    answer = sent(officer, content, **form)
    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert Trace.select().count() == 0


def test_no_picture_at_all_is_told(officer: Browser) -> None:
    answer = officer.post(HERE, {}, seen=HERE)
    assert (answer.status_code, "还没有选择图片" in words_of(answer.text)) == (422, True)


def test_a_number_gives_the_viewing_or_says_there_is_none(officer: Browser, page: Page) -> None:
    viewing = reading(page)
    words = words_of(officer.post(f"{HERE}/viewing", {"number": viewing.number}, seen=HERE).text)
    assert viewing.officer.login in words
    assert viewing.dossier.number in words
    assert "张三丰" not in words
    assert "没有这个查阅号" in words_of(
        officer.post(f"{HERE}/viewing", {"number": "V0000000"}, seen=HERE).text
    )
    refused = officer.post(f"{HERE}/viewing", {"number": "张三"}, seen=HERE)
    assert (refused.status_code, "V7K3M9Q2" in words_of(refused.text)) == (422, True)


def test_earlier_traces_are_listed_with_how_they_ended(officer: Browser, page: Page) -> None:
    assert "还没有追查过" in words_of(officer.get(HERE).text)
    sent(officer)
    assert "比对中" in words_of(officer.get(HERE).text)
    answer_of(Trace.get(), page, reading(page))
    assert "可作证据" in words_of(officer.get(HERE).text)
