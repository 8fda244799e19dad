"""Reading pages: purpose first, the log before the first byte, and a right that is looked at each time."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from tests.builders import (
    ELSEWHERE,
    ID_NUMBER,
    PAGE_WIDTH,
    UNIT,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.page_width import READING_PX, THUMBNAIL_PX
from webapp.domain.role import Role
from webapp.services import audit, readable, viewings
from webapp.storage.accounts import Recusal, Scope
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing


@pytest.fixture
def page(archive):
    material = make_material(make_dossier("张三"), "1", "干部履历表")
    return make_page(material, "姓名 张三 性别 男", f"身份证号 {ID_NUMBER}", "籍贯 云梧 政治面貌 党员")


@pytest.fixture
def official(page):
    return make_officer(Role.OFFICIAL, lookup=UNIT)


def begin(actor, page, purpose: str = "2"):
    return viewings.begin(actor, page.material.public_id, purpose, now=NOW)


def deliver(actor, page, *, number: int = 1, width_px: int = READING_PX):
    material_id = page.material.public_id
    return viewings.deliver(actor, material_id, number, width_px=width_px, accept="image/jpeg", now=NOW)


def actions() -> list[str]:
    return [entry["action"] for entry in audit.entries(limit=100)]


def test_no_page_without_a_purpose(official, page):
    with pytest.raises(Conflict, match="事由"):
        deliver(official, page)
    with pytest.raises(Invalid):
        begin(official, page, "9")
    assert Viewing.select().count() == 0
    assert not {"page:delivered", "viewing:opened"} & set(actions())


def test_each_page_delivered_is_logged_with_viewing_purpose_and_rule(official, page):
    viewing = begin(official, page)
    assert Image.open(BytesIO(deliver(official, page).content)).width == PAGE_WIDTH
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"], entry["viewing"]) == (
        "page:delivered",
        page.public_id,
        viewing.number,
    )
    assert (entry["purpose"], entry["reason"]) == ("2", "scope")
    assert entry["details"] == {"rendition": "masked", "width": READING_PX}


def test_a_page_that_cannot_be_logged_is_not_delivered(official, page, monkeypatch):
    begin(official, page)

    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="No space"):
        deliver(official, page)


def test_one_purpose_serves_a_dossier_for_the_sitting_and_the_role(official, page):
    viewing = begin(official, page)
    other = make_page(make_material(page.material.dossier, "2", "自传"))
    assert viewings.begin(official, other.material.public_id, "4", now=NOW) == viewing
    another_sitting = make_officer(Role.OFFICIAL, lookup=UNIT)
    assert readable.viewing_of(another_sitting, page.material.dossier) is None
    assert readable.viewing_of(replace(official, role=Role.ARCHIVIST), page.material.dossier) is None
    with pytest.raises(Conflict):
        deliver(another_sitting, page)


def test_a_number_stands_for_one_viewing_and_can_be_read_off_a_photo(official, page):
    numbers = {begin(make_officer(Role.OFFICIAL, lookup=UNIT), page).number for _ in range(20)}
    assert len(numbers) == 20
    assert all(len(n) == 8 and n[0] == "V" and not set(n) & set("ILOU") for n in numbers)


def test_keepers_and_individuals_state_no_purpose(page):
    dossier = page.material.dossier
    assert begin(keeper_of(dossier), page, "").purpose == "keep"
    assert begin(make_officer(Role.INDIVIDUAL, subject=dossier.subject), page, "").purpose == "own"


def those_without_a_right(page):
    subject = page.material.dossier.subject
    yield make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    yield make_officer(Role.OFFICIAL, lookup=UNIT, subject=subject)
    yield make_officer(Role.OFFICIAL, lookup=UNIT, recused_from=subject)
    yield make_officer(Role.ARCHIVIST, custody=ELSEWHERE)
    yield make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject)
    yield make_officer(Role.APPROVER)
    yield make_officer(Role.INDIVIDUAL)
    for role in (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR):
        yield make_officer(role, lookup=UNIT, custody=UNIT)


def test_who_has_no_right_gets_no_page_and_does_not_learn_how_many_there_are(page):
    for actor in those_without_a_right(page):
        for act in (
            lambda a: begin(a, page),
            lambda a: deliver(a, page),
            lambda a: deliver(a, page, number=99),
            lambda a: deliver(a, page, width_px=THUMBNAIL_PX),
            lambda a: viewings.text(a, page.material.public_id, 1, now=NOW),
            lambda a: viewings.open_material(a, page.material.public_id, at=NOW),
            lambda a: viewings.looked_at(a, page.material.public_id, 1, seconds=5, now=NOW),
        ):
            with pytest.raises(Refused):
                act(actor)
    assert not {"page:delivered", "viewing:opened", "page:viewed"} & set(actions())


def test_a_right_that_ends_in_the_middle_of_a_viewing_ends_the_viewing(official, page):
    begin(official, page)
    deliver(official, page)
    Recusal.create(officer=official.person, subject=page.material.dossier.subject, relation="配偶")
    for act in (deliver, lambda a, p: viewings.looked_at(a, p.material.public_id, 1, seconds=5, now=NOW)):
        with pytest.raises(Refused):
            act(official, page)
    Recusal.delete().execute()
    Scope.delete().execute()
    with pytest.raises(Refused):
        deliver(official, page)


def test_a_withheld_page_is_for_its_keeper_alone(official, page):
    begin(official, page)
    Page.update(mask_state="withheld").where(Page.id == page.id).execute()
    own = make_officer(Role.INDIVIDUAL, subject=page.material.dossier.subject)
    begin(own, page)
    for actor in (official, own):
        with pytest.raises(Refused, match="核对"):
            deliver(actor, page)
        with pytest.raises(Refused, match="核对"):
            viewings.text(actor, page.material.public_id, 1, now=NOW)
    begin(keeper := keeper_of(page.material.dossier), page)
    assert deliver(keeper, page).content


def test_the_text_of_a_page_is_masked_as_its_image_is(official, page):
    begin(official, page)
    shown = "\n".join(viewings.text(official, page.material.public_id, 1, now=NOW))
    assert "云梧" in shown
    assert ID_NUMBER not in shown
    begin(keeper := keeper_of(page.material.dossier), page)
    assert ID_NUMBER in "\n".join(viewings.text(keeper, page.material.public_id, 1, now=NOW))
    delivered = next(audit.entries(limit=1))
    assert (delivered["action"], delivered["details"]["form"]) == ("page:delivered", "text")


def test_what_does_not_exist_is_not_found(official, page):
    begin(official, page)
    with pytest.raises(NotFound):
        deliver(official, page, number=2)
    with pytest.raises(NotFound):
        viewings.open_material(official, "no-such-material", at=NOW)


def test_how_long_a_page_was_looked_at_is_kept_within_reason(official, page):
    begin(official, page)
    for said, kept in ((-5, 1), (7, 7), (10**9, viewings.LONGEST_LOOK_S)):
        viewings.looked_at(official, page.material.public_id, 1, seconds=said, now=NOW)
        assert next(audit.entries(limit=1))["details"] == {"seconds": kept}


def test_recent_viewings_are_of_dossiers_one_may_still_know_of(official, page):
    begin(official, page)
    assert [v.dossier for v in viewings.recent(official)] == [page.material.dossier]
    Recusal.create(officer=official.person, subject=page.material.dossier.subject, relation="配偶")
    assert viewings.recent(official) == []
