"""Roles of those who sign in, and which of them one person may not hold together (三员分离)."""

from collections.abc import Collection
from enum import StrEnum
from itertools import combinations

from webapp.domain.errors import Invalid


class Role(StrEnum):
    """What an officer may act as. One sitting has one role; it is changed, never merged."""

    OFFICIAL = "official"
    INDIVIDUAL = "individual"
    ARCHIVIST = "archivist"
    APPROVER = "approver"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role's name in the interface."""
        return _LABELS[self]


_LABELS = {
    Role.OFFICIAL: "查阅人",
    Role.INDIVIDUAL: "本人",
    Role.ARCHIVIST: "档案管理员",
    Role.APPROVER: "审批人",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
    Role.SECURITY_OFFICER: "安全保密员",
    Role.AUDITOR: "安全审计员",
}

# GB/T 22239-2019 8.1.5: system, security and audit administration are separate, and none of them reads dossiers.
_ADMINISTRATORS = (
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_OFFICER,
    Role.AUDITOR,
    Role.ARCHIVIST,
    Role.APPROVER,
)
_SOLE = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDITOR)


def may_be_held_together(one: Role, other: Role) -> bool:
    """False for a forbidden pair: each of the three separated roles excludes every other administrator role."""
    both = (one, other)
    return not (one != other and any(r in _SOLE for r in both) and all(r in _ADMINISTRATORS for r in both))


def checked(roles: Collection[Role]) -> frozenset[Role]:
    """The roles as a set. Raises Invalid when empty or when two of them may not be held together."""
    if not roles:
        raise Invalid("至少要有一个角色")
    for one, other in combinations(sorted(roles), 2):
        if not may_be_held_together(one, other):
            raise Invalid(f"{one.label}与{other.label}不能由同一人兼任（三员分离）")
    return frozenset(roles)
