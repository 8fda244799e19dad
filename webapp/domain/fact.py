"""Asking for a fact (查询一项事实): what may be asked, the states a query goes through, what an answer must say.

The list is fixed and has a version: a query keeps the version it was asked by. It names terms of the
干部任免审批表 and nothing that is guarded: no health, family, sanctions, ethnicity, identity numbers.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from webapp.domain.errors import Invalid
from webapp.domain.identifiers import hits
from webapp.domain.partial_date import PartialDate
from webapp.domain.role import Role

MOST_OPEN = 10  # of one asker at once: each is an archivist's work
LONGEST_VALUE = 200  # characters: one line, or two degrees
TOLD_FOR = timedelta(days=30)  # an official sees an answer; then they ask anew, for it may have changed


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that may be asked for.

    words, date -- what the value says in words, and the day, month or year it gives; empty where it has none
    found_in -- leaf categories in which its evidence usually lies
    """

    code: str
    label: str
    words: str = ""
    date: str = ""
    found_in: tuple[str, ...] = ()


_DEGREE = "学历、学位、毕业院校系及专业"
CURRENT = "2026-1"
LISTS: dict[str, tuple[Fact, ...]] = {
    CURRENT: (
        Fact("birth", "出生日期", date="出生日期", found_in=("1", "6", "9-2")),
        Fact("native-place", "籍贯", words="省、县（市、区）", found_in=("1", "9-2")),
        Fact("birthplace", "出生地", words="省、县（市、区）", found_in=("1", "9-2")),
        Fact("work-start", "参加工作时间", date="参加工作时间", found_in=("9-2", "9-1", "1")),
        Fact("party", "入党时间", date="入党时间", found_in=("6",)),
        Fact("full-time", "全日制学历学位及毕业时间", words=_DEGREE, date="毕业时间", found_in=("4-1",)),
        Fact("in-service", "在职学历学位及毕业时间", words=_DEGREE, date="毕业时间", found_in=("4-1",)),
        Fact("post", "现任职务及任职时间", words="单位和职务", date="任职时间", found_in=("9-2",)),
        Fact("rank", "现任职级及任职级时间", words="职级", date="任职级时间", found_in=("9-2",)),
        Fact("title", "专业技术职务及取得时间", words="专业技术职务", date="取得时间", found_in=("4-2",)),
    )
}  # fmt: skip


class State(StrEnum):
    """Where a query stands."""

    AWAITED = "awaited"  # an approver decides first whether it may be answered
    WAITING = "waiting"  # for the keeper
    ANSWERED = "answered"
    REFUSED = "refused"  # by the approver: it never came to the keeper
    DECLINED = "declined"  # by the keeper
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"  # the answer was taken back, and the certificate with it

    @property
    def label(self) -> str:
        """The state in the interface."""
        return _STATES[self]


_STATES = {
    State.AWAITED: "待审批",
    State.WAITING: "待答复",
    State.ANSWERED: "已答复",
    State.REFUSED: "不予批准",
    State.DECLINED: "不予答复",
    State.WITHDRAWN: "已撤回",
    State.REVOKED: "答复已收回",
}
OPEN = (State.AWAITED, State.WAITING)
CAME_TO_KEEPER = (State.WAITING, State.ANSWERED, State.DECLINED, State.REVOKED)


class Way(StrEnum):
    """Who lets a fact be told to an asker."""

    KEEPER = "keeper"  # alone: the papers would say no less
    APPROVER = "approver"  # first, then the keeper
    REQUEST = "request"  # nobody: the rules want two approvers, who decide about requests to read


class Outcome(StrEnum):
    """What the keeper found of one fact."""

    CONFIRMED = "confirmed"
    ABSENT = "absent"
    DISAGREE = "disagree"

    @property
    def label(self) -> str:
        """The outcome in the interface."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.CONFIRMED: "已确认",
    Outcome.ABSENT: "档案中没有",
    Outcome.DISAGREE: "材料记载不一致",
}

REVOCATIONS = {
    "wrong": "内容有误",
    "superseded": "情况有变化，以新的答复为准",
    "other": "其他原因",
}


@dataclass(frozen=True, slots=True)
class Value:
    """What was found: the value of a confirmed fact, or words about why there is none."""

    words: str = ""
    date: PartialDate | None = None

    def told(self, fact: Fact) -> str:
        """The value in one line."""
        when = self.date.chinese if self.date else ""
        if self.words and when:
            return f"{self.words}；{fact.date}：{when}"
        return self.words or when

    def written(self) -> str:
        """As it is kept."""
        return json.dumps({"words": self.words, "date": str(self.date or "")}, ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> "Value":
        """Inverse of written()."""
        held = json.loads(written)
        return cls(held["words"], PartialDate.parse(held["date"]) if held["date"] else None)


def find(code: str, version: str = CURRENT) -> Fact:
    """One fact of a version of the list. Raises Invalid."""
    for fact in LISTS.get(version, ()):
        if fact.code == code:
            return fact
    raise Invalid("请从列表中选择要查询的事项")


def checked_choice(codes: Collection[str]) -> tuple[Fact, ...]:
    """The facts chosen of the current list, in its order. Raises Invalid for none or an unknown one."""
    for code in codes:
        find(code)
    if not codes:
        raise Invalid("请至少选择一项要查询的事实")
    return tuple(fact for fact in LISTS[CURRENT] if fact.code in codes)


def checked_value(fact: Fact, outcome: Outcome, words: str, written_date: str, *, today: date) -> Value:
    """What a keeper may write for a fact. Raises Invalid."""
    plain = " ".join(words.split())
    if len(plain) > LONGEST_VALUE:
        raise Invalid(f"请控制在 {LONGEST_VALUE} 字以内")
    if hits(plain):
        raise Invalid("这里不能写身份证号、电话、银行卡号或邮箱，请只写所查的事实")
    if outcome is Outcome.ABSENT:
        return Value(plain)
    if outcome is Outcome.DISAGREE:
        if not plain:
            raise Invalid("请写明哪些材料不一致，各是怎么记载的")
        return Value(plain)
    return _confirmed(fact, plain, written_date.strip(), today)


def _confirmed(fact: Fact, words: str, written_date: str, today: date) -> Value:
    if fact.words and not words:
        raise Invalid(f"请填写{fact.words}")
    if not fact.date:
        return Value(words)
    if not written_date:
        if not fact.words:
            raise Invalid(f"请填写{fact.date}")
        return Value(words)
    when = PartialDate.parse(written_date)
    if (when.year, when.month or 1, when.day or 1) > (today.year, today.month, today.day):
        raise Invalid(f"{fact.date}不能在今天以后")
    return Value(words if fact.words else "", when)


def is_told(role: Role, answered_at: datetime, now: datetime) -> bool:
    """True while the asker may see the answer: officials for TOLD_FOR, individuals what is their own for ever."""
    return role is Role.INDIVIDUAL or now < answered_at + TOLD_FOR


def in_words(facts: Sequence[Fact]) -> str:
    """出生日期、入党时间."""
    return "、".join(fact.label for fact in facts)
