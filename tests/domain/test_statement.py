from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.local_time import day
from webapp.domain.statement import ANSWER_WORKING_DAYS, LONGEST, SHORTEST, checked_words, due

MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS)
def test_an_answer_is_due_on_a_working_day_three_weeks_on(asked_at: datetime) -> None:
    last = due(asked_at)
    assert last.weekday() < 5
    assert ANSWER_WORKING_DAYS <= (last - day(asked_at)).days <= 21


def test_weekends_do_not_count() -> None:
    assert due(datetime(2026, 11, 20, 8, tzinfo=UTC)) == date(2026, 12, 11)  # a Friday, three weeks later


def test_the_day_is_that_of_china() -> None:
    before = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # a minute before midnight of a Friday there
    assert due(before) == date(2026, 12, 11)
    assert due(datetime(2026, 11, 22, 16, tzinfo=UTC)) == date(2026, 12, 14)  # Monday has begun there


@given(st.text("错 \n", max_size=20))
def test_words_are_taken_without_blanks_around_them_or_refused(text: str) -> None:
    if len(text.strip()) < SHORTEST:
        with pytest.raises(Invalid, match="理由"):
            checked_words(text, "理由")
    elif len(text.split()) == 1:
        assert checked_words(text, "理由") == text.strip()


def test_too_many_words_are_refused() -> None:
    with pytest.raises(Invalid):
        checked_words("错" * (LONGEST + 1), "理由")
