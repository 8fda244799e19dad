"""Files sent at the desk: watched until they are searchable, noticed when they come twice, refused in plain words."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e import visits
from tests.e2e.papers import OTHER, photo, scanned_pdf, unsent
from tests.e2e.service import Service
from webapp.storage.database import database
from webapp.storage.pages import Upload

AWARD, RESUME = "公务员奖励审批表", "干部履历表"
ON_THE_PHOTO, IN_THE_PDF = "提前转移沿江低洼", "按期办结率达到百分之九十九"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHOTO: FilePayload = {
    "name": "IMG_20261122.jpg", "mimeType": "image/jpeg", "buffer": photo(unsent(OTHER, "7")[0]),
}  # fmt: skip


@pytest.fixture
def award(archivist: Page) -> str:
    """The catalogued award form, made when it is first asked for."""
    return _catalogued(archivist, AWARD)


def test_a_photo_and_a_pdf_become_searchable_while_one_watches(
    read: Service, archivist: Page, award: str, say: Callable[[str], None]
) -> None:
    began = time.monotonic()
    visits.send_files(archivist, award, PHOTO)
    expect(visits.upload_of(archivist, PHOTO["name"])).to_contain_text("1 页，已可查找", timeout=120_000)
    photo_s = time.monotonic() - began

    pages = [*unsent(OTHER, "1"), *unsent(OTHER, "3")[:1]]
    assert sum(one.page_count for one in pages) == 5
    pdf: FilePayload = {"name": "履历表.pdf", "mimeType": "application/pdf", "buffer": scanned_pdf(pages)}
    resume = _catalogued(archivist, RESUME)
    began = time.monotonic()
    visits.send_files(archivist, resume, pdf)
    progress = visits.upload_of(archivist, pdf["name"]).get_by_role("progressbar", name="识别")
    expect(progress).to_have_attribute("max", "5")
    expect(visits.upload_of(archivist, pdf["name"])).to_contain_text("5 页，已可查找", timeout=240_000)
    pdf_s = time.monotonic() - began
    read.read_everything()

    for phrase, title in ((ON_THE_PHOTO, AWARD), (IN_THE_PDF, RESUME)):
        visits.search(archivist, phrase)
        hit = archivist.get_by_role("link").filter(has_text=title)
        expect(hit.locator("mark").first).to_be_visible()
    say(f"photo searchable after {photo_s:.1f} s, five-page PDF after {pdf_s:.1f} s")


def test_the_same_file_is_noticed(read: Service, archivist: Page, award: str) -> None:
    visits.send_files(archivist, award, PHOTO)
    expect(archivist.get_by_role("heading", name="已收到的文件")).to_be_visible()
    visits.send_files(archivist, award, PHOTO)
    expect(archivist.get_by_role("main")).to_contain_text(f"{PHOTO['name']} 已经收过，没有重复保存")
    expect(visits.upload_of(archivist, PHOTO["name"])).to_have_count(1)

    visits.offer_files(archivist, _catalogued(archivist, RESUME), PHOTO)
    expect(archivist.locator(".upload-files")).to_contain_text(f"已经放在《{AWARD}》里")


def test_what_is_no_scan_is_refused_in_plain_words_and_the_rest_is_kept(
    read: Service, archivist: Page, award: str
) -> None:
    disguised: FilePayload = {"name": "drawing.jpg", "mimeType": "image/jpeg", "buffer": DRAWING}
    before = uploads()
    visits.offer_files(archivist, award, disguised, PHOTO)
    told = archivist.locator(".upload-files .danger")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("drawing.jpg")
    expect(told).to_contain_text("JPEG、PNG、TIFF")
    expect(archivist.get_by_role("button", name="重新上传 1 个文件")).to_be_enabled()
    assert uploads() - before <= {PHOTO["name"]}
    archivist.goto(f"/desk/intake/{award}")
    expect(visits.upload_of(archivist, PHOTO["name"])).to_be_visible()
    expect(visits.upload_of(archivist, "drawing.jpg")).to_have_count(0)


def test_a_broken_file_says_so_and_can_be_taken_back(read: Service, archivist: Page, award: str) -> None:
    torn: FilePayload = {"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": PHOTO["buffer"][:40_000]}
    visits.send_files(archivist, award, torn)
    card = visits.upload_of(archivist, "torn.jpg")
    expect(card).to_contain_text("没有收下：")
    archivist.goto("/desk/intake")
    expect(archivist.get_by_role("link").filter(has_text="torn.jpg")).to_contain_text("需处理")
    archivist.goto(f"/desk/intake/{award}")
    _withdraw(archivist, "torn.jpg")


def test_a_file_is_withdrawn_after_confirmation_and_found_no_more(
    read: Service, archivist: Page, award: str
) -> None:
    visits.send_files(archivist, award, PHOTO)
    expect(visits.upload_of(archivist, PHOTO["name"])).to_contain_text("1 页，已可查找", timeout=120_000)
    _withdraw(archivist, PHOTO["name"])
    read.read_everything()
    visits.search(archivist, ON_THE_PHOTO)
    expect(archivist.get_by_role("heading", name="没有找到")).to_be_visible()


def uploads() -> set[str]:
    """Names of all files that were received."""
    with database.connection_context():
        return {upload.file_name for upload in Upload.select()}


def _withdraw(page: Page, name: str) -> None:
    card = visits.upload_of(page, name)
    card.get_by_text("撤回这个文件").click()
    card.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_role("heading", name="已收到的文件")).to_be_visible()
    expect(card).to_have_count(0)


def _catalogued(page: Page, title: str) -> str:
    """Public id of this material in the other person's dossier, catalogued when it is not yet."""
    dossier = visits.dossier_id(OTHER.dossier_number)
    page.goto(f"/desk/dossiers/{dossier}/catalogue")
    line = page.get_by_role("link", name=title, exact=True)
    if line.count():
        return (line.get_attribute("href") or "").rpartition("/")[2]
    return visits.catalogue(page, dossier, title)
