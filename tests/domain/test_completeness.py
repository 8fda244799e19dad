from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.category import CODES
from webapp.domain.completeness import USUAL, survey


@given(st.dictionaries(st.sampled_from(CODES), st.integers(0, 9)))
def test_what_is_missing_is_what_is_usual_and_not_there(counts):
    found = survey(counts)
    assert [one.category.code for one in found.holdings] == list(CODES)
    assert {one.category.code for one in found.missing} == {code for code in USUAL if not counts.get(code)}
    assert found.present + len(found.missing) == found.expected == len(USUAL)


def test_of_what_the_reader_learns_nothing_nothing_is_expected():
    found = survey({"1": 2}, unlisted=["2", "4-1", "5"])
    assert {one.category.code for one in found.missing} == {"3", "9-1", "9-2"}
    assert (found.present, found.expected) == (1, 4)


def test_what_not_everybody_has_is_never_missing():
    assert not {"5", "7", "8", "9-3", "9-4", "10"} & set(USUAL)
