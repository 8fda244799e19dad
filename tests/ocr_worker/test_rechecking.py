"""The worker searches pages anew by itself when it starts with newer finding rules."""

from ocr_worker.rechecking import RecheckLane
from tests.builders import ID_NUMBER, make_dossier, make_material, make_page
from tests.moment import NOW
from webapp.domain import mask_rules
from webapp.services import masks
from webapp.storage.jobs import Job
from webapp.storage.pages import Mask, Page


def test_what_was_read_under_older_rules_is_searched_after_a_start(archive):
    material = make_material(make_dossier("张三"), "1", "干部履历表")
    pages = [make_page(material, f"身份证号 {ID_NUMBER}", "籍贯 云梧 政治面貌 党员") for _ in range(2)]
    Mask.delete().execute()
    Page.update(mask_rules=0).execute()
    lane = RecheckLane(lambda: NOW)
    assert [lane.step(), lane.step(), lane.step()] == [True, True, False]
    assert {page.mask_rules for page in Page.select()} == {mask_rules.REVISION}
    assert all(len(masks.findings_of(page)) == 1 for page in pages)


def test_nothing_is_queued_when_the_rules_are_the_same(archive):
    make_page(make_material(make_dossier("张三"), "1", "干部履历表"))
    lane = RecheckLane(lambda: NOW)
    assert not lane.step()
    assert not Job.select().where(Job.kind == "recheck").exists()
