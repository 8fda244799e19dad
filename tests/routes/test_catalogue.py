"""Describing materials at the desk."""

import io
from urllib.parse import unquote

import pypdfium2
import pytest

from tests.desk import browser_of
from tests.services.cast import actor_in, dossier_of, material_in, pages_in
from tests.site import Browser, Site, words_of
from webapp.domain.role import Role
from webapp.services import audit
from webapp.storage.archive import Dossier, Material
from webapp.storage.pages import Page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def dossier(site: Site) -> Dossier:
    return dossier_of("钱强丽", number="YW-0001")


@pytest.fixture
def keeper(site: Site, dossier: Dossier) -> Browser:
    return browser_of(site, actor_in(Role.ARCHIVIST, custody="市财政局"))


def _new(dossier: Dossier) -> str:
    return f"/desk/dossiers/{dossier.public_id}/catalogue/new"


def _saved(keeper: Browser, dossier: Dossier, **fields: str) -> Material:
    form = {"title": "干部履历表", "category": "1", "formed": "1999.7", "step": "save"} | fields
    answer = keeper.post(_new(dossier), form, seen=_new(dossier))
    assert answer.status_code == 303, words_of(answer.text)
    return Material.select().order_by(Material.id.desc()).get()


def test_a_material_is_added_and_stands_in_the_catalogue(keeper: Browser, dossier: Dossier) -> None:
    material = _saved(keeper, dossier, recorded_pages="4")
    page = keeper.get(f"/desk/dossiers/{dossier.public_id}/catalogue").text
    assert "1 干部履历表 1999.07 未扫 / 目录 4" in words_of(page)
    assert f'href="/desk/intake/{material.public_id}"' in page


def test_faults_come_back_by_their_field_with_what_was_typed(keeper: Browser, dossier: Dossier) -> None:
    form = {"title": "来信", "category": "", "formed": "1999.13", "remark": "附信封"}
    answer = keeper.post(_new(dossier), form, seen=_new(dossier))
    assert answer.status_code == 422
    assert 'id="formed-error"' in answer.text
    assert 'id="category-error"' in answer.text
    assert 'value="附信封"' in answer.text
    assert Material.select().count() == 0


def test_a_category_is_suggested_and_nothing_is_written(keeper: Browser, dossier: Dossier) -> None:
    form = {"title": "入党志愿书", "formed": "昨天", "step": "suggest"}
    part = keeper.post(_new(dossier), form, seen=_new(dossier), headers=HTMX)
    assert part.status_code == 200
    assert part.text.count("<html") == 0
    assert 'value="6" selected' in part.text
    assert "按名称建议放在 六" in part.text
    assert "<html" in keeper.post(_new(dossier), form, seen=_new(dossier)).text
    assert Material.select().count() == 0


def test_one_after_another_goes_back_to_an_empty_form(keeper: Browser, dossier: Dossier) -> None:
    answer = keeper.post(_new(dossier), {"title": "自传", "step": "another"}, seen=_new(dossier))
    assert answer.location == _new(dossier)
    assert Material.get().category == "2"


def test_a_material_is_changed(keeper: Browser, dossier: Dossier) -> None:
    material = _saved(keeper, dossier)
    here = f"/desk/materials/{material.public_id}"
    page = keeper.get(here).text
    assert 'value="1999.07"' in page
    form = {"title": "干部简历表", "category": "1", "formed": "", "copies": "2"}
    assert keeper.post(here, form, seen=here).status_code == 303
    held = Material.get()
    assert (held.title, held.year, held.copies) == ("干部简历表", None, 2)


def test_an_empty_material_is_removed_and_a_scanned_one_cannot_be(keeper: Browser, dossier: Dossier) -> None:
    empty, scanned = _saved(keeper, dossier), material_in(dossier, "2", "自传")
    pages_in(scanned, 1)
    assert "确认删除" in keeper.get(f"/desk/materials/{empty.public_id}").text
    assert "确认删除" not in keeper.get(f"/desk/materials/{scanned.public_id}").text
    assert keeper.post(f"/desk/materials/{empty.public_id}/remove").status_code == 303
    assert keeper.post(f"/desk/materials/{scanned.public_id}/remove").status_code == 409
    assert [material.title for material in Material.select()] == ["自传"]


def test_a_page_is_moved(keeper: Browser, dossier: Dossier) -> None:
    material = material_in(dossier, "1", "履历表")
    first, second = pages_in(material, 2)
    here = f"/desk/materials/{material.public_id}/pages/1/move"
    part = keeper.post(here, {"to": "2"}, headers=HTMX)
    assert part.status_code == 200
    assert 'id="pages"' in part.text
    assert list(Page.select().order_by(Page.number)) == [second, first]
    assert keeper.post(here, {"to": "9"}).status_code == 409
    assert keeper.post(here, {"to": "x"}).status_code == 409


def test_the_printed_catalogue_names_all_in_order_and_nobody_in_its_address(
    keeper: Browser, dossier: Dossier
) -> None:
    material_in(dossier, "8", "处分决定", year=2001, month=3, day=9, recorded_pages=2, remark="复印件")
    material_in(dossier, "1", "干部履历表")
    address = f"/desk/dossiers/{dossier.public_id}/catalogue.pdf"
    answer = keeper.get(address)
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert "filename*=UTF-8''" in disposition
    assert "YW-0001" in unquote(disposition)
    assert "钱强丽" not in unquote(disposition)
    text = pypdfium2.PdfDocument(io.BytesIO(answer.data))[0].get_textpage().get_text_range()
    for words in (
        "干部人事档案目录",
        "序号",
        "材料形成时间",
        "页数",
        "备注",
        "履历类材料",
        "处分决定",
        "2001",
    ):
        assert words in text
    assert text.index("履历类材料") < text.index("处分决定")
    assert next(audit.entries())["action"] == "catalogue:printed"


def test_nobody_but_the_keeper_reaches_the_desk(site: Site, dossier: Dossier) -> None:
    material = material_in(dossier, "1", "履历表")
    own = dossier_of("乙")
    others = (
        actor_in(Role.ARCHIVIST, custody="市教育局"),
        actor_in(Role.ARCHIVIST, custody="市财政局", subject=own.subject, recused_from=dossier.subject),
        actor_in(Role.OFFICIAL, lookup="市财政局"),
        actor_in(Role.INDIVIDUAL, subject=dossier.subject),
        actor_in(Role.SYSTEM_ADMINISTRATOR),
    )
    base = f"/desk/dossiers/{dossier.public_id}/catalogue"
    for actor in others:
        browser = browser_of(site, actor)
        for path in (base, f"{base}.pdf", f"{base}/new", f"/desk/materials/{material.public_id}"):
            assert browser.get(path).status_code == 403, (actor.role, path)
        seen = "/account"
        for path in (f"{base}/new", f"/desk/materials/{material.public_id}/remove"):
            assert browser.post(path, {"title": "自传"}, seen=seen).status_code == 403, (actor.role, path)
    assert Material.select().count() == 1


def test_whoever_looks_at_the_whole_catalogue_at_the_desk_is_written_down(
    keeper: Browser, dossier: Dossier
) -> None:
    assert keeper.get(f"/desk/dossiers/{dossier.public_id}/catalogue").status_code == 200
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("catalogue:read", dossier.public_id)
