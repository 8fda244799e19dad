"""The queue of pages that wait for a keeper: order, places, and who comes for a page."""

from datetime import timedelta

import pytest

from tests.builders import UNIT, keeper_of, make_dossier, make_material, make_officer, make_page
from tests.moment import NOW
from webapp.domain.role import Role
from webapp.services import audit, mask_queue, masks, viewings
from webapp.storage.masking import AwaitedPage
from webapp.storage.pages import Page
from webapp.storage.policy import Setting


@pytest.fixture
def pages(archive) -> list[Page]:
    """Four withheld pages of four materials, in the order in which they came."""
    dossier = make_dossier("张三")
    return [
        make_page(make_material(dossier, "1", f"履历材料之{n}"), "认不出 的 字", score=0.5) for n in range(4)
    ]


@pytest.fixture
def keeper(pages):
    return keeper_of(pages[0].material.dossier)


def come_for(page: Page, *, minutes: int = 0) -> None:
    """An official opens the material and finds the page withheld."""
    official = make_officer(Role.OFFICIAL, lookup=UNIT)
    viewing = viewings.begin(official, page.material.public_id, "2", now=NOW)
    mask_queue.await_pages(official, viewing, [page], now=NOW + timedelta(minutes=minutes))


def test_pages_somebody_came_for_are_first_by_when_then_the_oldest(pages, keeper):
    come_for(pages[3], minutes=1)
    come_for(pages[2], minutes=2)
    waiting, total = mask_queue.queue(keeper)
    assert (waiting, total) == ([pages[3], pages[2], pages[0], pages[1]], 4)
    assert set(mask_queue.awaited(waiting)) == {pages[2].id, pages[3].id}


def test_a_page_is_come_for_once_however_often(pages, keeper):
    come_for(pages[1], minutes=1)
    come_for(pages[2], minutes=2)
    come_for(pages[1], minutes=3)
    assert mask_queue.queue(keeper)[0][:2] == [pages[1], pages[2]]
    entries = [e["record"] for e in audit.entries() if e["action"] == "page:awaited"]
    assert entries == [pages[2].public_id, pages[1].public_id]


def test_skipping_goes_through_all_of_them_and_begins_anew(pages, keeper):
    come_for(pages[2])
    shown, page = [], mask_queue.queue(keeper)[0][0]
    for _ in range(5):
        place = mask_queue.place_of(keeper, page)
        shown.append((place.number, place.total, page))
        page = place.following
    assert shown == [(1, 4, pages[2]), (2, 4, pages[0]), (3, 4, pages[1]), (4, 4, pages[3]), (1, 4, pages[2])]


def test_a_checked_page_has_no_place_and_the_last_nothing_after_it(pages, keeper):
    for page in pages[:3]:
        masks.verify(keeper, page.public_id, (), revision=page.mask_revision, now=NOW)
    assert mask_queue.place_of(keeper, pages[0]) == mask_queue.Place(None, 1, pages[3])
    assert mask_queue.place_of(keeper, pages[3]) == mask_queue.Place(1, 1, None)
    assert mask_queue.checked_since(keeper, NOW) == 3
    assert mask_queue.checked_since(keeper, NOW + timedelta(seconds=1)) == 0


def test_checking_a_page_ends_the_wait_for_it(pages, keeper):
    come_for(pages[0])
    masks.verify(keeper, pages[0].public_id, (), revision=pages[0].mask_revision, now=NOW)
    assert AwaitedPage.select().count() == 0


def test_where_no_machine_is_trusted_its_pages_wait_too(pages, keeper):
    sure = make_page(pages[0].material)
    assert sure.mask_state == "auto"
    assert mask_queue.queue(keeper)[1] == 4
    Setting.update(value="no").where(Setting.name == "auto_masks").execute()
    assert mask_queue.queue(keeper) == ([*pages, sure], 5)
    assert mask_queue.counts() == {"withheld": 4, "auto": 1}
