"""Pages chosen out of a material: typed in whatever way, written in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.page_choice import chosen, written


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("", (1, 2, 3, 4, 5)),
        ("1-3,5", (1, 2, 3, 5)),
        (" ５，１－２ ", (1, 2, 5)),
        ("第2页、第4至5页", (2, 4, 5)),
        ("3,3", (3,)),
    ],
)
def test_what_people_type_is_understood(typed, numbers):
    assert chosen(typed, 5) == numbers


@pytest.mark.parametrize("typed", ["0", "6", "3-1", "1-", "a", "1 到", ",", "1;;2", "-1", "99999999"])
def test_what_names_no_page_is_not_taken(typed):
    with pytest.raises(Invalid, match="页码"):
        chosen(typed, 5)


@given(st.sets(st.integers(1, 40), min_size=1))
def test_what_is_written_reads_back_and_fits_its_column(numbers):
    text = written(numbers)
    assert set(chosen(text, 40)) == numbers
    assert len(text) <= 200
