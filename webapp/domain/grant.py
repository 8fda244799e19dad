"""Permission to read for a while (授权): what it covers, when it is in force, how reading time is counted.

Pure. Nothing runs out by a timer: whoever asks gets the state at the moment of asking.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.domain.category import GUARDED_CATEGORIES
from webapp.domain.disclosure import Level, Sensitivity

UNDO = timedelta(seconds=5)  # an approval by a slip of the thumb is taken back before anybody could read
BEAT_S = (
    20  # seconds between two heartbeats of an open viewer: three are missed before a page is a minute old
)
LONGEST_GAP = timedelta(seconds=60)  # a longer silence counts as this much: the reader may have left
WARNED_S = 5 * 60  # seconds before the end at which a reader is warned


class GrantState(StrEnum):
    """Where a grant stands at a moment."""

    PENDING = "pending"  # awaits the second approver, the end of the undo window, or its first day
    ACTIVE = "active"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The state in the interface."""
        return _LABELS[self]


_LABELS = {
    GrantState.PENDING: "尚未生效",
    GrantState.ACTIVE: "生效中",
    GrantState.USED_UP: "时长已用完",
    GrantState.EXPIRED: "已到期",
    GrantState.REVOKED: "已收回",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which materials: some by their public id, or whole categories by leaf code.

    with_guarded -- restricted papers filed in ordinary categories too (考察、体检、个人有关事项)
    """

    materials: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    with_guarded: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing is named."""
        return not self.materials and not self.categories

    @property
    def asks_guarded(self) -> bool:
        """Restricted papers are asked for by category."""
        return bool(self.categories) and (self.with_guarded or bool(self.categories & GUARDED_CATEGORIES))

    def covers(self, material: str, category: str, sensitivity: Sensitivity) -> bool:
        """True when the material is named, or its category is with all that it holds of this sensitivity."""
        return material in self.materials or self.covers_category(category, sensitivity)

    def covers_category(self, category: str, sensitivity: Sensitivity) -> bool:
        """True when every material of this category and sensitivity is within."""
        if category not in self.categories:
            return False
        return sensitivity is Sensitivity.ORDINARY or self.with_guarded or category in GUARDED_CATEGORIES

    def within(self, other: "Scope") -> bool:
        """True when this names nothing that `other` does not."""
        return (
            self.materials <= other.materials
            and self.categories <= other.categories
            and self.with_guarded <= other.with_guarded
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant as it was given and used so far.

    is_double -- two approvers gave it: only then are restricted papers open
    is_for_two -- its pages are read only with a second officer present (双人查阅)
    may_copy -- its pages may be taken along as a copy (复制件)
    in_force_at -- end of the undo window, aware UTC; None while the second approver is awaited
    allowed_ms, used_ms -- reading time in milliseconds
    """

    public_id: str
    scope: Scope
    level: Level
    is_double: bool
    in_force_at: datetime | None
    not_before: datetime
    not_after: datetime
    allowed_ms: int
    used_ms: int
    is_revoked: bool = False
    is_for_two: bool = False
    may_copy: bool = False

    def state_at(self, now: datetime) -> GrantState:
        """Where it stands at a moment."""
        if self.is_revoked:
            return GrantState.REVOKED
        if now >= self.not_after:
            return GrantState.EXPIRED
        if self.used_ms >= self.allowed_ms:
            return GrantState.USED_UP
        if self.in_force_at is None or now < self.in_force_at or now < self.not_before:
            return GrantState.PENDING
        return GrantState.ACTIVE

    def level_for(self, material: str, category: str, sensitivity: Sensitivity) -> Level:
        """The level it opens of a material, if it is in force; NOTHING outside its scope."""
        if sensitivity is Sensitivity.RESTRICTED and not self.is_double:
            return Level.NOTHING
        return self.level if self.scope.covers(material, category, sensitivity) else Level.NOTHING

    def level_for_category(self, category: str, sensitivity: Sensitivity) -> Level:
        """The same of whatever a category holds."""
        if sensitivity is Sensitivity.RESTRICTED and not self.is_double:
            return Level.NOTHING
        return self.level if self.scope.covers_category(category, sensitivity) else Level.NOTHING

    def remaining_s(self, now: datetime) -> int:
        """Seconds one may still read, by the time counted and by the clock; never negative."""
        if self.state_at(now) is not GrantState.ACTIVE:
            return 0
        by_clock = (self.not_after - now).total_seconds()
        return max(0, int(min((self.allowed_ms - self.used_ms) / 1000, by_clock)))


def counted_ms(last: datetime | None, now: datetime) -> int:
    """Reading time between two contacts by the server's own clock, in milliseconds rounded up.

    Nothing a browser says enters: more contacts count no less, a silence counts up to LONGEST_GAP. A clock that
    was set back counts nothing.
    """
    if last is None or now <= last:
        return 0
    return -(-min(now - last, LONGEST_GAP) // timedelta(milliseconds=1))
