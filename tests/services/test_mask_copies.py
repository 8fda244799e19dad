"""Boxes drawn on one page of a form are put on its other waiting pages, which go on waiting."""

from dataclasses import replace

import pytest

from tests.builders import (
    ELSEWHERE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    claimed,
    keeper_of,
    make_dossier,
    make_material,
    send,
    transcription,
)
from tests.builders import picture as drawn_picture
from tests.domain.test_same_form import ruled, scanned
from tests.moment import NOW
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.services import audit, mask_copies, masks, pages
from webapp.services.masks import Drawn
from webapp.storage.jobs import Job
from webapp.storage.pages import Page

FORM = ruled([100, 300, 500, 700, 900], [100, 200, 300, 400, 500])
OTHER_FORM = ruled([100, 400, 500, 700, 900], [100, 200, 350, 400, 500])
PHONE = Drawn(Kind.PHONE, Box(310, 210, 480, 290))


def form_page(material, cells=FORM) -> Page:
    """A page with this ruling; withheld, since hardly anything was read."""
    upload = send(material)
    pages.decoded(claimed("decode", upload.id), upload, 1, now=NOW)
    page = upload.pages.get()
    read = replace(transcription("空 白"), cells=tuple(cells))
    pages.read(claimed("read", page.id), page, drawn_picture("a"), drawn_picture("a"), read, now=NOW)
    return Page.get_by_id(page.id)


def drawn_on(page: Page, *boxes: Drawn) -> int:
    """A keeper draws boxes, releases the page and puts them on the others; on how many."""
    keeper = keeper_of(page.material.dossier)
    masks.verify(keeper, page.public_id, boxes, revision=page.mask_revision, now=NOW)
    return mask_copies.put_on_others(keeper, page, now=NOW)


def boxes_of(page: Page) -> list[tuple[str, str]]:
    return [(found.kind.value, found.rule) for found in masks.findings_of(page)]


@pytest.fixture
def material(archive):
    return make_material(make_dossier("张三"), "3", "2015年度考核登记表")


def test_other_pages_of_the_form_get_the_box_and_go_on_waiting(material):
    page, beside = form_page(material), form_page(material)
    later = form_page(
        make_material(make_dossier("李四"), "3", "2016年度考核登记表"), scanned(FORM, right=30, down=50)
    )
    Job.delete().execute()
    assert drawn_on(page, PHONE) == 2
    for other in (beside, later):
        now = Page.get_by_id(other.id)
        assert (now.mask_state, now.mask_revision) == ("withheld", other.mask_revision + 1)
        assert boxes_of(now) == [("phone", "copied")]
        assert Job.select().where((Job.kind == "index") & (Job.record == f"page:{now.id}")).exists()
    [found] = masks.findings_of(later)
    assert found.box.contains_centre_of(Box(340, 260, 510, 340))
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("mask:copied", later.public_id)
    assert entry["details"] == {"from": page.public_id, "added": 1}


def test_what_is_no_page_of_the_form_or_does_not_wait_gets_nothing(material):
    page = form_page(material)
    elsewhere = make_material(make_dossier("王五", ELSEWHERE), "3", "2015年度考核登记表")
    for other in (
        form_page(material, OTHER_FORM),
        form_page(material, ()),
        form_page(make_material(material.dossier, "1", "干部履历表")),
        form_page(elsewhere),
    ):
        assert boxes_of(other) == []
    assert drawn_on(page, PHONE) == 0
    assert {(p.mask_revision, p.mask_state) for p in Page.select() if p.id != page.id} == {(1, "withheld")}


def test_only_boxes_drawn_by_hand_on_this_page_are_carried_and_none_twice(material):
    page, other, third = form_page(material), form_page(material), form_page(material)
    assert drawn_on(page, PHONE) == 2
    keeper = keeper_of(material.dossier)
    assert mask_copies.put_on_others(keeper, page, now=NOW) == 0
    held = masks.findings_of(other)
    changed = Page.get_by_id(other.id)
    masks.verify(
        keeper, other.public_id, [Drawn(f.kind, f.box) for f in held], revision=changed.mask_revision, now=NOW
    )
    assert boxes_of(other) == [("phone", "copied")]
    assert mask_copies.put_on_others(keeper, other, now=NOW) == 0
    assert boxes_of(third) == [("phone", "copied")]


def test_a_page_without_a_table_has_no_others(material):
    page = form_page(material, ())
    form_page(material, ())
    assert drawn_on(page, PHONE) == 0


def test_a_box_that_covers_the_whole_page_stays_on_the_other(material):
    page, other = form_page(material), form_page(material, scanned(FORM, right=40, down=40))
    assert drawn_on(page, Drawn(Kind.ADDRESS, Box(0, 0, PAGE_WIDTH, PAGE_HEIGHT))) == 1
    [found] = masks.findings_of(other)
    assert (found.box.right, found.box.bottom) == (PAGE_WIDTH, PAGE_HEIGHT)
