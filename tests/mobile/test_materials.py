"""Reading a material in the browser: the purpose first, pages that say why they are not shown, and pages as text."""

import pytest

from tests.accounts import enrolled
from tests.domain.laid_out import id_number
from tests.scans import NUMBER, ORDINARY, RELATIVE, read
from tests.services.cast import dossier_of, material_in, pages_in
from tests.site import Browser, Site, words_of
from webapp.domain.disclosure import MaskState
from webapp.domain.role import Role
from webapp.domain.transcription import Transcription
from webapp.services import audit, masks, pieces, units
from webapp.storage.accounts import Officer, Scope
from webapp.storage.archive import Material, Subject
from webapp.storage.pages import Page


@pytest.fixture
def material(site: Site) -> Material:
    """Five pages: two to be seen, one withheld, one damaged, one not read yet."""
    made = material_in(dossier_of("钱强丽"), "1", "干部履历表")
    first, second, third, fourth, _ = pages_in(made, 5)
    for page in (first, second, third):
        read(page)
    Page.update(mask_state=MaskState.WITHHELD.value).where(Page.id == third.id).execute()
    Page.update(state="damaged").where(Page.id == fourth.id).execute()
    return made


def signed_in(site: Site, role: Role = Role.OFFICIAL, scope: str = "lookup") -> Browser:
    who = enrolled("zhangwei", role)
    if scope:
        Scope.create(officer=who.officer, unit=units.find_or_create("市财政局"), kind=scope)
    browser = site.browser()
    assert browser.sign_in(who).status_code == 303
    return browser


@pytest.fixture
def reader(site: Site, material: Material) -> Browser:
    """An official who has stated the purpose."""
    browser, address = signed_in(site), f"/materials/{material.public_id}"
    assert browser.post(address, {"purpose": "2"}, seen=address).status_code == 303
    return browser


def text_of(material: Material, number: int) -> str:
    return f"/materials/{material.public_id}/pages/{number}/text"


def test_the_purpose_is_asked_once_and_the_wanted_page_opens(site: Site, material: Material) -> None:
    browser, address = signed_in(site), f"/materials/{material.public_id}"
    assert "查阅事由" in browser.get(address + "?page=2").text
    assert browser.post(address, {"purpose": ""}, seen=address).status_code == 422
    answer = browser.post(address, {"purpose": "2", "page": "2"}, seen=address)
    assert answer.location == f"{address}?page=2"
    assert 'data-current="2"' in browser.get(answer.location).text


def test_pages_that_cannot_be_shown_say_why(reader: Browser, material: Material) -> None:
    page = reader.get(f"/materials/{material.public_id}").text
    assert page.count("<img ") == 2
    words = words_of(page)
    for said in (
        "第 3 页 此页的遮挡还需档案管理员核对",
        "第 4 页 这一页没有处理成功",
        "第 5 页 这一页还在处理中",
    ):
        assert said in words


@pytest.mark.parametrize(("number", "status"), [(1, 200), (3, 403), (4, 409), (6, 404)])
def test_an_image_comes_or_is_refused_in_words(
    number: int, status: int, reader: Browser, material: Material
) -> None:
    answer = reader.get(f"/materials/{material.public_id}/pages/{number}/image")
    assert answer.status_code == status
    assert (answer.mimetype == "image/jpeg") is (status == 200)


def test_a_page_as_text_is_masked_as_its_image_is_and_logged(reader: Browser, material: Material) -> None:
    answer = reader.get(text_of(material, 1))
    assert answer.status_code == 200
    assert ORDINARY in answer.text
    assert NUMBER not in answer.text
    assert RELATIVE not in answer.text
    assert "（已遮挡）" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    entry = next(audit.entries())
    assert (entry["action"], entry["purpose"]) == ("page:delivered", "2")
    assert entry["details"] == {"form": "text", "rendition": "masked"}


def test_a_keeper_reads_the_whole_text(site: Site, material: Material) -> None:
    keeper = signed_in(site, Role.ARCHIVIST, "custody")
    keeper.get(f"/materials/{material.public_id}")
    for number in (1, 3):  # withheld from others, not from who keeps it
        answer = keeper.get(text_of(material, number))
        assert NUMBER in answer.text
        assert RELATIVE in answer.text


@pytest.mark.parametrize(("number", "is_shown"), [(NUMBER, True), (id_number(2), False)])
def test_people_read_their_own_number_and_nobody_elses(
    site: Site, material: Material, number: str, is_shown: bool
) -> None:
    dossier = material.dossier
    sealed = pieces.seal_field(dossier, "id_number", number)
    Subject.update(id_number=sealed).where(Subject.id == dossier.subject_id).execute()
    read(Page.get((Page.material == material) & (Page.number == 1)))
    who = enrolled()
    own = {"role_names": "individual", "subject": material.dossier.subject_id}
    Officer.update(**own).where(Officer.id == who.officer.id).execute()
    browser = site.browser()
    assert browser.sign_in(who).status_code == 303
    browser.get(f"/materials/{material.public_id}")
    answer = browser.get(text_of(material, 1))
    assert (NUMBER in answer.text) is is_shown
    assert RELATIVE not in answer.text
    assert next(audit.entries())["details"]["rendition"] == "own"


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (3, 403, "遮挡还需档案管理员核对"),
        (4, 409, "还在处理中"),
        (5, 409, "还在处理中"),
        (6, 404, "没有这一页"),
    ],
)
def test_text_that_may_not_be_read_is_refused_in_words(
    number: int, status: int, said: str, reader: Browser, material: Material
) -> None:
    before = next(audit.entries())["seq"]
    answer = reader.get(text_of(material, number))
    assert (answer.status_code, said in answer.text) == (status, True)
    assert not any(e["action"] == "page:delivered" for e in audit.entries() if e["seq"] > before)


def test_text_needs_a_purpose_too(site: Site, material: Material) -> None:
    answer = signed_in(site).get(text_of(material, 1))
    assert answer.status_code == 409
    assert "请先说明查阅事由" in answer.text


def test_text_outside_the_lookup_scope_is_refused(site: Site, material: Material) -> None:
    assert signed_in(site, scope="").get(text_of(material, 1)).status_code == 403


def test_a_page_without_words_says_so(reader: Browser, material: Material) -> None:
    masks.write_text(Page.get(Page.number == 2), Transcription(1240, 1754, "test"))
    assert "没有读出文字" in reader.get(text_of(material, 2)).text


def test_what_was_on_screen_is_written_down(reader: Browser, material: Material) -> None:
    address = f"/materials/{material.public_id}"
    assert reader.post(f"{address}/viewed", {"page": "1", "seconds": "3"}, seen=address).status_code == 204
    assert next(audit.entries())["details"] == {"seconds": 3}
