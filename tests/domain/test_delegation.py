"""For how long somebody stands in, and where that stands at a moment."""

from datetime import timedelta

import pytest

from tests.moment import NOW
from webapp.domain.delegation import FURTHEST_START, LONGEST, State, checked_period, state_at
from webapp.domain.errors import Invalid

DAY = timedelta(days=1)


def test_it_never_begins_before_now():
    assert checked_period(NOW - DAY, NOW + DAY, NOW) == (NOW, NOW + DAY)
    assert checked_period(NOW + DAY, NOW + DAY + LONGEST, NOW) == (NOW + DAY, NOW + DAY + LONGEST)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (NOW, NOW),
        (NOW + DAY, NOW),
        (NOW - DAY, NOW),
        (NOW, NOW + LONGEST + DAY),
        (NOW + FURTHEST_START + DAY, NOW + FURTHEST_START + 2 * DAY),
    ],
)
def test_a_period_that_is_empty_too_long_or_too_far_off_is_refused(begins, ends):
    with pytest.raises(Invalid):
        checked_period(begins, ends, NOW)


@pytest.mark.parametrize(
    ("now", "ended", "state"),
    [
        (NOW - DAY, None, State.COMING),
        (NOW, None, State.RUNNING),
        (NOW + DAY, None, State.OVER),
        (NOW, NOW, State.OVER),
        (NOW - DAY, NOW - 2 * DAY, State.OVER),
    ],
)
def test_the_state_is_read_off_the_times(now, ended, state):
    assert state_at(NOW, NOW + DAY, ended, now) is state
    assert state.label
