"""Policies for property tests: any that may be decided, and one that is no looser than two."""

from dataclasses import replace

from hypothesis import strategies as st

from webapp.domain.category import CODES
from webapp.domain.disclosure import Levels, Policy, Preset
from webapp.domain.policy import RULES, decoded

CHOSEN = {
    rule.key: st.sampled_from([choice.code for choice in rule.choices])
    if rule.choices
    else st.integers(rule.least, rule.most).map(str)
    for rule in RULES
}
policies = st.fixed_dictionaries(CHOSEN).map(decoded)


def tightest_of(one: Policy, other: Policy) -> Policy:
    """Each rule as the tighter of two has it."""
    return replace(
        one,
        preset=Preset.STRICT if Preset.STRICT in (one.preset, other.preset) else Preset.STANDARD,
        own_dossier=one.own_dossier and other.own_dossier,
        auto_masks=one.auto_masks and other.auto_masks,
        scope_levels=_lower(one.scope_levels, other.scope_levels),
        own_levels=_lower(one.own_levels, other.own_levels),
        approvers=max(one.approvers, other.approvers),
        clear_approvers=max(one.clear_approvers, other.clear_approvers),
        twofold=one.twofold | other.twofold,
        longest_days=min(one.longest_days, other.longest_days),
        longest_minutes=min(one.longest_minutes, other.longest_minutes),
        furthest_days=min(one.furthest_days, other.furthest_days),
    )


def _lower(one: Levels, other: Levels) -> Levels:
    return tuple(
        (code, min(held[code] for held in (dict(one), dict(other)) if code in held))
        for code in CODES
        if code in dict(one) or code in dict(other)
    )
