"""Other rules in few words: put in force at once, or proposed and confirmed by the real services."""

from datetime import datetime

from tests.builders import able
from tests.moment import NOW
from webapp.domain.disclosure import Policy
from webapp.domain.policy import coded, decoded
from webapp.domain.role import Role
from webapp.services import policy, policy_changes
from webapp.services.actor import Actor
from webapp.storage.database import transaction
from webapp.storage.policy import PolicyChange


def with_rules(**codes: str) -> Policy:
    """The policy in force with some rules set otherwise; keys as in forms, with _ for -."""
    held = coded(policy.current().policy)
    return decoded({**held, **{_key(key): code for key, code in codes.items()}})


def rule(**codes: str) -> None:
    """Put them in force, without two people and without a version."""
    with transaction():
        policy.replace(with_rules(**codes), at=NOW)


def proposed(author: Actor | None = None, *, now: datetime = NOW, **codes: str) -> PolicyChange:
    """A proposal that waits."""
    author = author or able(Role.SECURITY_OFFICER)
    version = policy_changes.standing(author, now=now).in_force.row.version
    return policy_changes.propose(author, with_rules(**codes), "按上级要求", based_on=version, now=now)


def changed(*, now: datetime = NOW, **codes: str) -> PolicyChange:
    """A version that two people made."""
    change = proposed(now=now, **codes)
    policy_changes.confirm(able(Role.SECURITY_OFFICER), change.public_id, now=now)
    return PolicyChange.get_by_id(change.id)


def _key(name: str) -> str:
    """scope_4_1 is written scope-4-1; longest_days as it is."""
    who, _, category = name.partition("_")
    return (
        f"{who}-{category.replace('_', '-')}"
        if who in ("scope", "own", "two") and category[0].isdigit()
        else name
    )
