"""Roles and which of them one person may not hold together."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.role import Role, checked, may_be_held_together

FORBIDDEN = {
    frozenset(pair)
    for pair in [
        (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER),
        (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR),
        (Role.SECURITY_OFFICER, Role.AUDITOR),
        (Role.SYSTEM_ADMINISTRATOR, Role.ARCHIVIST),
        (Role.SYSTEM_ADMINISTRATOR, Role.APPROVER),
        (Role.SECURITY_OFFICER, Role.ARCHIVIST),
        (Role.SECURITY_OFFICER, Role.APPROVER),
        (Role.AUDITOR, Role.ARCHIVIST),
        (Role.AUDITOR, Role.APPROVER),
    ]
}


def test_exactly_the_separated_pairs_are_forbidden_in_either_order():
    found = {frozenset(pair) for pair in permutations(Role, 2) if not may_be_held_together(*pair)}
    assert found == FORBIDDEN


@given(st.sets(st.sampled_from(Role)))
def test_a_set_of_roles_is_refused_when_any_two_of_it_are_separated(roles):
    is_fine = bool(roles) and not any(frozenset(pair) in FORBIDDEN for pair in combinations(roles, 2))
    if is_fine:
        assert checked(roles) == roles
    else:
        with pytest.raises(Invalid):
            checked(roles)


def test_the_refusal_names_both_roles():
    with pytest.raises(Invalid, match=r"安全审计员与系统管理员|系统管理员与安全审计员"):
        checked([Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR])


def test_every_role_has_a_name_of_its_own():
    assert len({role.label for role in Role}) == len(Role)
