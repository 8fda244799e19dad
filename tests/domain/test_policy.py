"""The rules of an instance: tighter never shows more, the floor holds for every policy, and changes are told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.policies import policies, tightest_of
from tests.moment import NOW
from webapp.domain.access_request import Terms, approvals_needed, excess
from webapp.domain.category import CODES, GUARDED_CATEGORIES
from webapp.domain.disclosure import (
    Level,
    MaskState,
    Policy,
    Preset,
    Reader,
    Sensitivity,
    Sought,
    Standing,
    decide,
)
from webapp.domain.errors import Invalid
from webapp.domain.grant import Scope
from webapp.domain.policy import RULES, coded, decoded, differences, in_effect
from webapp.domain.role import Role

STANDARD = Policy(Preset.STANDARD, own_dossier=True, auto_masks=True)
categories, sensitivities = st.sampled_from(CODES), st.sampled_from(Sensitivity)
readers = st.builds(Reader, st.sampled_from(Role), st.sampled_from(Standing))
sought = st.one_of(
    st.just(Sought()),
    st.builds(Sought, categories, sensitivities),
    st.builds(Sought, categories, sensitivities, st.sampled_from(MaskState)),
)
levels = st.sampled_from(Level)
scopes = st.builds(Scope, categories=st.frozensets(categories, min_size=1), with_guarded=st.booleans())
named = st.lists(st.tuples(categories, sensitivities), max_size=3)


@given(policies, policies, readers, sought, levels)
@settings(max_examples=120)
def test_a_tighter_policy_never_shows_more(one, other, reader, what, granted):
    tighter = tightest_of(one, other)
    assert (
        decide(reader, what, tighter, granted=granted).level
        <= decide(reader, what, one, granted=granted).level
    )


@given(policies, policies)
def test_a_tighter_policy_is_told_as_nothing_looser(one, other):
    assert not any(each.is_looser for each in differences(one, tightest_of(one, other)))


@given(policies, st.sampled_from([rule for rule in RULES if not rule.is_fixed]), st.data())
@settings(max_examples=120)
def test_whatever_one_rule_opens_is_told_as_looser(policy, rule, data):
    codes = [choice.code for choice in rule.choices] or [str(rule.least), str(rule.most)]
    other = decoded({**coded(policy), rule.key: data.draw(st.sampled_from(codes))})
    reader, what = data.draw(readers), data.draw(sought)
    opens = decide(reader, what, other).level > decide(reader, what, policy).level
    assert not opens or any(each.is_looser for each in differences(policy, other))


@given(policies, readers, sought, levels)
def test_strict_never_shows_more_than_standard(policy, reader, what, granted):
    strict, standard = (replace(policy, preset=preset) for preset in (Preset.STRICT, Preset.STANDARD))
    assert (
        decide(reader, what, strict, granted=granted).level
        <= decide(reader, what, standard, granted=granted).level
    )


# A policy written past its form: not even that opens what is guarded.
anything = st.lists(st.tuples(categories, levels), max_size=4).map(tuple)
smuggled = st.builds(
    lambda policy, scope, own: replace(policy, scope_levels=scope, own_levels=own),
    policies, anything, anything,
)  # fmt: skip


@given(smuggled, st.sampled_from(Standing), categories, sensitivities, st.sampled_from([None, *MaskState]))
def test_guarded_papers_are_named_to_no_official_without_a_grant(policy, standing, category, guarded, mask):
    decision = decide(Reader(Role.OFFICIAL, standing), Sought(category, guarded, mask), policy)
    if category in GUARDED_CATEGORIES or guarded is Sensitivity.RESTRICTED:
        assert decision.level <= Level.ROSTER
    assert decision.level < Level.CLEAR


@given(smuggled, categories, sensitivities)
def test_individuals_never_see_what_others_said_in_confidence(policy, category, guarded):
    decision = decide(Reader(Role.INDIVIDUAL, Standing.OWN), Sought(category, guarded), policy)
    if category == "8":
        assert decision.level <= Level.CATALOGUE
    elif category == "5" or guarded is Sensitivity.RESTRICTED:
        assert decision.level <= Level.ROSTER


@given(policies, st.sampled_from(sorted(GUARDED_CATEGORIES)), levels)
def test_guarded_papers_take_two_approvers_under_every_policy(policy, category, level):
    assert approvals_needed(Scope(categories=frozenset({category})), (), level, policy) == 2
    paper = [("2", Sensitivity.RESTRICTED)]
    assert approvals_needed(Scope(materials=frozenset({"m"})), paper, level, policy) == 2


@given(policies, policies, scopes, named, levels)
def test_a_tighter_policy_never_asks_fewer_approvers(one, other, scope, filed, level):
    tighter = tightest_of(one, other)
    assert approvals_needed(scope, filed, level, tighter) >= approvals_needed(scope, filed, level, one)


@given(policies, policies, st.integers(1, 120), st.integers(0, 120), st.integers(10, 2000))
def test_what_a_tighter_policy_lets_be_asked_for_any_other_does(one, other, days, start, minutes):
    begins = NOW + timedelta(days=start)
    terms = Terms(Level.MASKED, begins, begins + timedelta(days=days), minutes)
    assert excess(terms, tightest_of(one, other), NOW) or not excess(terms, one, NOW)


@given(policies)
def test_a_policy_is_read_back_as_it_was_written(policy):
    assert decoded(coded(policy)) == policy
    assert differences(policy, policy) == ()


@given(policies, readers, sought, levels)
def test_a_policy_said_as_it_holds_decides_the_same(policy, reader, what, granted):
    told = in_effect(policy)
    assert (
        decide(reader, what, told, granted=granted).level
        == decide(reader, what, policy, granted=granted).level
    )
    assert not any(each.is_looser for each in differences(policy, told))


def test_what_an_instance_decided_before_there_were_more_rules_means_what_it_meant():
    assert decoded({"preset": "standard", "own_dossier": "yes", "auto_masks": "yes"}) == STANDARD
    assert coded(STANDARD).keys() == {rule.key for rule in RULES if not rule.category}


@pytest.mark.parametrize(
    "codes",
    [
        {"scope-5": "catalogue"},
        {"scope-8": "masked"},
        {"own-5": "catalogue"},
        {"own-8": "masked"},
        {"two-5": "no"},
        {"two-8": "no"},
        {"scope-1": "clear"},
        {"own-1": "clear"},
        {"approvers": "0"},
        {"clear_approvers": "3"},
        {"preset": "none"},
        {"longest_days": "0"},
        {"longest_days": "91"},
        {"longest_minutes": "9"},
        {"longest_minutes": "９０"},
        {"furthest_days": "-1"},
        {"furthest_days": ""},
        {"longest_days": "1" * 5000},
    ],
)
def test_what_is_below_the_floor_or_beyond_reason_is_refused(codes):
    with pytest.raises(Invalid):
        decoded({**coded(STANDARD), **codes})


def test_a_change_is_told_in_words_with_what_it_opens():
    new = decoded({**coded(STANDARD), "scope-4-1": "roster", "longest_days": "30", "two-6": "yes"})
    assert [
        (each.rule.title, each.old_words, each.new_words, each.is_looser)
        for each in differences(STANDARD, new)
    ] == [
        ("查阅期限最长", "15 天", "30 天", True),
        ("四-1 学历学位类材料 · 范围内的查阅人", "可看遮挡后的页面", "须经批准，目录也不列", False),
        ("六 党、团类材料 · 审批", "按一般规定", "一律两位审批人", False),
    ]


@pytest.mark.parametrize(
    ("level", "inside", "outside", "rule"),
    [
        (Level.MASKED, Level.MASKED, Level.CATALOGUE, "scope"),
        (Level.CATALOGUE, Level.CATALOGUE, Level.CATALOGUE, "category-titles-only"),
        (Level.ROSTER, Level.ROSTER, Level.ROSTER, "category-by-request"),
    ],
)
def test_a_category_is_as_open_to_officials_as_was_decided(level, inside, outside, rule):
    policy = replace(STANDARD, scope_levels=(("2", level),))
    page = Sought("2", Sensitivity.ORDINARY, MaskState.VERIFIED)
    in_scope = decide(Reader(Role.OFFICIAL, Standing.SCOPE), page, policy)
    assert (in_scope.level, in_scope.rule) == (inside, rule)
    assert decide(Reader(Role.OFFICIAL, Standing.ORGANISATION), page, policy).level is outside
    other = replace(page, category="3")
    assert decide(Reader(Role.OFFICIAL, Standing.SCOPE), other, policy).level is Level.MASKED
    assert decide(Reader(Role.ARCHIVIST, Standing.CUSTODY), page, policy).level is Level.CLEAR
    by_grant = decide(Reader(Role.OFFICIAL, Standing.SCOPE), page, policy, granted=Level.MASKED)
    assert by_grant.level is Level.MASKED


def test_a_category_is_as_open_to_the_person_themselves_as_was_decided():
    policy = replace(STANDARD, own_levels=(("2", Level.CATALOGUE), ("8", Level.ROSTER)))
    own = Reader(Role.INDIVIDUAL, Standing.OWN)
    seen = [decide(own, Sought(code, Sensitivity.ORDINARY), policy).level for code in ("1", "2", "8")]
    assert seen == [Level.MASKED, Level.CATALOGUE, Level.ROSTER]
