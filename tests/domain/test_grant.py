"""Grants: what they cover, when they are in force, and time that only the server counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.moment import NOW
from webapp.domain.category import CODES
from webapp.domain.disclosure import Level, Sensitivity
from webapp.domain.grant import LONGEST_GAP, Grant, GrantState, Scope, counted_ms

ORDINARY, RESTRICTED = Sensitivity.ORDINARY, Sensitivity.RESTRICTED
GRANT = Grant(
    public_id="g",
    scope=Scope(frozenset({"m"}), frozenset({"4-1"})),
    level=Level.MASKED,
    is_double=False,
    in_force_at=NOW,
    not_before=NOW - timedelta(days=1),
    not_after=NOW + timedelta(days=1),
    allowed_ms=60_000,
    used_ms=0,
)
SECOND = timedelta(seconds=1)
ids, codes = st.sampled_from("abc"), st.sampled_from(CODES)
scopes = st.builds(Scope, st.frozensets(ids), st.frozensets(codes), st.booleans())
sensitivities = st.sampled_from(Sensitivity)
gaps = st.lists(st.integers(0, 200_000), max_size=20)  # milliseconds


@pytest.mark.parametrize(
    ("grant", "state"),
    [
        (GRANT, GrantState.ACTIVE),
        (replace(GRANT, in_force_at=NOW + SECOND), GrantState.PENDING),
        (replace(GRANT, in_force_at=None), GrantState.PENDING),
        (replace(GRANT, not_before=NOW + SECOND), GrantState.PENDING),
        (replace(GRANT, not_after=NOW), GrantState.EXPIRED),
        (replace(GRANT, used_ms=60_000), GrantState.USED_UP),
        (replace(GRANT, is_revoked=True), GrantState.REVOKED),
        (replace(GRANT, is_revoked=True, not_after=NOW), GrantState.REVOKED),
    ],
)
def test_the_state_is_read_off_the_clock_and_the_count(grant, state):
    assert grant.state_at(NOW) is state
    assert state.label


@given(scopes, ids, codes, sensitivities)
def test_one_approver_never_opens_restricted_papers(scope, material, category, sensitivity):
    single = replace(GRANT, scope=scope)
    if sensitivity is RESTRICTED:
        assert single.level_for(material, category, sensitivity) is Level.NOTHING
        assert single.level_for_category(category, sensitivity) is Level.NOTHING


@given(scopes, scopes, ids, codes, sensitivities)
def test_a_scope_within_another_covers_nothing_that_the_other_does_not(
    less, more, material, category, sensitivity
):
    if less.within(more) and less.covers(material, category, sensitivity):
        assert more.covers(material, category, sensitivity)


def test_a_category_opens_its_ordinary_papers_and_restricted_ones_only_if_asked_for():
    health = Scope(categories=frozenset({"10"}))
    assert health.covers_category("10", ORDINARY)
    assert not health.covers_category("10", RESTRICTED)
    assert replace(health, with_guarded=True).covers_category("10", RESTRICTED)
    assert Scope(categories=frozenset({"5"})).covers_category("5", RESTRICTED)
    assert not replace(health, with_guarded=True).covers("m", "3", RESTRICTED)


@given(gaps)
def test_more_contacts_never_count_less(gaps):
    """Whoever tells the server more often pays no less than who keeps silent in between."""
    moments = [NOW]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(milliseconds=gap))
    every = sum(counted_ms(a, b) for a, b in pairwise(moments))
    once = counted_ms(moments[0], moments[-1])
    assert every >= once
    assert every >= sum(min(gap, 60_000) for gap in gaps)


@given(st.integers(-(10**9), 10**9))
def test_time_counted_is_never_negative_and_never_more_than_the_longest_gap(seconds):
    assert 0 <= counted_ms(NOW, NOW + timedelta(seconds=seconds)) <= LONGEST_GAP / timedelta(milliseconds=1)


def test_contacts_closer_than_a_millisecond_are_counted_up():
    assert counted_ms(NOW, NOW + timedelta(microseconds=1)) == 1
    assert counted_ms(None, NOW) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-(10**6), 10**6))
def test_what_remains_is_never_negative(allowed, used, seconds):
    grant = replace(GRANT, allowed_ms=allowed, used_ms=used)
    assert grant.remaining_s(NOW + timedelta(seconds=seconds)) >= 0


def test_what_remains_ends_with_the_last_moment():
    assert replace(GRANT, not_after=NOW + 30 * SECOND).remaining_s(NOW) == 30
    assert GRANT.remaining_s(NOW) == 60
