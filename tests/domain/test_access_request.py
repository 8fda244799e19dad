"""Requests: terms that may be asked for, states, and how many approvals it takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.moment import NOW
from webapp.domain.access_request import (
    FURTHEST_START,
    LONGEST_TERM,
    LONGEST_WORDS,
    State,
    Step,
    Terms,
    approvals_needed,
    before,
    checked_terms,
    checked_words,
    state_at,
)
from webapp.domain.disclosure import Level, Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.grant import Scope

DAY = timedelta(days=1)
TERMS = Terms(Level.MASKED, NOW, NOW + 3 * DAY, 60)


def test_usual_terms_may_be_asked_for():
    assert checked_terms(TERMS, NOW) is TERMS


@pytest.mark.parametrize(
    "change",
    [
        {"level": Level.CATALOGUE},
        {"not_after": NOW},
        {"not_after": NOW - DAY},
        {"not_before": NOW + 4 * DAY},
        {"not_after": NOW + LONGEST_TERM + timedelta(seconds=1)},
        {"not_before": NOW + FURTHEST_START + DAY, "not_after": NOW + FURTHEST_START + 2 * DAY},
        {"minutes": 9},
        {"minutes": 481},
        {"minutes": -60},
    ],
)
def test_terms_beyond_reason_are_not_taken(change):
    with pytest.raises(Invalid):
        checked_terms(replace(TERMS, **change), NOW)


def test_less_in_every_way_is_within_and_more_in_any_is_not():
    assert replace(TERMS, minutes=10, not_after=NOW + DAY).no_wider_than(TERMS)
    for change in (
        {"minutes": 61},
        {"level": Level.CLEAR},
        {"not_after": NOW + 4 * DAY},
        {"not_before": NOW - DAY},
        {"may_copy": True},
    ):
        assert not replace(TERMS, **change).no_wider_than(TERMS)


def test_a_request_expires_undecided_with_the_time_it_asks_for_and_neither_a_draft_nor_a_decided_one_does():
    for state in State:
        expires = state in (State.WAITING, State.RETURNED)
        assert state_at(state, NOW, NOW) is (State.EXPIRED if expires else state)
        assert state_at(state, NOW + DAY, NOW) is state
        assert state.label
    assert state_at(State.DRAFT, None, NOW) is State.DRAFT
    assert all(step.label for step in Step)


def test_what_is_decided_stays_decided():
    for end in (State.REJECTED, State.WITHDRAWN, State.EXPIRED):
        assert all(end not in before(state) for state in State)


@pytest.mark.parametrize(
    ("scope", "named", "needed"),
    [
        (Scope(categories=frozenset({"1", "10"})), frozenset(), 1),
        (Scope(categories=frozenset({"1", "5"})), frozenset(), 2),
        (Scope(categories=frozenset({"8"})), frozenset(), 2),
        (Scope(categories=frozenset({"10"}), with_guarded=True), frozenset(), 2),
        (Scope(materials=frozenset({"m"})), frozenset({Sensitivity.ORDINARY}), 1),
        (Scope(materials=frozenset({"m", "n"})), frozenset(Sensitivity), 2),
    ],
)
def test_guarded_papers_take_two(scope, named, needed):
    assert approvals_needed(scope, named) == needed


def test_words_are_needed_and_short():
    assert checked_words(" 为何 ", what="理由") == "为何"
    assert checked_words("", what="理由", required=False) == ""
    for words in ("  ", "长" * (LONGEST_WORDS + 1)):
        with pytest.raises(Invalid):
            checked_words(words, what="理由")
