"""The main line: a phrase that is only in a scan is found on a phone, and its page read masked, marked and logged."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ocr_worker.reading import ReaderProcess
from tests.e2e import visits
from tests.e2e.browsing import Browsing, account, new_official, sign_in
from tests.e2e.eyes import seen
from tests.e2e.papers import OTHER, OWN, canaries, leaked, truth
from tests.e2e.service import Service
from webapp.services import audit
from webapp.storage.database import database

PHRASE = "恳请党组织批评帮助"
RESUME, APPOINTMENT = "干部履历表", "干部任免审批表"
SECRET_PAGES = ((OWN, RESUME, 2), (OWN, RESUME, 4), (OTHER, APPOINTMENT, 1), (OTHER, APPOINTMENT, 2))


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess() as held:
        yield held


def newest(action: str) -> dict[str, Any]:
    """The newest entry of the log of this kind."""
    with database.connection_context():
        return next(entry for entry in audit.entries(limit=500) if entry["action"] == action)


def test_a_phrase_that_is_only_in_a_scan_is_found_and_read(read: Service, browsing: Browsing) -> None:
    assert PHRASE in truth(OWN, "思想汇报", 1)
    context = browsing.stranger()
    page = context.new_page()
    sign_in(page, browsing, new_official("纪长风"))
    page.get_by_role("searchbox").fill(PHRASE)
    page.get_by_role("searchbox").press("Enter")
    hit = page.get_by_role("link", name=re.compile(f"{OWN.name} · 思想汇报.*第 1 页"))
    expect(hit.locator("mark").first).to_be_visible()
    assert PHRASE not in page.url
    assert "".join(hit.locator("mark").all_inner_texts()) in PHRASE
    hit.click()
    expect(page.get_by_role("heading", name="查阅事由")).to_be_visible()
    page.get_by_role("button", name="开始查阅").click()
    expect(page.get_by_role("alert")).to_contain_text("事由")
    visits.state_purpose(page)
    image = page.get_by_role("img", name="第 1 页")
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('#pg1 img').naturalWidth > 0")
    number = newest("viewing:opened")["viewing"]
    expect(page.get_by_role("banner")).to_contain_text(f"查阅号 {number}")
    assert newest("page:delivered")["viewing"] == number
    context.close()


def test_the_purpose_is_asked_once_a_sitting(read: Service, official: Page) -> None:
    resume = visits.material_id(OWN.dossier_number, RESUME)
    visits.read(official, resume, 2)
    official.goto(f"/materials/{visits.material_id(OWN.dossier_number, '思想汇报')}")
    expect(official.get_by_role("region", name="原件")).to_be_visible()


@pytest.mark.parametrize(
    ("media_type", "sizes"),
    [
        ("image/jpeg", ("full", "full", "full", "full")),  # as sharp as anybody gets it
        ("image/avif", ("full", "page", "page", "page")),
        ("image/webp", ("full", "page", "page", "page")),
    ],
)
def test_a_served_page_is_marked_and_holds_no_secret(
    read: Service, official: Page, reader: ReaderProcess, media_type: str, sizes: tuple[str, ...]
) -> None:
    for (person, title, number), size in zip(SECRET_PAGES, sizes, strict=True):
        material = visits.material_id(person.dossier_number, title)
        visits.read(official, material, number)
        text = seen(visits.picture(official, material, number, media_type, size), reader)
        assert leaked(person, text) == set(), f"{title} {number}"
        if size == "full":  # strangers' eyes need the larger picture for so faint a mark
            assert account("chadang").name in text
            assert newest("page:delivered")["viewing"] in text


def test_the_same_eyes_see_the_secrets_where_nothing_is_masked(
    read: Service, archivist: Page, reader: ReaderProcess
) -> None:
    resume = visits.material_id(OWN.dossier_number, RESUME)
    visits.read(archivist, resume, 2)
    text = seen(visits.picture(archivist, resume, 2), reader)
    assert OWN.id_number in text
    assert OWN.phone in text
    assert account("dangan").name in text


def test_a_page_is_in_the_log_before_it_is_on_the_phone(read: Service, official: Page) -> None:
    resume = visits.material_id(OWN.dossier_number, RESUME)
    visits.read(official, resume, 2)
    before = newest("page:delivered")
    visits.picture(official, resume, 3)
    after = datetime.now(UTC)
    entry = newest("page:delivered")
    assert entry["seq"] > before["seq"]
    assert datetime.fromisoformat(entry["at"]) < after
    assert (entry["role"], entry["decision"], entry["reason"]) == ("official", "allow", "scope")


def test_no_secret_is_in_anything_an_official_can_reach(read: Service, official: Page) -> None:
    for person in (OWN, OTHER):
        visits.read(
            official, visits.material_id(person.dossier_number, RESUME if person is OWN else APPOINTMENT), 2
        )
    for words in ("云梧市", OWN.name, OTHER.name, "家庭主要成员", "身份证号码"):
        visits.search(official, words)
    answers = visits.everything_linked(official, "/", "/search", "/account")
    assert sum("/pages/" in address for address in answers) >= 8
    assert sum(address.startswith("/search/") for address in answers) >= 5
    for address, answer in answers.items():
        said = f"{address}\n{answer.headers}\n{visits.beside_pixels(answer)}"
        assert leaked(OWN, said) | leaked(OTHER, said) == set(), address


def test_searching_a_secret_finds_nothing(read: Service, official: Page) -> None:
    for secret in (OWN.id_number, OWN.phone, OWN.address, OWN.relatives[0].name, OWN.id_number[:10]):
        visits.search(official, secret)
        expect(official.get_by_role("heading", name="没有找到")).to_be_visible()
    official.goto("/search")
    official.get_by_role("button", name="清空").click()
    expect(official.get_by_role("list", name="最近查找")).to_have_count(0)


def test_what_needs_an_approval_is_neither_named_nor_found(read: Service, official: Page) -> None:
    official.goto(f"/dossiers/{visits.dossier_id(OWN.dossier_number)}/catalogue")
    expect(official.get_by_role("main")).not_to_contain_text("处分的决定")
    visits.search(official, "政务记过处分的决定")
    expect(official.locator("#results")).not_to_contain_text(OWN.name + " · 关于")
    sanction = visits.material_id(OWN.dossier_number, f"关于给予{OWN.name}同志政务记过处分的决定")
    for address in (f"/materials/{sanction}", f"/materials/{sanction}/pages/1/image"):
        answer = official.request.get(address)
        assert answer.status in (403, 404)
        assert leaked(OWN, answer.text()) == set()
    assert newest("access:refused")["decision"] == "deny"


def test_turning_the_phone_stays_on_the_page(read: Service, official: Page) -> None:
    visits.read(official, visits.material_id(OWN.dossier_number, RESUME), 3)
    for width, height in ((839, 412), (412, 839), (1280, 800), (412, 839)):
        official.set_viewport_size({"width": width, "height": height})
        expect(official.locator("#pg3")).to_be_in_viewport(ratio=0.2)
        expect(official.locator("[data-number]").first).to_have_text("3")
        expect(official).to_have_url(re.compile("#pg3$"))


def test_the_canaries_are_no_words_of_the_roster() -> None:
    everyone = {OWN.name, OTHER.name}
    assert canaries(OWN) & everyone == set()
    assert any(len(piece) < 6 for piece in canaries(OWN)), "relatives count"
