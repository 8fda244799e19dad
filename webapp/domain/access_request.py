"""Asking to read (查阅申请): what one may ask for, which states a request goes through, and who may decide it.

Pure. A stored state says what people did; the state at a moment also says that the time asked for has passed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from webapp.domain.disclosure import Level, Policy, Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.grant import Scope


class State(StrEnum):
    """Where a request stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # for an approver
    RETURNED = "returned"  # with a question for the asker
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # the time asked for passed before anybody decided

    @property
    def label(self) -> str:
        """The state in the interface."""
        return _LABELS[self]


_LABELS = {
    State.DRAFT: "草稿",
    State.WAITING: "待审批",
    State.RETURNED: "退回补充",
    State.APPROVED: "已批准",
    State.REJECTED: "不予批准",
    State.WITHDRAWN: "已撤回",
    State.EXPIRED: "已过期",
}


class Step(StrEnum):
    """What was done on a request's way, as its timeline tells it."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ANSWERED = "answered"
    SECONDED = "seconded"  # the first of two approvals
    APPROVED = "approved"
    UNDONE = "undone"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The step in the interface."""
        return _STEPS[self]


_STEPS = {
    Step.SUBMITTED: "提交申请",
    Step.RETURNED: "退回补充",
    Step.ANSWERED: "补充说明",
    Step.SECONDED: "第一位审批人同意",
    Step.APPROVED: "批准",
    Step.UNDONE: "撤销批准",
    Step.REJECTED: "不予批准",
    Step.WITHDRAWN: "撤回申请",
    Step.REVOKED: "收回授权",
}

HANDED_IN = frozenset({State.WAITING, State.RETURNED})
OPEN = HANDED_IN | {State.DRAFT}
MOST_OPEN = 20  # of one asker at once, drafts too: each is handed in some day, and approvers read them all
_MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.WAITING, State.WITHDRAWN}),
    State.WAITING: frozenset({State.RETURNED, State.APPROVED, State.REJECTED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.WAITING, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.WAITING}),  # undone before the grant came into force
}

SHORTEST_MINUTES = 10  # of reading: a glance
LONGEST_WORDS = 500  # characters of details, questions, answers and reasons
LEVELS = (Level.MASKED, Level.CLEAR)
Filed = tuple[str, Sensitivity]  # where a material is filed, by leaf code, and how it is guarded
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Terms:
    """How far and how long one may read.

    not_before, not_after -- aware UTC; minutes -- of reading, counted by the server
    may_copy -- also take a copy along (复制件), as a file or on paper: nobody can tell which
    is_for_two -- read only with a second officer present: what an approver adds, never what one asks for
    """

    level: Level
    not_before: datetime
    not_after: datetime
    minutes: int
    may_copy: bool = False
    is_for_two: bool = False

    def no_wider_than(self, asked: "Terms") -> bool:
        """True when these terms give nothing that `asked` did not."""
        return (
            self.level <= asked.level
            and self.not_before >= asked.not_before
            and self.not_after <= asked.not_after
            and self.minutes <= asked.minutes
            and self.may_copy <= asked.may_copy
            and self.is_for_two >= asked.is_for_two
        )


def before(state: State) -> frozenset[State]:
    """The states from which people may bring a request to `state`."""
    return frozenset(one for one, others in _MOVES.items() if state in others)


def state_at(stored: State, not_after: datetime | None, now: datetime) -> State:
    """The state at a moment: a request whose time passed undecided is expired. A draft never is: nobody was asked."""
    if stored in HANDED_IN and not_after is not None and now >= not_after:
        return State.EXPIRED
    return stored


def checked_terms(terms: Terms, policy: Policy, now: datetime) -> Terms:
    """Terms that may be asked for now. Raises Invalid."""
    if terms.level not in LEVELS:
        raise Invalid("请选择看遮挡后的页面，还是看原样的页面")
    if terms.not_after <= now or terms.not_after <= terms.not_before:
        raise Invalid("截止时间要在开始时间和现在之后")
    if terms.minutes < SHORTEST_MINUTES:
        raise Invalid(f"阅读时长至少 {SHORTEST_MINUTES} 分钟")
    if beyond := excess(terms, policy, now):
        raise Invalid(beyond)
    return terms


def excess(terms: Terms, policy: Policy, now: datetime) -> str:
    """What of the terms the policy does not allow from now on, in words; empty when nothing."""
    if terms.not_after - max(terms.not_before, now) > timedelta(days=policy.longest_days):
        return f"查阅期限不能超过 {policy.longest_days} 天"
    if terms.not_before - now > timedelta(days=policy.furthest_days):
        return f"开始时间要在 {policy.furthest_days} 天之内"
    if terms.minutes > policy.longest_minutes:
        return f"阅读时长不能超过 {policy.longest_minutes} 分钟"
    return ""


def checked_words(words: str, *, what: str, required: bool = True) -> str:
    """Words somebody wrote, without blanks around them. Raises Invalid when missing or too long."""
    plain = words.strip()
    if required and not plain:
        raise Invalid(f"请填写{what}")
    if len(plain) > LONGEST_WORDS:
        raise Invalid(f"{what}请控制在 {LONGEST_WORDS} 字以内")
    return plain


def standing_approvals(steps: Iterable[tuple[str, _Done]]) -> list[_Done]:
    """Those that stand, in the order they were given: none from before it was handed in anew, none undone.

    steps -- the kind of each and what stands for it, the oldest first
    """
    standing: list[_Done] = []
    for kind, done in steps:
        if kind in (Step.SECONDED, Step.APPROVED):
            standing.append(done)
        elif kind == Step.UNDONE:
            standing.pop()
        elif kind in (Step.SUBMITTED, Step.ANSWERED):
            standing.clear()
    return standing


def approvals_needed(scope: Scope, named: Collection[Filed], level: Level, policy: Policy) -> int:
    """Two in sequence where something guarded is asked for, whatever the policy says; else as it says.

    named -- category and sensitivity of each material that the scope names
    """
    guarded = scope.asks_guarded or any(sensitivity is Sensitivity.RESTRICTED for _, sensitivity in named)
    if guarded or not policy.twofold.isdisjoint({*scope.categories, *(category for category, _ in named)}):
        return 2
    return max(policy.approvers, policy.clear_approvers if level is Level.CLEAR else 1)
