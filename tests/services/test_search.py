"""Finding: what a reader may not see is not found, not counted and not in any snippet."""

import pytest

from tests.builders import (
    ELSEWHERE,
    ID_NUMBER,
    UNIT,
    index_all,
    keeper_of,
    make_dossier,
    make_material,
    make_officer,
    make_page,
)
from tests.moment import NOW
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.findings import Kind
from webapp.domain.geometry import Box
from webapp.domain.role import Role
from webapp.services import audit, indexing, jobs, search
from webapp.services.masks import Drawn, findings_of, verify
from webapp.storage.accounts import Recusal
from webapp.storage.pages import Page, PageText
from webapp.storage.reading import RecordedSearch


@pytest.fixture
def dossier(archive):
    """张建国's dossier: an ordinary page with an ID number, a restricted one, one nobody vouches for."""
    dossier = make_dossier("张建国")
    make_page(
        make_material(dossier, "1", "干部履历表"),
        "曾在 云岭小学 任教",
        f"身份证号 {ID_NUMBER}",
        "家庭住址 见 另页",
    )
    make_page(make_material(dossier, "8", "关于给予警告处分的决定"), "因 违反 财经纪律 给予 警告 处分")
    make_page(
        make_material(dossier, "4-1", "学历证书"), "毕业于 梧桐大学 经济系 本科", "字迹 认不清", score=0.82
    )
    Page.update(mask_state="withheld").where(Page.id == 3).execute()
    index_all()
    return dossier


def find(actor, words: str) -> search.Results:
    return search.results(actor, search.record(actor, words, now=NOW).public_id, now=NOW)


def shown(results: search.Results) -> str:
    return "".join(text for hit in (*results.people, *results.pages) for text, _ in hit.shown)


def counts(actor, words: str) -> tuple[int, int]:
    found = find(actor, words)
    assert len(found.people) == found.people_total
    assert len(found.pages) == found.pages_total
    return found.people_total, found.pages_total


IN_SCOPE = {"lookup": UNIT}
OUTSIDE = {"lookup": ELSEWHERE}


def test_a_name_finds_the_person_and_the_pages_of_theirs_that_may_be_read(dossier):
    assert counts(make_officer(**IN_SCOPE), "张建国") == (1, 1)
    assert counts(make_officer(**OUTSIDE), "张建国") == (1, 0)
    assert counts(keeper_of(dossier), "张建国") == (1, 3)
    assert counts(make_officer(Role.APPROVER), "张建国") == (1, 0)
    assert counts(make_officer(Role.ARCHIVIST, custody=ELSEWHERE), "张建国") == (1, 0)


def test_a_title_finds_the_material_where_the_catalogue_may_be_read(dossier):
    assert counts(make_officer(**IN_SCOPE), "学历证书") == (0, 1)  # the page within is withheld
    assert counts(make_officer(**OUTSIDE), "学历证书") == (0, 1)
    assert counts(keeper_of(dossier), "学历证书") == (0, 2)
    assert counts(make_officer(Role.APPROVER), "学历证书") == (0, 0)


def test_words_of_a_page_find_it_inside_the_scope_only(dossier):
    assert counts(make_officer(**IN_SCOPE), "云岭小学") == (0, 1)
    assert counts(make_officer(**OUTSIDE), "云岭小学") == (0, 0)
    assert counts(keeper_of(dossier), "云岭小学") == (0, 1)
    for role in (
        Role.APPROVER,
        Role.INDIVIDUAL,
        Role.AUDITOR,
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_OFFICER,
    ):
        assert counts(make_officer(role, lookup=UNIT, custody=UNIT), "云岭小学") == (0, 0)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.ARCHIVIST, Role.APPROVER])
@pytest.mark.parametrize("tie", ["subject", "recused_from"])
def test_the_recused_and_the_person_themselves_at_work_find_nothing(dossier, role, tie):
    actor = make_officer(role, lookup=UNIT, custody=UNIT, **{tie: dossier.subject})
    for words in ("张建国", "云岭小学", "财经纪律", "履历表", ID_NUMBER):
        assert find(actor, words).is_empty


def test_restricted_material_is_found_by_neither_title_nor_text(dossier):
    for words in ("财经纪律", "警告处分", "给予警告", "决定"):
        assert counts(make_officer(**IN_SCOPE), words) == (0, 0)
    assert counts(keeper_of(dossier), "财经纪律") == (0, 1)
    assert counts(keeper_of(dossier), "警告处分")[1] == 2


def pieces_of(number: str) -> list[str]:
    """A number as people try it: whole, in parts, by its first digits."""
    return [number, number[:6], number[6:14], number[-4:], f'"{number}"', number[:3], f"身份证号 {number}"]


@pytest.mark.parametrize("words", pieces_of(ID_NUMBER))
def test_a_masked_value_is_not_found_by_any_part_of_it(dossier, words):
    assert counts(make_officer(**IN_SCOPE), words) == (0, 0)
    assert counts(keeper_of(dossier), words)[1] in (0, 1)


def test_its_keeper_finds_the_value(dossier):
    assert counts(keeper_of(dossier), ID_NUMBER) == (0, 1)


def test_no_snippet_holds_a_masked_value(dossier):
    for words in ("云岭小学", "任教", "身份证号", "住址", "张建国", "履历"):
        assert ID_NUMBER not in shown(find(make_officer(**IN_SCOPE), words))
    assert ID_NUMBER in shown(find(keeper_of(dossier), "身份证号"))


def test_a_withheld_page_is_not_found_by_its_text_until_somebody_looked(dossier):
    official = make_officer(**IN_SCOPE)
    assert counts(official, "梧桐大学") == (0, 0)
    page = Page.get_by_id(3)
    kept = [Drawn(found.kind, found.box) for found in findings_of(page)]
    verify(keeper_of(dossier), page.public_id, kept, revision=page.mask_revision, now=NOW)
    index_all()
    assert counts(official, "梧桐大学") == (0, 1)


@pytest.mark.parametrize("words", ["云岭小学", "云岭", "小学 任教"])
def test_what_was_just_covered_is_found_no_more_even_before_the_index_follows(dossier, words):
    official, keeper = make_officer(**IN_SCOPE), keeper_of(dossier)
    assert counts(official, words) == (0, 1)
    page = Page.get_by_id(1)
    everything = Drawn(Kind.ADDRESS, Box(0, 0, page.width_px, page.height_px))
    verify(keeper, page.public_id, [everything], revision=page.mask_revision, now=NOW)
    assert counts(official, words) == (0, 0)
    assert counts(keeper, words) == (0, 1)
    job = jobs.claim(["index"], now=NOW)
    assert counts(official, words) == (0, 0)
    jobs.fail(job, "写不进索引", now=NOW)
    assert counts(official, words) == (0, 0)
    index_all()
    assert indexing.outdated_pages() == set()
    assert counts(official, words) == (0, 0)
    assert counts(official, "张建国") == (1, 1)


def test_a_rebuilding_hides_nothing_but_what_changes_meanwhile(dossier):
    official, keeper = make_officer(**IN_SCOPE), keeper_of(dossier)
    indexing.rebuild(now=NOW)
    assert counts(official, "云岭小学") == (0, 1)
    page = Page.get_by_id(1)
    everything = Drawn(Kind.ADDRESS, Box(0, 0, page.width_px, page.height_px))
    verify(keeper, page.public_id, [everything], revision=page.mask_revision, now=NOW)
    assert indexing.outdated_pages() == {1}
    assert counts(official, "云岭小学") == (0, 0)


def test_what_the_database_says_now_goes_before_what_the_index_still_holds(dossier):
    official = make_officer(**IN_SCOPE)
    assert find(official, "云岭小学").pages
    Page.update(mask_state="withheld").execute()
    assert find(official, "云岭小学").pages == ()
    PageText.delete().execute()
    assert find(keeper_of(dossier), "云岭小学").pages == ()


def test_a_removed_right_is_felt_at_the_next_search(dossier):
    official = make_officer(**IN_SCOPE)
    assert not find(official, "云岭小学").is_empty
    Recusal.create(officer=official.person, subject=dossier.subject, relation="配偶")
    assert find(official, "云岭小学").is_empty


def test_kept_sights_are_never_mixed_up_between_readers(dossier):
    other = make_dossier("王小明", ELSEWHERE)
    make_page(make_material(other, "1", "干部履历表"), "曾在 云岭小学 读书", "籍贯 云梧 很好")
    index_all()
    readers = [make_officer(lookup=UNIT), make_officer(lookup=ELSEWHERE), make_officer(lookup="市林业局")] * 3
    found = [{hit.dossier.id for hit in find(reader, "云岭小学").pages} for reader in readers]
    assert found == [{dossier.id}, {other.id}, set()] * 3


def test_a_search_is_its_makers_alone_and_logged_without_its_words(dossier):
    official = make_officer(**IN_SCOPE)
    made = search.record(official, "云岭小学", now=NOW)
    with pytest.raises(NotFound):
        search.results(make_officer(**IN_SCOPE), made.public_id, now=NOW)
    search.results(official, made.public_id, now=NOW)
    entry = next(audit.entries(limit=1))
    assert (entry["action"], entry["record"]) == ("search:made", made.public_id)
    assert entry["details"] == {"people": 0, "pages": 1}
    assert "云岭" not in str(entry)


def test_only_some_searches_are_kept_and_all_can_be_forgotten(archive):
    official, other = make_officer(), make_officer()
    search.record(other, "别人的", now=NOW)
    for number in range(search.KEPT_SEARCHES + 5):
        search.record(official, f"词{number // 2}", now=NOW)
    assert (
        RecordedSearch.select().where(RecordedSearch.officer == official.person).count()
        == search.KEPT_SEARCHES
    )
    assert [made.query for made in search.recent(official, limit=3)] == ["词27", "词26", "词25"]
    search.forget(official)
    assert search.recent(official) == []
    assert [made.query for made in search.recent(other)] == ["别人的"]


@pytest.mark.parametrize("words", ["", "   ", "词" * 513, '"', "，。", "*", "'; DROP TABLE page; --" * 30])
def test_what_cannot_be_searched_is_refused_in_words(archive, words):
    official = make_officer()
    with pytest.raises(Invalid):
        find(official, words)


@pytest.mark.parametrize(
    "words", ["*:*", "[a TO z]", "NOT 张建国", "' OR 1=1--", "(" * 500, "a\0b", "dossier:1", "张*"]
)
def test_nothing_typed_widens_what_is_found(dossier, words):
    recused = make_officer(lookup=UNIT, recused_from=dossier.subject)
    try:
        assert find(recused, words).is_empty
    except Invalid:
        assert recused


def test_nothing_readable_of_a_page_lies_in_the_index_files(dossier, archive):
    held = b"".join(path.read_bytes() for path in archive.index.rglob("*") if path.is_file())
    for words in ("云岭小学", "张建国", ID_NUMBER, "处分"):
        assert words.encode() not in held
        assert words.encode("utf-16-le") not in held
    database_and_blobs = [p for p in archive.instance.rglob("*") if p.is_file() and "index" not in p.parts]
    assert database_and_blobs
    assert all(ID_NUMBER.encode() not in p.read_bytes() for p in database_and_blobs)


def test_an_index_made_anew_finds_the_same(dossier):
    before = find(make_officer(**IN_SCOPE), "张建国")
    indexing.open_index.set_aside()
    assert find(make_officer(**IN_SCOPE), "张建国").is_empty
    index_all()
    after = find(make_officer(**IN_SCOPE), "张建国")
    assert (after.people_total, after.pages_total) == (before.people_total, before.pages_total)
