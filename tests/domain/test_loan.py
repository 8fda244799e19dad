"""Days and endings of borrowed paper."""

from datetime import date, timedelta

import pytest

from webapp.domain.errors import Invalid
from webapp.domain.loan import (
    ENDS,
    Ending,
    Kind,
    Stage,
    checked_due,
    checked_ending,
    checked_line,
    checked_out,
    checked_pages,
    stage,
)

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(3, Stage.OUT), (2, Stage.OUT), (1, Stage.SOON), (0, Stage.SOON), (-1, Stage.OVERDUE)],
)
def test_paper_is_due_on_its_day_and_overdue_from_the_next(days, expected):
    assert stage(TODAY + days * DAY, TODAY) is expected


def test_what_has_no_day_is_never_late():
    assert stage(None, TODAY) is Stage.OUT


def test_the_rule_counts_from_the_day_it_was_taken():
    assert checked_due(TODAY + 7 * DAY, since=TODAY, days=7) == TODAY + 7 * DAY
    for wrong in (None, TODAY - DAY, TODAY + 8 * DAY):
        with pytest.raises(Invalid):
            checked_due(wrong, since=TODAY, days=7)


def test_an_entry_is_made_on_the_day_or_a_month_late_at_most():
    for fine in (TODAY, TODAY - 30 * DAY):
        assert checked_out(fine, TODAY) == fine
    for wrong in (TODAY + DAY, TODAY - 31 * DAY):
        with pytest.raises(Invalid):
            checked_out(wrong, TODAY)


def test_borrowed_paper_comes_back_and_is_never_destroyed():
    assert set(ENDS) == set(Kind)
    for ending in (Ending.FILED, Ending.DESTROYED):
        assert checked_ending(Kind.COPY, ending) is ending
        with pytest.raises(Invalid):
            checked_ending(Kind.BORROW, ending)


def test_pages_are_counted_of_extracts_and_copies_alone():
    assert checked_pages(Kind.BORROW, 3) is None
    assert checked_pages(Kind.COPY, 3) == 3
    for wrong in (None, 0, 2001):
        with pytest.raises(Invalid):
            checked_pages(Kind.EXTRACT, wrong)


def test_a_line_is_one_line():
    assert checked_line("  省委\n巡视组 ", what="单位") == "省委 巡视组"
    assert checked_line(" ", what="单位") == ""
    with pytest.raises(Invalid, match="请填写单位"):
        checked_line(" ", what="单位", required=True)
