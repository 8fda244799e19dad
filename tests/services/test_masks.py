"""What is covered on a page, checked by its keepers."""

import pytest

from tests.builders import (
    ELSEWHERE,
    ID_NUMBER,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    UNIT,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from webapp.domain.disclosure import Rendition
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.domain.role import Role
from webapp.services import audit, mask_queue, masks, pieces
from webapp.services.masks import MOST_BOXES, Drawn
from webapp.storage.jobs import Job
from webapp.storage.pages import Mask, Page, PageText

ALL_OF_IT = Drawn(Kind.ADDRESS, Box(0, 0, PAGE_WIDTH, PAGE_HEIGHT))


@pytest.fixture
def page(archive):
    return make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"),
        "姓名 张三",
        f"身份证号 {ID_NUMBER}",
        score=0.5,
    )


def verify(page, drawn=(), *, actor=None, revision=None):
    by = actor or keeper_of(page.material.dossier)
    return masks.verify(
        by, page.public_id, drawn, revision=page.mask_revision if revision is None else revision, now=NOW
    )


def text_of(page, which: str) -> str:
    held = PageText.get(PageText.page == page)
    return pieces.unseal_field(page.material.dossier, f"{which}:{page.public_id}", getattr(held, which))


def test_a_verified_page_is_released_under_the_boxes_as_they_were_left(page):
    assert page.mask_state == "withheld"
    keeper = keeper_of(page.material.dossier)
    done = verify(page, [ALL_OF_IT], actor=keeper)
    assert (done.mask_state, done.mask_revision, done.verified_by) == (
        "verified",
        page.mask_revision + 1,
        keeper.person,
    )
    assert [(f.kind, f.box, f.rule) for f in masks.findings_of(done)] == [
        (Kind.ADDRESS, ALL_OF_IT.box, "drawn")
    ]
    assert Job.select().where((Job.kind == "index") & (Job.record == f"page:{page.id}")).exists()


def test_a_box_drawn_by_hand_covers_the_text_too(archive):
    page = make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), "奖惩 情况 记在 这里", "曾受 通报 批评 一次"
    )
    assert "通报" in text_of(page, "masked")
    verify(page, [ALL_OF_IT])
    assert text_of(page, "masked").replace("\n", "") in ("■", "■■")
    assert "通报" in text_of(page, "clear")


def test_boxes_that_were_kept_keep_their_rule_and_the_log_counts_the_others(archive):
    page = make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), f"身份证号 {ID_NUMBER}", "籍贯 云梧 很好"
    )
    found = masks.findings_of(page)
    assert found
    verify(page, [*(Drawn(f.kind, f.box) for f in found), ALL_OF_IT])
    assert {f.rule for f in masks.findings_of(page)} == {"drawn", *(f.rule for f in found)}
    assert next(audit.entries(limit=1))["details"] == {"boxes": len(found) + 1, "added": 1, "removed": 0}


def test_of_two_archivists_who_check_at_once_the_second_is_told(page):
    verify(page)
    with pytest.raises(Conflict, match="刚有变动"):
        verify(page, [ALL_OF_IT])
    assert masks.findings_of(page) == []


@pytest.mark.parametrize(
    "box", [(-1, 0, 5, 5), (0, -1, 5, 5), (0, 0, PAGE_WIDTH + 1, 5), (0, 0, 5, PAGE_HEIGHT + 1)]
)
def test_a_box_off_the_page_is_refused(page, box):
    with pytest.raises(Invalid):
        verify(page, [Drawn(Kind.PHONE, Box(*box))])
    assert Page.get_by_id(page.id).mask_state == "withheld"


def test_too_many_boxes_are_refused(page):
    with pytest.raises(Invalid):
        verify(page, [ALL_OF_IT] * (MOST_BOXES + 1))


def test_only_its_keeper_checks_a_page(page):
    subject = page.material.dossier.subject
    for actor in (
        make_officer(Role.ARCHIVIST, custody=ELSEWHERE),
        make_officer(Role.ARCHIVIST, custody=UNIT, subject=subject),
        make_officer(Role.ARCHIVIST, custody=UNIT, recused_from=subject),
        make_officer(Role.OFFICIAL, lookup=UNIT),
        make_officer(Role.APPROVER),
        make_officer(Role.INDIVIDUAL),
        make_officer(Role.SYSTEM_ADMINISTRATOR, custody=UNIT),
    ):
        with pytest.raises(Refused):
            verify(page, actor=actor)
        with pytest.raises(Refused):
            masks.checkable_page(actor, page.public_id)
        assert mask_queue.queue(actor) == ([], 0)
    assert Page.get_by_id(page.id).mask_state == "withheld"


def test_the_queue_holds_what_waits_in_ones_custody(page):
    other = make_page(
        make_material(make_dossier("李四", ELSEWHERE), "1", "干部履历表"), "认不出 的 字", score=0.5
    )
    waiting, count = mask_queue.queue(keeper_of(page.material.dossier))
    assert (waiting, count) == ([page], 1)
    assert mask_queue.queue(keeper_of(other.material.dossier)) == ([other], 1)
    verify(page)
    assert mask_queue.queue(keeper_of(page.material.dossier)) == ([], 0)


def test_a_page_that_is_not_there_or_not_read_cannot_be_checked(page):
    keeper = keeper_of(page.material.dossier)
    with pytest.raises(NotFound):
        masks.checkable_page(keeper, "no-such-page")
    Page.update(optimised=None).where(Page.id == page.id).execute()
    with pytest.raises(Conflict, match="处理中"):
        masks.checkable_page(keeper, page.public_id)


def test_each_rendition_covers_its_kinds(page):
    Mask.delete().execute()
    for kind in Kind:
        Mask.create(page=page, kind=kind.value, left=0, top=0, right=9, bottom=9, rule="drawn")
    covered = {rendition: {cover.label for cover in masks.covers(page, rendition)} for rendition in Rendition}
    assert covered[Rendition.CLEAR] == set()
    assert covered[Rendition.OWN] == covered[Rendition.MASKED] - {"健康信息", "工资"}
    assert {"证件号", "电话", "住址", "家庭成员", "银行账号", "邮箱"} <= covered[Rendition.MASKED]
