"""Taking one's own dossier along: what is shown, marked, bounded, and written down before it goes."""

from io import BytesIO

import pytest
from PIL import Image

from tests.builders import ID_NUMBER, UNIT, able, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, fact_answers, facts, own_export
from webapp.services.fact_answers import Finding
from webapp.services.facts import Wanted
from webapp.storage.facts import FactQuery
from webapp.storage.pages import Page


@pytest.fixture
def page(archive):
    return make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), "姓名 张三", f"身份证号 {ID_NUMBER}"
    )


@pytest.fixture
def owner(page):
    return make_officer(Role.INDIVIDUAL, subject=page.material.dossier.subject)


def export(owner, *materials):
    return own_export.export(owner, [one.public_id for one in materials], now=NOW)


def actions():
    return [entry["action"] for entry in audit.entries(limit=20)]


def test_the_pages_are_those_the_viewer_shows_and_each_is_logged(owner, page):
    made = export(owner, page.material)
    (sent,) = made.pages
    assert Image.open(BytesIO(sent.jpeg)).format == "JPEG"
    delivered = next(entry for entry in audit.entries(limit=20) if entry["action"] == "page:delivered")
    assert (delivered["details"]["rendition"], delivered["viewing"]) == ("own", made.number)
    assert "own:exported" in actions()


def test_without_pages_it_is_the_catalogue_and_the_viewings(owner):
    made = export(owner)
    assert (made.pages, made.number) == ([], "")
    assert [line.material.title for line in made.catalogue.lines] == ["干部履历表"]
    assert "page:delivered" not in actions()


def test_it_holds_who_was_told_facts_and_says_so_in_the_log(owner, page):
    dossier = page.material.dossier
    keeper, asker = able(Role.ARCHIVIST, custody=UNIT), make_officer(Role.OFFICIAL, lookup=UNIT)
    wanted = Wanted(frozenset({"birth"}), "任前核对", "2", certificate=False)
    query = facts.ask(asker, dossier.public_id, wanted, now=NOW)
    fact_answers.note(keeper, query.public_id, "birth", Finding("absent"), now=NOW)
    version = FactQuery.get_by_id(query.id).version
    fact_answers.answer(keeper, query.public_id, version=version, now=NOW)
    (learnt,) = export(owner).learnt
    assert (learnt.name, learnt.told.facts) == (asker.person.name, "出生日期")
    assert "facts:accounted" in actions()


def test_a_page_that_waits_for_its_masks_stays_behind_with_the_reason(owner, page):
    Page.update(mask_state="withheld").execute()
    (left,) = export(owner, page.material).pages
    assert left.jpeg == b""
    assert "核对" in left.reason
    assert "page:delivered" not in actions()


def test_it_is_bounded(owner, page, monkeypatch):
    monkeypatch.setattr(own_export, "MOST_PAGES", 0)
    with pytest.raises(Invalid, match="最多导出"):
        export(owner, page.material)
    assert not {"own:exported", "page:delivered"} & set(actions())


def test_nothing_but_what_is_open_to_the_person_goes_out(owner, page):
    sanction = make_page(make_material(page.material.dossier, "8", "关于给予警告处分的决定")).material
    with pytest.raises(Refused):
        export(owner, sanction)
    hidden = make_page(make_material(page.material.dossier, "5", "考察材料")).material
    others = make_page(make_material(make_dossier("李四"), "1", "干部履历表")).material
    for one in (hidden, others):
        with pytest.raises(NotFound):
            export(owner, page.material, one)
    with pytest.raises(Refused):
        export(make_officer(Role.OFFICIAL, lookup="市财政局"), page.material)
    assert not {"own:exported", "page:delivered"} & set(actions())
