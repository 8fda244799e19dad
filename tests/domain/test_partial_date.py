"""Dates of which only a part may be known."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.partial_date import PartialDate, chronological


def _partial(day: date, known: int) -> PartialDate:
    return PartialDate(*(day.year, day.month, day.day)[:known])


partial_dates = st.builds(
    _partial, st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)), st.integers(1, 3)
)


@pytest.mark.parametrize(
    ("written", "date_"),
    [
        ("1998", PartialDate(1998)),
        ("1998年", PartialDate(1998)),
        ("1998.7", PartialDate(1998, 7)),
        ("1998.07", PartialDate(1998, 7)),
        ("1998-7-1", PartialDate(1998, 7, 1)),
        ("1998/07/01", PartialDate(1998, 7, 1)),
        ("199807", PartialDate(1998, 7)),
        ("19980701", PartialDate(1998, 7, 1)),
        ("19980700", PartialDate(1998, 7)),
        ("19980000", PartialDate(1998)),
        ("1998年7月", PartialDate(1998, 7)),
        ("1998 年 7 月 1 日", PartialDate(1998, 7, 1)),
        ("１９９８．７．１", PartialDate(1998, 7, 1)),
        ("1998—07—01", PartialDate(1998, 7, 1)),
        ("一九九八年七月一日", PartialDate(1998, 7, 1)),
        ("二〇〇八年十二月三十一日", PartialDate(2008, 12, 31)),
        ("二○○八年十月二十日", PartialDate(2008, 10, 20)),
    ],
)
def test_the_ways_people_write_dates(written: str, date_: PartialDate) -> None:
    assert PartialDate.parse(written) == date_


@pytest.mark.parametrize(
    "written",
    [
        "",
        "98.7",
        "1998.13",
        "1998.2.30",
        "2023-02-29",
        "19980001",
        "1899",
        "2201",
        "7月1日",
        "约1998年",
        "1998.7.1.2",
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        PartialDate.parse(written)


@given(partial_dates)
def test_every_format_reads_back(formed: PartialDate) -> None:
    assert PartialDate.parse(str(formed)) == formed
    assert PartialDate.parse(formed.chinese) == formed
    assert PartialDate.parse(formed.dotted) == formed


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert PartialDate.parse(text).year


@given(st.dates(min_value=date(1900, 1, 1)), st.dates(min_value=date(1900, 1, 1)))
def test_full_dates_sort_as_days_do(one: date, other: date) -> None:
    if one.year > 2200 or other.year > 2200:
        return
    assert (_partial(one, 3) < _partial(other, 3)) == (one < other)


def test_what_is_not_known_comes_last() -> None:
    dates = [None, PartialDate(1998), PartialDate(1998, 7), PartialDate(1998, 7, 1), PartialDate(1999)]
    assert sorted(dates, key=chronological) == [dates[3], dates[2], dates[1], dates[4], None]
