"""The permission table: complete, and closed for what it does not name."""

import pytest

from webapp.domain import permission
from webapp.domain.permission import ROLES, Permission, permits
from webapp.domain.role import Role

OPEN = {Permission.ANYBODY, Permission.CODE_AWAITED}  # decided before there is a role
SEPARATED = {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR}
OF_DOSSIERS = {
    Permission.SEARCH,
    Permission.READ,
    Permission.OWN,
    Permission.INTAKE,
    Permission.CATALOGUE,
    Permission.LOANS,
    Permission.MASKS,
    Permission.PEOPLE,
    Permission.CORRECTIONS,
}


def test_the_table_names_every_permission_that_needs_a_role():
    assert set(ROLES) == set(Permission) - OPEN


def test_no_permission_is_given_to_nobody():
    assert all(ROLES.values())


@pytest.mark.parametrize("role", Role)
def test_what_the_table_does_not_name_is_refused(role, monkeypatch):
    monkeypatch.setattr(permission, "ROLES", {})
    assert not any(permits(role, asked) for asked in Permission)


@pytest.mark.parametrize("role", sorted(SEPARATED))
def test_the_separated_roles_touch_no_dossier(role):
    assert not any(permits(role, asked) for asked in OF_DOSSIERS)


def test_the_log_accounts_and_rights_belong_to_one_separated_role_each():
    assert ROLES[Permission.AUDIT] == {Role.AUDITOR}
    assert ROLES[Permission.OFFICERS] == {Role.SYSTEM_ADMINISTRATOR}
    assert ROLES[Permission.ROLES] == {Role.SECURITY_OFFICER}


def test_an_individual_reads_and_does_not_search():
    held = {asked for asked in ROLES if permits(Role.INDIVIDUAL, asked)}
    assert held == {Permission.SIGNED_IN, Permission.READ, Permission.OWN}
