"""Requests: terms that may be asked for, states, and how many approvals it takes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.moment import NOW
from webapp.domain.access_request import (
    LONGEST_WORDS,
    State,
    Step,
    Terms,
    approvals_needed,
    before,
    checked_terms,
    checked_words,
    excess,
    standing_approvals,
    state_at,
)
from webapp.domain.disclosure import Level, Policy, Preset, Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.grant import Scope

DAY = timedelta(days=1)
POLICY = Policy(Preset.STANDARD, own_dossier=True, auto_masks=True)
TERMS = Terms(Level.MASKED, NOW, NOW + 3 * DAY, 60)


def test_usual_terms_may_be_asked_for():
    assert checked_terms(TERMS, POLICY, NOW) is TERMS


@pytest.mark.parametrize(
    "change",
    [
        {"level": Level.CATALOGUE},
        {"not_after": NOW},
        {"not_after": NOW - DAY},
        {"not_before": NOW + 4 * DAY},
        {"not_after": NOW + 15 * DAY + timedelta(seconds=1)},
        {"not_before": NOW + 31 * DAY, "not_after": NOW + 32 * DAY},
        {"minutes": 9},
        {"minutes": 481},
        {"minutes": -60},
    ],
)
def test_terms_beyond_reason_are_not_taken(change):
    with pytest.raises(Invalid):
        checked_terms(replace(TERMS, **change), POLICY, NOW)


@pytest.mark.parametrize(
    ("tighter", "words"),
    [
        ({"longest_days": 2}, "2 天"),
        ({"longest_minutes": 30}, "30 分钟"),
        ({"furthest_days": 0}, "0 天之内"),
    ],
)
def test_limits_are_those_of_the_policy(tighter, words):
    terms = replace(TERMS, not_before=NOW + timedelta(hours=1))
    assert excess(terms, POLICY, NOW) == ""
    assert words in excess(terms, replace(POLICY, **tighter), NOW)
    longer = replace(TERMS, not_after=NOW + 30 * DAY, minutes=600)
    assert excess(longer, replace(POLICY, longest_days=30, longest_minutes=600), NOW) == ""


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


ORDINARY, RESTRICTED = ("2", Sensitivity.ORDINARY), ("2", Sensitivity.RESTRICTED)
GUARDED = [
    (Scope(categories=frozenset({"1", "5"})), []),
    (Scope(categories=frozenset({"8"})), []),
    (Scope(categories=frozenset({"10"}), with_guarded=True), []),
    (Scope(materials=frozenset({"m", "n"})), [ORDINARY, RESTRICTED]),
]


@pytest.mark.parametrize(("scope", "named"), GUARDED)
def test_guarded_papers_take_two_whatever_the_policy_says(scope, named):
    assert approvals_needed(scope, named, Level.MASKED, POLICY) == 2


@pytest.mark.parametrize("level", [Level.MASKED, Level.CLEAR])
@pytest.mark.parametrize(
    ("scope", "named"),
    [(Scope(categories=frozenset({"2", "10"})), []), (Scope(materials=frozenset({"m"})), [ORDINARY])],
)
def test_others_take_what_the_policy_says_of_their_level_and_category(scope, named, level):
    def needed(**rules):
        return approvals_needed(scope, named, level, replace(POLICY, **rules))

    assert needed() == needed(twofold=frozenset({"3"})) == 1
    assert needed(approvers=2) == needed(twofold=frozenset({"2"})) == 2
    assert needed(clear_approvers=2) == (2 if level is Level.CLEAR else 1)


@pytest.mark.parametrize(
    ("steps", "standing"),
    [
        ("submitted seconded approved", [1, 2]),
        ("submitted seconded approved undone", [1]),
        ("submitted approved undone approved", [3]),
        ("submitted seconded returned answered", []),
        ("submitted seconded returned answered seconded approved revoked", [4, 5]),
        ("", []),
    ],
)
def test_an_approval_stands_until_it_is_undone_or_the_request_is_handed_in_anew(steps, standing):
    assert standing_approvals((kind, place) for place, kind in enumerate(steps.split())) == standing


def test_words_are_needed_and_short():
    assert checked_words(" 为何 ", what="理由") == "为何"
    assert checked_words("", what="理由", required=False) == ""
    for words in ("  ", "长" * (LONGEST_WORDS + 1)):
        with pytest.raises(Invalid):
            checked_words(words, what="理由")
