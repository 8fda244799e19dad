"""Permission: the answer is that of an index which holds only what the reader may see."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.search.corpus import KEY, everywhere, verifier
from webapp.search.entry import Entry, Kind
from webapp.search.index import Index
from webapp.search.reader import Reader
from webapp.search.sight import Level, Sight

WORDS = st.lists(
    st.sampled_from(["张伟", "处分", "张伟受处分", "1990", "甲", "■", "，", "组织部"]), max_size=6
)
QUERIES = ["张伟", "处分", "张", "1990", "伟受处", "张伟 处分", '"1990 甲"', "组织部"]
LEVELS = st.sampled_from(Level)
LABELS = ["dossier", "material", "page"]


@st.composite
def shelves(draw):
    """Entries of three dossiers, in two commits."""
    made = []
    for number in range(draw(st.integers(1, 12))):
        clear = "".join(draw(WORDS))
        masked = clear.replace("张伟", "■■") if draw(st.booleans()) else clear
        ref = f"{draw(st.sampled_from(LABELS))}:{number}"
        place = draw(st.integers(1, 3)), draw(st.integers(0, 2))
        made.append(Entry(ref, place[0], clear, masked, 0, place[1], by_machine=draw(st.booleans())))
    return made


@st.composite
def sights(draw):
    keys = [(kind, standing, category) for kind in Kind for standing in (0, 1) for category in range(3)]
    allowed = {key: draw(LEVELS) for key in keys}
    standings = draw(st.dictionaries(st.integers(1, 3), st.sampled_from([0, 1, 2])))
    default, trusts = draw(st.sampled_from([0, 1, 2])), draw(st.booleans())
    return Sight(allowed, standings, default, trusts_machines=trusts), allowed, standings


def level_of(entry, sight):
    built, allowed, standings = sight
    standing = standings.get(entry.dossier, built._default)
    kind = Kind[entry.ref.partition(":")[0].upper()]
    level = allowed.get((kind, standing, entry.category), Level.NOTHING)
    is_doubted = entry.by_machine and not built._trusts_machines
    return Level.NOTHING if is_doubted and level == Level.MASKED else level


class Shelf:
    """An index in a folder of its own, for as long as one example lasts."""

    def __init__(self, *parts, merged=False):
        self.folder = Path(tempfile.mkdtemp())
        index = Index(self.folder, KEY)
        for part in parts:
            with index.writing() as batch:
                for entry in part:
                    batch.put(entry)
        if merged:
            index.merge()
        self.reader = Reader(index)

    def __enter__(self):
        return self.reader

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shelves(),
    st.lists(sights(), min_size=2, max_size=2),
    st.integers(0, 12),
    st.booleans(),
    st.sets(st.integers(0, 12), max_size=4),
)
def test_a_search_is_that_of_an_index_of_visible_entries_only(made, two_sights, cut, merged, outdated):
    former = [Entry(entry.ref, 9, "张伟处分1990甲", "处分", 0, 2) for entry in made[::2]]
    clear = {entry.ref: entry.clear for entry in made}
    masked = {entry.ref: entry.masked for entry in made}
    with Shelf(former, made[:cut], made[cut:], merged=merged) as reader:
        for sight in two_sights:
            seen = []
            for entry in made:
                level = level_of(entry, sight)
                if level == Level.MASKED and entry.ref in {f"page:{number}" for number in outdated}:
                    level = Level.NOTHING
                text = entry.clear if level == Level.CLEAR else entry.masked
                if level != Level.NOTHING:
                    seen.append(Entry(entry.ref, entry.dossier, text, text, 0, entry.category))
            shown = {entry.ref: entry.clear for entry in seen}
            with Shelf(seen) as reduced:
                for query in QUERIES:
                    options = {"verify": verifier(clear, masked), "limit": 5}
                    found = reader.search(query, sight=sight[0], outdated=outdated, **options)
                    alone = reduced.search(
                        query, sight=everywhere(Level.CLEAR), verify=verifier(shown), limit=5
                    )
                    assert (found.total, found.is_exact) == (alone.total, alone.is_exact)
                    assert [(hit.ref, hit.score) for hit in found.hits] == [
                        (hit.ref, hit.score) for hit in alone.hits
                    ]


def test_a_masked_value_is_found_by_clear_readers_only(tmp_path):
    index = Index(tmp_path, KEY)
    clear = "身份证号110101199003071234，姓名张伟"
    masked = "身份证号■■■■■■，姓名张伟"
    with index.writing() as batch:
        batch.put(Entry("page:1", 1, clear, masked))
    reader = Reader(index)
    verify = verifier({"page:1": clear}, {"page:1": masked})
    for query, level, total in [
        ("110101199003071234", Level.CLEAR, 1),
        ("110101199003071234", Level.MASKED, 0),
        ("1101", Level.MASKED, 0),
        ("1101", Level.CLEAR, 1),
        ("姓名张伟", Level.MASKED, 1),
        ("张伟", Level.NOTHING, 0),
    ]:
        assert reader.search(query, sight=everywhere(level), verify=verify).total == total


def test_an_outdated_page_is_found_by_clear_readers_only(tmp_path):
    index = Index(tmp_path, KEY)
    texts = {"page:1": "电话13800138000", "page:2": "电话另附", "material:1": "电话登记"}
    with index.writing() as batch:
        for ref, text in texts.items():
            batch.put(Entry(ref, 1, text, text))
    reader = Reader(index)
    for level, outdated, expected in [
        (Level.MASKED, (), {"page:1", "page:2", "material:1"}),
        (Level.MASKED, (1,), {"page:2", "material:1"}),
        (Level.MASKED, range(2, 5000), {"page:1", "material:1"}),
        (Level.CLEAR, (1, 2), {"page:1", "page:2", "material:1"}),
        (Level.MASKED, (), {"page:1", "page:2", "material:1"}),
    ]:
        found = reader.search("电话", sight=everywhere(level), verify=verifier(texts), outdated=outdated)
        assert ({hit.ref for hit in found.hits}, found.total) == (expected, len(expected))


def test_only_the_rendition_a_reader_may_see_is_ever_asked_for(tmp_path):
    index = Index(tmp_path, KEY)
    with index.writing() as batch:
        batch.put(Entry("page:1", 1, "组织部张伟", "组织部张伟"))
        batch.put(Entry("page:2", 1, "组织部张伟", "组织部■■"))
        batch.put(Entry("page:3", 2, "组织部张伟", "组织部■■"))
        batch.put(Entry("page:4", 3, "组织部张伟", "组织部■■"))
    allowed = {(Kind.PAGE, 1, 0): Level.MASKED, (Kind.PAGE, 2, 0): Level.CLEAR}
    asked = []
    found = Reader(index).search(
        "组织部",
        sight=Sight(allowed, {1: 1, 2: 2}, 0),
        verify=lambda wanted: asked.extend(wanted) or {ref: "组织部" for ref, _ in wanted},
    )
    assert sorted(asked) == [("page:1", "masked"), ("page:2", "masked"), ("page:3", "clear")]
    assert {(hit.ref, hit.rendition) for hit in found.hits} == set(asked)


def test_equal_sights_have_one_key_and_others_another():
    one = Sight({(Kind.PAGE, 1, 0): Level.CLEAR}, {1: 1, 2: 0}, 0)
    assert one.key == Sight({(Kind.PAGE, 1, 0): Level.CLEAR}, {2: 0, 1: 1}, 0).key
    for other in (
        Sight({(Kind.PAGE, 1, 0): Level.MASKED}, {1: 1, 2: 0}, 0),
        Sight({(Kind.PAGE, 1, 0): Level.CLEAR}, {1: 0, 2: 0}, 0),
        Sight({(Kind.PAGE, 1, 0): Level.CLEAR}, {1: 1, 2: 0}, 1),
        Sight({(Kind.PAGE, 1, 0): Level.CLEAR}, {1: 1, 2: 0}, 0, trusts_machines=False),
        Sight({(Kind.PAGE, 1, 1): Level.CLEAR}, {1: 1, 2: 0}, 0),
    ):
        assert other.key != one.key


def test_what_a_sight_does_not_name_is_not_found(tmp_path):
    index = Index(tmp_path, KEY)
    with index.writing() as batch:
        batch.put(Entry("page:1", 1, "张伟", "张伟", 0, 16))
    assert Reader(index).search("张伟", sight=Sight({}, {}, 0), verify=verifier({})).total == 0


@pytest.mark.parametrize(
    ("allowed", "standings", "default"),
    [
        ({}, {1: 256}, 0),
        ({}, {}, -1),
        ({(Kind.PAGE, 0, 17): Level.CLEAR}, {}, 0),
        ({(Kind.PAGE, 0, -1): Level.CLEAR}, {}, 0),
    ],
)
def test_a_sight_out_of_range_is_a_mistake(allowed, standings, default):
    with pytest.raises(ValueError, match=r"standing|category"):
        Sight(allowed, standings, default)
