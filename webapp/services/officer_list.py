"""The list of accounts (账号清单): a page of it, by state, by name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import JOIN

from webapp.storage.accounts import ENROLLED, Officer
from webapp.storage.archive import Unit

PAGE = 50  # rows


class State(StrEnum):
    """Where an account stands; it waits for the second person once its own has enrolled."""

    ACTIVE = "active"
    UNENROLLED = "unenrolled"
    WAITING = "waiting"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The state in the interface."""
        return _LABELS[self]


_LABELS = {
    State.ACTIVE: "正常",
    State.UNENROLLED: "未登记",
    State.WAITING: "待核准",
    State.DISABLED: "已停用",
}
_OPEN = Officer.disabled_at.is_null()
_CONDITIONS = {
    State.DISABLED: Officer.disabled_at.is_null(False),
    State.UNENROLLED: _OPEN & ~ENROLLED,
    State.WAITING: _OPEN & ENROLLED & Officer.authorised_at.is_null(),
    State.ACTIVE: _OPEN & ENROLLED & Officer.authorised_at.is_null(False),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of officers, in the order of units and logins; `has_more` when another follows."""

    officers: list[Officer]
    has_more: bool


def state_of(officer: Officer) -> State:
    """The state of one account; every account is in exactly one."""
    if officer.disabled_at is not None:
        return State.DISABLED
    if not officer.is_enrolled:
        return State.UNENROLLED
    return State.WAITING if officer.authorised_at is None else State.ACTIVE


def listing(*, state: State | None = None, words: str = "", page: int = 1) -> Listed:
    """Officers in a state (None: all) whose name or login contains `words`. Pages count from 1."""
    query = Officer.select(Officer, Unit).join(Unit, JOIN.LEFT_OUTER)
    for condition in _wanted(state, words.strip()):
        query = query.where(condition)
    start = (max(page, 1) - 1) * PAGE
    rows = list(query.order_by(Unit.path, Officer.login).offset(start).limit(PAGE + 1))
    return Listed(rows[:PAGE], len(rows) > PAGE)


def counts() -> dict[State, int]:
    """How many accounts are in each state."""
    return {state: Officer.select().where(condition).count() for state, condition in _CONDITIONS.items()}


def _wanted(state: State | None, words: str) -> list[Any]:
    wanted = [] if state is None else [_CONDITIONS[state]]
    if words:
        wanted.append(Officer.name.contains(words) | Officer.login.contains(words.casefold()))
    return wanted
