"""What this instance decided about itself, and its rules as they stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import policy as rules
from webapp.domain.disclosure import Policy
from webapp.domain.policy import ChangeState
from webapp.storage.policy import PolicyChange, Setting


@dataclass(frozen=True, slots=True)
class Instance:
    """The recorded decisions. `is_demonstration` marks an instance that holds only generated people."""

    organisation: str
    policy: Policy
    is_demonstration: bool


def record(instance: Instance, *, at: datetime) -> None:
    """Write the decisions down. Part of making an instance, in its transaction."""
    codes = rules.coded(instance.policy)
    facts = {
        "organisation": instance.organisation,
        "demonstration": "yes" if instance.is_demonstration else "no",
    }
    _keep({**codes, **facts}, at)
    first = {"version": 1, "state": ChangeState.MADE, "rules": json.dumps(codes)}
    PolicyChange.create(**first, proposed_at=at, decided_at=at)


def current() -> Instance:
    """The decisions as they stand. One query; each request asks anew, so a change holds from the next one on."""
    held = dict(Setting.select(Setting.name, Setting.value).tuples())
    return Instance(held["organisation"], rules.decoded(held), held["demonstration"] == "yes")


def replace(new: Policy, *, at: datetime) -> None:
    """Put another policy in the place of the one in force, in the caller's transaction."""
    codes, old = rules.coded(new), rules.coded(current().policy)
    Setting.delete().where(Setting.name.in_(list(old.keys() - codes.keys()))).execute()
    _keep({key: code for key, code in codes.items() if old.get(key) != code}, at)


def _keep(decisions: Mapping[str, str], at: datetime) -> None:
    rows = [{"name": name, "value": value, "decided_at": at} for name, value in decisions.items()]
    if rows:
        Setting.replace_many(rows).execute()
