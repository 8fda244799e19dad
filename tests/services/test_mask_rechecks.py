"""Pages read under older finding rules are searched anew: what is found is covered, what people decided stays."""

import pytest

from tests.builders import ID_NUMBER, keeper_of, make_dossier, make_material, make_page
from tests.moment import NOW
from webapp.domain import mask_rules
from webapp.domain.disclosure import Rendition
from webapp.domain.errors import Conflict
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.services import audit, jobs, mask_rechecks, masks
from webapp.services.masks import Drawn
from webapp.storage.jobs import Job
from webapp.storage.masking import DismissedFinding
from webapp.storage.pages import Mask, Page
from webapp.vault.vault import vault

BY_HAND = Drawn(Kind.ADDRESS, Box(50, 900, 400, 950))


@pytest.fixture
def page(archive) -> Page:
    """A page with an ID number that the machine found."""
    made = make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"),
        "姓名 张三 性别 男",
        f"身份证号 {ID_NUMBER}",
        "籍贯 云梧 政治面貌 党员",
    )
    Job.delete().execute()
    return made


def checked(page: Page, *boxes: Drawn) -> Page:
    """The page as a keeper left it."""
    keeper = keeper_of(page.material.dossier)
    done = masks.verify(keeper, page.public_id, boxes, revision=page.mask_revision, now=NOW)
    Job.delete().execute()
    return done


def kept(page: Page) -> list[Drawn]:
    return [Drawn(found.kind, found.box) for found in masks.findings_of(page)]


def made_older(page: Page, *, without_boxes: bool) -> Page:
    """As rules would have left it that were older, and found nothing."""
    Page.update(mask_rules=mask_rules.REVISION - 1).where(Page.id == page.id).execute()
    if without_boxes:
        Mask.delete().where((Mask.page == page) & Mask.rule.not_in(list(masks.BY_HAND))).execute()
    return Page.get_by_id(page.id)


def rechecked(page: Page) -> Page:
    assert mask_rechecks.queue(now=NOW) == 1
    assert mask_rechecks.work_one(now=NOW)
    assert not mask_rechecks.work_one(now=NOW)
    after = Page.get_by_id(page.id)
    assert after.mask_rules == mask_rules.REVISION
    return after


def newest(action: str) -> dict | None:
    return next((entry for entry in audit.entries() if entry["action"] == action), None)


def test_a_page_that_was_read_is_up_to_date(page):
    assert page.mask_rules == mask_rules.REVISION
    assert mask_rechecks.queue(now=NOW) == 0
    assert newest("masks:recheck-queued") is None
    assert mask_rechecks.progress() == mask_rechecks.Progress(total=1, done=1, failed=0)


def test_what_the_new_rules_find_is_covered_in_text_and_index_too(page):
    found = masks.findings_of(page)
    older = made_older(page, without_boxes=True)
    after = rechecked(older)
    assert masks.findings_of(after) == found
    assert (after.mask_state, after.mask_revision) == ("auto", older.mask_revision + 1)
    assert ID_NUMBER not in masks.read_text(after, Rendition.MASKED)
    assert [job.record for job in Job.select().where(Job.kind == "index")] == [f"page:{page.id}"]
    assert newest("masks:recheck-queued")["details"] == {"pages": 1, "rules": mask_rules.REVISION}
    assert newest("mask:rechecked")["details"] == {
        "rules": mask_rules.REVISION, "added": len(found), "removed": 0, "mask_state": "auto",
    }  # fmt: skip


@pytest.mark.parametrize("is_checked", [False, True])
def test_nothing_new_changes_nothing_but_the_number_of_the_rules(page, is_checked):
    before = checked(page, *kept(page)) if is_checked else page
    after = rechecked(made_older(before, without_boxes=False))
    assert after.mask_state == before.mask_state
    assert after.mask_revision == before.mask_revision
    assert Job.select().where(Job.kind == "index").count() == 0
    assert newest("mask:rechecked") is None


def test_a_checked_page_that_gains_a_box_is_covered_at_once_and_waits_again(page):
    found = masks.findings_of(page)
    done = checked(page, *kept(page), BY_HAND)
    after = rechecked(made_older(done, without_boxes=True))
    assert after.mask_state == "withheld"
    assert after.unsure == mask_rechecks.NEWLY_FOUND
    assert after.verified_by == done.verified_by, "who checked it before is still known"
    assert {*masks.findings_of(after)} == {*found, *masks.findings_of(done)}
    assert (
        Mask.select().where((Mask.page == page) & (Mask.rule == "drawn")).get().drawn_by == done.verified_by
    )
    assert Job.select().where(Job.kind == "index").count() == 1


def test_what_a_keeper_took_away_is_no_news(page):
    done = checked(page, BY_HAND)
    assert DismissedFinding.select().count() == 1
    after = rechecked(made_older(done, without_boxes=False))
    assert (after.mask_state, kept(after)) == ("verified", [BY_HAND])


def test_a_box_of_the_same_place_but_another_kind_is_news(page):
    done = checked(page, BY_HAND)
    DismissedFinding.update(kind="phone").execute()
    assert rechecked(made_older(done, without_boxes=False)).mask_state == "withheld"


def test_a_new_box_that_sticks_out_by_a_digit_is_news(page):
    [found] = masks.findings_of(page)
    box = found.box
    cut = Drawn(found.kind, Box(box.left, box.top, box.right - 12, box.bottom))
    done = checked(page, cut)
    DismissedFinding.delete().execute()
    assert rechecked(made_older(done, without_boxes=False)).mask_state == "withheld"


def test_boxes_by_hand_on_a_page_that_waits_stay_and_it_goes_on_waiting(page):
    Page.update(mask_state="withheld", unsure="整页识别把握不足。").execute()
    Mask.create(page=page, kind="phone", left=5, top=5, right=50, bottom=50, rule="copied")
    after = rechecked(made_older(page, without_boxes=True))
    assert {found.rule for found in masks.findings_of(after)} == {"copied", "label:id_number→line"}
    assert (after.mask_state, after.unsure) == ("withheld", "整页识别把握不足。")


def test_a_withheld_page_that_is_sure_now_goes_back_to_the_machine(page):
    Page.update(mask_state="withheld", unsure="整页识别把握不足。").execute()
    after = rechecked(made_older(page, without_boxes=False))
    assert (after.mask_state, after.unsure) == ("auto", "")
    assert Job.select().where(Job.kind == "index").count() == 1


def test_a_page_checked_in_between_is_tried_again(page, monkeypatch):
    older = made_older(page, without_boxes=True)
    mask_rechecks.queue(now=NOW)
    searched = mask_rechecks.survey

    def survey(transcription, **more):
        Page.update(mask_revision=Page.mask_revision + 1).where(Page.id == page.id).execute()
        return searched(transcription, **more)

    monkeypatch.setattr(mask_rechecks, "survey", survey)
    with pytest.raises(Conflict):
        mask_rechecks.work_one(now=NOW)
    assert masks.findings_of(page) == []
    assert Page.get_by_id(page.id).mask_rules < mask_rules.REVISION
    assert Job.get(Job.kind == mask_rechecks.KIND).state == "waiting"
    monkeypatch.undo()
    assert mask_rechecks.work_one(now=NOW)
    after = Page.get_by_id(page.id)
    assert (after.mask_rules, after.mask_revision) == (mask_rules.REVISION, older.mask_revision + 2)


def test_a_page_whose_text_does_not_open_is_withheld_and_tried_again_at_the_next_start(page):
    made_older(page, without_boxes=False)
    vault.blobs.delete(page.transcription.blob_id)
    mask_rechecks.queue(now=NOW)
    assert mask_rechecks.work_one(now=NOW)
    after = Page.get_by_id(page.id)
    assert (after.mask_state, after.unsure) == ("withheld", mask_rechecks.UNREADABLE)
    assert mask_rechecks.progress() == mask_rechecks.Progress(total=1, done=0, failed=1)
    assert newest("mask:rechecked")["decision"] == "error"
    assert mask_rechecks.queue(now=NOW) == 1
    assert Job.select().where((Job.kind == mask_rechecks.KIND) & (Job.state == "failed")).count() == 0


def test_what_is_queued_is_not_queued_twice_and_unchecked_pages_go_first(page):
    second = make_page(page.material)
    checked(page, *kept(page))
    for each in (page, second):
        made_older(each, without_boxes=False)
    assert mask_rechecks.queue(now=NOW) == 2
    assert mask_rechecks.queue(now=NOW) == 0
    first = jobs.claim([mask_rechecks.KIND], now=NOW)
    assert first.record == str(second.id)
    assert mask_rechecks.queue(now=NOW) == 0


def test_a_page_that_went_away_ends_its_job(page):
    made_older(page, without_boxes=False)
    mask_rechecks.queue(now=NOW)
    Job.update(record="999999").execute()
    assert mask_rechecks.work_one(now=NOW)
    assert jobs.counts() == {"done": 1}
