"""Limits on guessing (登录限速), counted in the database so that every process and every restart counts alike.

A try is written down before it is looked at, so a hundred at once are a hundred; a right one is taken back.
A device its officer has signed in on before is counted by itself: guesses from elsewhere do not lock the owner out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.errors import Throttled
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Attempt, Officer
from webapp.storage.database import transaction
from webapp.vault.vault import vault


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many tries within a moving window."""

    tries: int
    window: timedelta


# 50 a day against three valid codes of a million is 5 % a year for one who has the password; LOCKED_AFTER
# in totp.py brings it to 0.02 %.
ACCOUNT = (Limit(5, timedelta(minutes=5)), Limit(20, timedelta(hours=1)), Limit(50, timedelta(days=1)))
ADDRESS = (Limit(10, timedelta(minutes=5)), Limit(50, timedelta(hours=1)))
_KEPT = timedelta(days=1)  # the longest window


@dataclass(frozen=True, slots=True)
class Bucket:
    """One thing that is counted, and its limits."""

    name: str
    limits: Sequence[Limit]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A try that was let through. `is_last` when the next one will not be."""

    ids: tuple[int, ...]
    is_last: bool


def buckets(step: str, login: str, officer: Officer | None, visitor: Visitor) -> list[Bucket]:
    """What a try counts against. Names no login and no address readably, and is built alike for unknown logins.

    step -- password | code | enrolment
    """
    account = vault.blind_index("login", login)
    if visitor.is_known_to(officer):
        device = vault.blind_index("device", visitor.device_id + login)
        return [Bucket(f"{step}|device|{device}", ACCOUNT)]
    address = vault.blind_index("address", visitor.network)
    return [Bucket(f"{step}|account|{account}", ACCOUNT), Bucket(f"address|{address}", ADDRESS)]


def reserve(counted: Sequence[Bucket], *, now: datetime) -> Reservation:
    """Write a try down in a transaction of its own. Raises Throttled with the seconds until one is let through."""
    with transaction():
        Attempt.delete().where(Attempt.at < now - _KEPT).execute()
        left = []
        for bucket in counted:
            for limit in bucket.limits:
                left.append(_left(bucket.name, limit, now))
        ids = tuple(Attempt.create(bucket=bucket.name, at=now).id for bucket in counted)
    return Reservation(ids, is_last=min(left) <= 1)


def give_back(reservation: Reservation) -> None:
    """Take back a try that was right."""
    Attempt.delete().where(Attempt.id.in_(reservation.ids)).execute()


def _left(bucket: str, limit: Limit, now: datetime) -> int:
    """How many tries are left in the window, the present one among them. Raises Throttled at none."""
    recent = (
        Attempt.select(Attempt.at)
        .where((Attempt.bucket == bucket) & (Attempt.at > now - limit.window))
        .order_by(Attempt.at.desc())
        .limit(limit.tries)
    )
    times = [row.at for row in recent]
    if len(times) < limit.tries:
        return limit.tries - len(times)
    wait_s = max(1, int((times[-1] + limit.window - now).total_seconds()) + 1)
    minutes = -(-wait_s // 60)
    raise Throttled(f"尝试次数过多，请 {minutes} 分钟后再试", retry_after_s=wait_s)
