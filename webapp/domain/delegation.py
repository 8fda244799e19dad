"""Standing in for an approver who is away (审批代理): for how long, and where it stands. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from webapp.domain.errors import Invalid

LONGEST = timedelta(days=90)  # a longer absence is a change of duties, which the security officer writes down
FURTHEST_START = timedelta(days=90)


class State(StrEnum):
    """Where a delegation stands at a moment."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"

    @property
    def label(self) -> str:
        """The state in the interface."""
        return _LABELS[self]


_LABELS = {State.COMING: "尚未开始", State.RUNNING: "代理中", State.OVER: "已结束"}


def state_at(begins: datetime, ends: datetime, ended: datetime | None, now: datetime) -> State:
    """The state at a moment; one that was ended by hand never runs again."""
    if ended is not None or now >= ends:
        return State.OVER
    return State.COMING if now < begins else State.RUNNING


def checked_period(begins: datetime, ends: datetime, now: datetime) -> tuple[datetime, datetime]:
    """Begin and end, the begin not before now. Raises Invalid."""
    begins = max(begins, now)
    if ends <= begins:
        raise Invalid("代理的最后一天不能早于第一天，也不能早于今天")
    if ends - begins > LONGEST:
        raise Invalid(f"代理最长 {LONGEST.days} 天；更久的，请安全保密员调整审批范围")
    if begins - now > FURTHEST_START:
        raise Invalid(f"代理要在 {FURTHEST_START.days} 天之内开始")
    return begins, ends
