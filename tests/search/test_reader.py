"""What is found: everything that is there, nothing that is not, in the order Whoosh itself would give."""

import pytest
from whoosh.index import FileIndex
from whoosh.query import And, Term

from tests.search.corpus import GIVEN, KEY, SURNAMES, containing, entries, everywhere, page_texts, verifier
from webapp.domain.errors import Invalid
from webapp.search import segment
from webapp.search.analysis import Need
from webapp.search.entry import Entry, Kind
from webapp.search.index import Index
from webapp.search.postings import PostingCache
from webapp.search.reader import MOST_CHECKED, Reader
from webapp.search.schema import SCHEMA
from webapp.search.sight import Level

ALL = everywhere(Level.CLEAR)
TEXTS = page_texts(600)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("index"), KEY)
    refs = list(TEXTS)
    for start in range(0, len(refs), 150):
        with index.writing() as batch:
            for entry in entries({ref: TEXTS[ref] for ref in refs[start : start + 150]}):
                batch.put(entry)
    return index


@pytest.fixture(scope="module")
def reader(index):
    return Reader(index)


def search(reader, query, **options):
    return reader.search(query, **{"sight": ALL, "verify": verifier(TEXTS), "limit": 1000} | options)


def refs(found):
    return {hit.ref for hit in found.hits}


NAMES = [surname + given for surname in SURNAMES[:8] for given in GIVEN[::3]]
PHRASES = [
    "副主任科员",
    "警告处分的决定",
    "中国共产党",
    "交通运输局会计",
    "组织部",
    "第二中学主任",
    "人民医院副局长",
]


@pytest.mark.parametrize(
    "query", [*NAMES[::4], *PHRASES, "处分", "嘉奖", "𠅤", "㑇", "党", "优", "王㑇", "教师，试用期"]
)
def test_recall_and_precision_are_one(reader, query):
    expected = containing(query, TEXTS)
    found = search(reader, f'"{query}"')
    if found.is_exact:
        assert found.total == len(expected)
        assert refs(found) == expected
    else:
        assert len(expected) > MOST_CHECKED
        assert refs(found) <= expected


def test_words_that_must_all_occur(reader):
    found = search(reader, "处分 主任 2003")
    expected = containing("处分", TEXTS) & containing("主任", TEXTS) & containing("2003", TEXTS)
    assert refs(found) >= {ref for ref in expected if "2003年" in TEXTS[ref]}
    assert refs(found) <= expected


def test_a_number_is_found_whole_and_from_its_beginning(tmp_path):
    index = Index(tmp_path, KEY)
    text = {"page:1": "号码110101199003071234。", "page:2": "110101 12", "page:3": "1101"}
    with index.writing() as batch:
        for entry in entries(text):
            batch.put(entry)
    reader = Reader(index)
    assert refs(search(reader, "110101199003071234")) == {"page:1"}
    assert refs(search(reader, "110101")) == {"page:1", "page:2"}
    assert refs(search(reader, '"110101"')) == {"page:2"}
    assert refs(search(reader, "11")) == set()
    assert refs(search(reader, "12")) == {"page:2"}


def test_scores_and_order_are_those_of_whoosh(tmp_path):
    index = Index(tmp_path, KEY)
    for part in (0, 1, 2):
        with index.writing() as batch:
            for entry in list(entries(TEXTS))[part * 100 : part * 100 + 100]:
                batch.put(entry)
    reader = Reader(index)
    with FileIndex(index._storage, schema=SCHEMA).searcher() as stock:
        numbers = {}
        for leaf, base in stock.reader().leaf_readers():
            for place, number in enumerate(leaf.column_reader("number", translate=False)):
                numbers[base + place] = f"page:{number}"
        for terms in (["处分"], ["科员"], ["主任", "科员"], ["同志", "工作", "水利"], ["1999"], ["无此"]):
            query = And([Term("clear", term) for term in terms])
            expected = {numbers[hit.docnum]: hit.score for hit in stock.search(query, limit=None)}
            found = search(reader, " ".join(f'"{term}"' for term in terms))
            assert {hit.ref: pytest.approx(hit.score, rel=1e-9) for hit in found.hits} == expected
            scores = [hit.score for hit in found.hits]
            assert scores == sorted(scores, reverse=True)


def test_the_best_are_the_first_of_all(reader):
    everything = search(reader, "科员").hits
    for limit in (1, 7, 20, len(everything) + 5):
        assert search(reader, "科员", limit=limit).hits == everything[:limit]
    assert search(reader, "科员", limit=1).total == len(everything)


def test_a_phrase_of_few_candidates_is_counted_exactly(tmp_path):
    index = Index(tmp_path, KEY)
    texts = {f"page:{n}": "甲乙丙" if n % 2 else "乙丙，甲乙" for n in range(MOST_CHECKED)}
    with index.writing() as batch:
        for entry in entries(texts):
            batch.put(entry)
    found = search(Reader(index), "甲乙丙", verify=verifier(texts), limit=3)
    assert (found.total, found.is_exact, len(found.hits)) == (MOST_CHECKED // 2, True, 3)
    with index.writing() as batch:
        batch.put(Entry("page:9999", 1, "甲乙丙", "甲乙丙"))
    asked = []

    def counting(wanted):
        asked.extend(wanted)
        return {ref: texts.get(ref, "甲乙丙") for ref, _ in wanted}

    found = search(Reader(index), "甲乙丙", verify=counting, limit=3)
    assert (found.total, found.is_exact, len(found.hits)) == (3, False, 3)
    assert len(asked) < MOST_CHECKED


def test_texts_are_asked_for_only_where_terms_prove_nothing(reader):
    def must_not(wanted):
        raise RuntimeError(wanted)

    for query in ("处分", '"处分"', "王伟 党 1990", '"1990"'):
        search(reader, query, verify=must_not)


def test_an_entry_whose_text_is_gone_is_no_hit(reader):
    assert search(reader, "警告处分", verify=lambda wanted: {}).hits == []


def test_only_the_kinds_asked_for_are_found(tmp_path):
    index = Index(tmp_path, KEY)
    with index.writing() as batch:
        for ref in ("page:1", "material:1", "dossier:1"):
            batch.put(Entry(ref, 7, "张伟", "张伟", 5, 4))
    reader = Reader(index)
    hits = search(reader, "张伟").hits
    assert [hit.ref for hit in hits] == ["dossier:1", "material:1", "page:1"]
    assert (hits[2].kind, hits[2].dossier, hits[2].material, hits[2].category) == (Kind.PAGE, 7, 5, 4)
    assert search(reader, "张伟", kinds=[Kind.MATERIAL]).total == 1
    assert refs(search(reader, "张伟", kinds=[Kind.DOSSIER, Kind.PAGE])) == {"dossier:1", "page:1"}
    assert search(reader, "张伟", kinds=[]).total == 0


def test_a_prefix_of_too_many_terms_gives_at_least(index, monkeypatch):
    monkeypatch.setattr(segment, "MOST_EXPANSIONS", 2)
    found = search(Reader(index), "张")
    assert not found.is_exact
    assert refs(found) <= containing("张", TEXTS)


def test_a_small_posting_cache_changes_no_answer(index, reader):
    small = Reader(index, cached_postings=100)
    for query in ("处分", "主任 科员", "党", "王伟"):
        assert search(small, query) == search(reader, query)
    assert small._cache._used <= 100


def test_the_posting_cache_knows_what_it_holds(index):
    cache = PostingCache(10**6)
    for each, _ in index.load({})[1]:
        assert cache.get(each, "clear", Need("处分")) is cache.get(each, "clear", Need("处分"))
    cache.forget_others([])
    assert cache._used == 0


def test_only_new_segments_are_read_on_refresh(tmp_path, monkeypatch):
    index = Index(tmp_path, KEY)
    reader = Reader(index)
    opened = []
    original = segment.Segment.__init__

    def noting(self, storage, described):
        opened.append(described.segment_id())
        original(self, storage, described)

    monkeypatch.setattr(segment.Segment, "__init__", noting)
    for number in range(4):
        with Index(tmp_path, KEY).writing() as batch:
            batch.put(Entry(f"page:{number}", 1, "张伟", "张伟"))
        opened.clear()
        assert search(reader, "张伟").total == number + 1
        assert len(opened) == 1
    opened.clear()
    search(reader, "张伟")
    assert opened == []


@pytest.mark.parametrize("query", ["", "张" * 600, "。"])
def test_a_bad_query_is_invalid(reader, query):
    with pytest.raises(Invalid):
        search(reader, query)
