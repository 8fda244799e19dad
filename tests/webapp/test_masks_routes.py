"""Checking masks through the pages: who may, what is kept, and which page comes next."""

import json
from dataclasses import replace

import pytest

from tests.accounts import enrolled
from tests.domain.test_same_form import ruled
from tests.moment import NOW
from tests.scans import NUMBER_BOX, RELATIVE, read
from tests.services.cast import dossier_of, material_in, pages_in
from tests.site import Browser, Site, words_of
from webapp.domain.disclosure import MaskState
from webapp.domain.findings import Kind
from webapp.domain.role import Role
from webapp.services import audit, masks, pieces, units
from webapp.storage.accounts import Scope
from webapp.storage.jobs import Job
from webapp.storage.masking import AwaitedPage
from webapp.storage.pages import Mask, Page, PageText

NUMBER = json.dumps({"kind": "id_number", "box": [220, 100, 440, 126]})
DRAWN = json.dumps({"kind": "address", "box": [10, 20, 300, 40]})


@pytest.fixture
def pages(site: Site) -> list[Page]:
    """Three withheld pages of one material, two reasons each."""
    made = pages_in(material_in(dossier_of("钱强丽"), "1", "干部履历表"), 3)
    for page in made:
        read(page)
    withheld = {
        "mask_state": MaskState.WITHHELD.value,
        "unsure": "识别不清的行过多。\n有竖排文字，机器读不可靠。",
    }
    Page.update(**withheld).execute()
    return list(Page.select().order_by(Page.number))


def keeper_of(site: Site, unit: str = "市财政局") -> Browser:
    who = enrolled("zhijian", Role.ARCHIVIST)
    Scope.create(officer=who.officer, unit=units.find_or_create(unit), kind="custody")
    browser = site.browser()
    assert browser.sign_in(who).status_code == 303
    return browser


@pytest.fixture
def keeper(site: Site) -> Browser:
    return keeper_of(site)


def release(keeper: Browser, page: Page, **fields: object):
    address = f"/desk/masks/{page.public_id}"
    form = {"revision": page.mask_revision, "width": page.width_px, "height": page.height_px}
    return keeper.post(address, form | fields, seen=address)


def test_the_list_says_whose_page_waits_and_why_one_reason_a_row(keeper: Browser, pages: list[Page]) -> None:
    shown = keeper.get("/desk/masks").text
    assert "3 页待核对" in shown
    assert shown.count('<span class="mask-reason">') == 6
    assert "钱强丽 干部履历表 · 第 2 页 识别不清的行过多。" in words_of(shown)


def test_an_empty_list_says_so(keeper: Browser) -> None:
    assert "没有待核对的页" in keeper.get("/desk/masks").text


def test_pages_of_others_are_neither_listed_nor_opened(site: Site, pages: list[Page]) -> None:
    other = keeper_of(site, "市教育局")
    assert "没有待核对的页" in other.get("/desk/masks").text
    address = f"/desk/masks/{pages[0].public_id}"
    assert other.get(address).status_code == 403
    assert other.get(address + "/image").status_code == 403
    assert release(other, pages[0]).status_code == 403
    assert Page.get_by_id(pages[0].id).mask_state == "withheld"


def test_a_page_shows_its_boxes_in_words_and_over_the_image(keeper: Browser, pages: list[Page]) -> None:
    shown = keeper.get(f"/desk/masks/{pages[0].public_id}").text
    assert '<rect x="220" y="100" width="220" height="26"/>' in shown
    assert "1. 证件号 · 人工画的 离左边 18%，离上边 6%，宽 18%，高 1%" in words_of(shown)
    image = keeper.get(f"/desk/masks/{pages[0].public_id}/image")
    assert image.mimetype == "image/jpeg"


def test_releasing_keeps_the_checked_and_the_drawn_and_goes_to_the_next(
    keeper: Browser, pages: list[Page]
) -> None:
    answer = release(keeper, pages[1], box=[NUMBER, DRAWN])
    assert (answer.status_code, answer.location) == (303, f"/desk/masks/{pages[2].public_id}")
    page = Page.get_by_id(pages[1].id)
    assert (page.mask_state, page.mask_revision) == ("verified", pages[1].mask_revision + 1)
    assert [(f.kind, f.box) for f in masks.findings_of(page)][1] == (Kind.ID_NUMBER, NUMBER_BOX)
    held = PageText.get(PageText.page == page)
    masked = pieces.unseal_field(page.material.dossier, f"masked:{page.public_id}", held.masked)
    assert RELATIVE in masked  # its box was taken away, so its text is no longer covered either
    assert Job.select().where(Job.kind == "index").count() == 1
    entry = next(audit.entries())
    assert entry["details"] == {"boxes": 2, "added": 1, "removed": 1}


def test_after_the_last_page_the_oldest_comes_and_then_the_list(keeper: Browser, pages: list[Page]) -> None:
    assert release(keeper, pages[2]).location == f"/desk/masks/{pages[0].public_id}"
    assert release(keeper, pages[0]).location == f"/desk/masks/{pages[1].public_id}"
    assert release(keeper, pages[1]).location == "/desk/masks"


def test_a_page_can_be_skipped(keeper: Browser, pages: list[Page]) -> None:
    shown = keeper.get(f"/desk/masks/{pages[0].public_id}").text
    assert f'href="/desk/masks/{pages[1].public_id}">先跳过' in shown
    shown = keeper.get(f"/desk/masks/{pages[2].public_id}").text
    assert f'href="/desk/masks/{pages[0].public_id}">先跳过' in shown


def test_a_box_in_percent_covers_at_least_what_was_asked(keeper: Browser, pages: list[Page]) -> None:
    typed = {"new_left": "10", "new_top": "10", "new_right": "33.3", "new_bottom": "12", "new_kind": "phone"}
    assert release(keeper, pages[0], **typed).status_code == 303
    [found] = masks.findings_of(Page.get_by_id(pages[0].id))
    assert (found.box.left, found.box.top, found.box.right, found.box.bottom) == (124, 175, 413, 211)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"new_left": "10"}, "0 到 100"),
        ({"new_left": "50", "new_top": "1", "new_right": "40", "new_bottom": "9"}, "右边要大于左边"),
        ({"new_left": "nan", "new_top": "1", "new_right": "40", "new_bottom": "9"}, "0 到 100"),
        ({"box": [DRAWN, '{"kind": "phone", "box": [0, 0, 5000, 10]}']}, "页面之外"),
        ({"box": "{}"}, "位置不对"),
        ({"box": '{"kind": "phone", "box": [0, 0, 1e999, 10]}'}, "位置不对"),
        ({"box": "[" * 20_000}, "位置不对"),
        ({"box": '{"kind": "photo", "box": [0, 0, 9, 9]}'}, "位置不对"),
    ],
)
def test_a_box_that_cannot_be_is_told_and_nothing_is_released(
    fields: dict[str, object], said: str, keeper: Browser, pages: list[Page]
) -> None:
    answer = release(keeper, pages[0], **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    page = Page.get_by_id(pages[0].id)
    assert (page.mask_state, len(masks.findings_of(page))) == ("withheld", 2)


def test_a_refused_form_comes_back_with_what_was_drawn(keeper: Browser, pages: list[Page]) -> None:
    answer = release(keeper, pages[0], box=[DRAWN], new_left="200")
    assert answer.text.count('name="box"') == 1
    assert '<rect x="10" y="20"' in answer.text
    assert 'value="200"' in answer.text


def test_a_page_that_somebody_else_released_meanwhile_is_not_overwritten(
    keeper: Browser, pages: list[Page]
) -> None:
    assert release(keeper, pages[0], box=[NUMBER]).status_code == 303
    answer = release(keeper, pages[0], box=[])
    assert answer.status_code == 409
    assert len(masks.findings_of(Page.get_by_id(pages[0].id))) == 1


def test_health_and_pay_are_covered_and_offered_like_every_kind(keeper: Browser, pages: list[Page]) -> None:
    release(keeper, pages[0], box=['{"kind": "salary", "box": [0, 0, 90, 90]}'])
    shown = keeper.get(f"/desk/masks/{pages[0].public_id}").text
    assert 'class="open"' not in shown
    assert 'type="radio" name="kind" value="salary"' in shown


def test_a_box_says_what_found_it(keeper: Browser, pages: list[Page]) -> None:
    for rule, words in (
        ("label:phone→cell", "按栏目名找到"),
        ("second:digits", "第二遍识别"),
        ("new:x", "机器找到"),
    ):
        Mask.update(rule=rule).execute()
        assert words in keeper.get(f"/desk/masks/{pages[0].public_id}").text


def test_the_viewer_of_the_keeper_leads_to_the_masks_of_the_page_and_back(
    keeper: Browser, pages: list[Page]
) -> None:
    material = pages[0].material.public_id
    viewer = keeper.get(f"/materials/{material}?page=2").text
    assert f'href="/desk/materials/{material}/pages/2/mask"' in viewer
    assert keeper.get(f"/desk/materials/{material}/pages/2/mask").location.endswith(pages[1].public_id)
    assert keeper.get(f"/desk/materials/{material}/pages/9/mask").status_code == 404
    assert release(keeper, pages[1]).status_code == 303
    page = Page.get_by_id(pages[1].id)
    assert release(keeper, page).location == f"/materials/{material}?page=2"


def test_who_checked_a_page_and_when_is_said_on_it_and_in_the_list_of_pages(
    keeper: Browser, pages: list[Page]
) -> None:
    release(keeper, pages[0])
    said = f"{Page.get_by_id(pages[0].id).verified_by.name} 2026-"
    assert said in words_of(keeper.get(f"/desk/masks/{pages[0].public_id}").text)
    listed = words_of(keeper.get(f"/desk/materials/{pages[0].material.public_id}").text)
    assert said in listed
    assert "第 2 页 待核对，查阅人看不到" in listed


def test_the_list_says_for_which_page_somebody_waits_and_how_far_one_is(
    keeper: Browser, pages: list[Page]
) -> None:
    AwaitedPage.create(page=pages[2], since=keeper.site.now)
    release(keeper, pages[0])
    shown = words_of(keeper.get("/desk/masks").text)
    assert "已核对 1 页，还有 2 页" in shown
    assert (
        shown.index("第 3 页 识别不清") < shown.index("有人等着看 钱强丽") < shown.index("第 2 页 识别不清")
    )
    assert "待核对 1 / 2" in keeper.get(f"/desk/masks/{pages[2].public_id}").text


def test_a_reader_who_finds_a_page_withheld_puts_it_first(site: Site, pages: list[Page]) -> None:
    who = enrolled("chadang", Role.OFFICIAL)
    Scope.create(officer=who.officer, unit=units.find_or_create("市财政局"), kind="lookup")
    official = site.browser()
    official.sign_in(who)
    Page.update(mask_state="verified").where(Page.id == pages[0].id).execute()
    address = f"/materials/{pages[0].material.public_id}"
    official.get(address)
    assert AwaitedPage.select().count() == 0, "no purpose was stated yet"
    official.post(address, {"purpose": "2"}, seen=address)
    official.get(address)
    assert {row.page_id for row in AwaitedPage.select()} == {pages[1].id, pages[2].id}


def test_boxes_are_put_on_other_pages_when_asked_and_the_next_page_says_on_how_many(
    keeper: Browser, pages: list[Page]
) -> None:
    for page in pages:
        _ruled(page)
    answer = release(keeper, pages[0], box=[DRAWN], elsewhere="yes")
    assert answer.location == f"/desk/masks/{pages[1].public_id}?copied=2"
    shown = keeper.get(answer.location).text
    assert "上一页的框已放到同一表格的 2 页" in shown
    assert "由同一表格的另一页带来" in shown
    assert {page.mask_state for page in Page.select().where(Page.id != pages[0].id)} == {"withheld"}
    answer = release(keeper, Page.get_by_id(pages[1].id), elsewhere="yes")
    assert "没有找到同一表格" in keeper.get(answer.location).text


def _ruled(page: Page) -> None:
    """Give what was read on a page the ruling of a form."""
    read_before = masks.transcription_of(page)
    cells = tuple(ruled([100, 300, 500, 900], [100, 200, 300, 500]))
    written = replace(read_before, cells=cells).to_json()
    page.transcription = pieces.store_text(page.material.dossier, "transcription", written, now=NOW)
    page.save()
