"""What this instance decided about itself, recorded when it was made."""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.disclosure import Policy, Preset
from webapp.storage.policy import Setting


@dataclass(frozen=True, slots=True)
class Instance:
    """The recorded decisions. `is_demonstration` marks an instance that holds only generated people."""

    organisation: str
    policy: Policy
    is_demonstration: bool


def record(instance: Instance, *, at: datetime) -> None:
    """Write the decisions down. Part of making an instance, in its transaction."""
    rows = {
        "organisation": instance.organisation,
        "preset": instance.policy.preset.value,
        "own_dossier": _flag(instance.policy.own_dossier),
        "auto_masks": _flag(instance.policy.auto_masks),
        "demonstration": _flag(instance.is_demonstration),
    }
    Setting.insert_many([{"name": n, "value": v, "decided_at": at} for n, v in rows.items()]).execute()


def current() -> Instance:
    """The decisions as they stand. One query."""
    held = dict(Setting.select(Setting.name, Setting.value).tuples())
    policy = Policy(
        preset=Preset(held["preset"]),
        own_dossier=held["own_dossier"] == "yes",
        auto_masks=held["auto_masks"] == "yes",
    )
    return Instance(held["organisation"], policy, held["demonstration"] == "yes")


def _flag(value: bool) -> str:
    return "yes" if value else "no"
