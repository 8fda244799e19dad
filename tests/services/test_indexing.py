"""What of the archive stands in the index."""

import pytest

from tests.builders import ID_NUMBER, index_all, make_dossier, make_material, make_page
from tests.moment import NOW
from webapp.services import indexing
from webapp.services.indexing import GUARDED, NUMBER_OF
from webapp.storage.jobs import Job
from webapp.storage.pages import Page


@pytest.fixture
def page(archive):
    return make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), f"身份证号 {ID_NUMBER}", "籍贯 云梧 很好"
    )


def test_a_page_stands_in_both_renditions_with_who_and_what_it_belongs_to(page):
    entry = indexing.entry_of(f"page:{page.id}")
    assert entry.category == NUMBER_OF["1"]
    assert ID_NUMBER in entry.clear
    assert ID_NUMBER not in entry.masked
    assert entry.masked.startswith("张三 预算科 干部履历表\n")


@pytest.mark.parametrize(
    ("state", "is_masked", "by_machine"),
    [("verified", True, False), ("auto", True, True), ("withheld", False, False), ("unknown", False, False)],
)
def test_a_page_stands_masked_where_somebody_vouches_for_its_mask_and_it_is_said_who(
    page, state, is_masked, by_machine
):
    Page.update(mask_state=state).execute()
    entry = indexing.entry_of(f"page:{page.id}")
    assert (bool(entry.masked), entry.by_machine) == (is_masked, by_machine)


def test_everything_restricted_is_guarded_whatever_its_category(archive):
    dossier = make_dossier("张三")
    for category, title in (("8", "处分决定"), ("10", "体格检查表"), ("5", "考察材料")):
        material = make_material(dossier, category, title)
        assert indexing.entry_of(f"material:{material.id}").category == GUARDED
        assert indexing.entry_of(f"page:{make_page(material).id}").category == GUARDED


def test_what_is_gone_has_no_entry(archive):
    for ref in ("page:1", "material:1", "dossier:1"):
        assert indexing.entry_of(ref) is None


def test_making_it_anew_queues_everything_once(page):
    Job.delete().execute()
    assert indexing.rebuild(now=NOW) == 3
    assert indexing.rebuild(now=NOW) == 3
    assert Job.select().where(Job.kind == "index").count() == 3
    assert index_all() == 3
    assert indexing.open_index.index.count == 3


def test_a_handle_that_was_pointed_nowhere_says_so():
    with pytest.raises(RuntimeError, match="open_instance"):
        _ = indexing.OpenIndex().index
