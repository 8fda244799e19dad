"""Asking for a correction (更正申请): what may be pointed at, in which words, and by when it is answered.

What was filed is never altered: an accepted correction is answered by what was done beside it.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from webapp.domain.errors import Invalid

SHORTEST, LONGEST = 5, 2000  # characters of what is wrong, and of an answer
MOST_OPEN = 20  # of one person at once
ANSWER_WORKING_DAYS = 15  # the service limit common for 《个人信息保护法》 Art. 50, which itself names none

FIELDS: dict[str, str] = {
    "name": "姓名",
    "sex": "性别",
    "birth": "出生日期",
    "unit": "单位",
    "post": "职务",
    "catalogue": "目录缺少材料或归类不对",
}


class State(StrEnum):
    """Where a correction stands. Only an open one moves, once."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return _LABELS[self]


_LABELS = {
    State.OPEN: "处理中",
    State.ACCEPTED: "已更正",
    State.DECLINED: "未予更正",
    State.WITHDRAWN: "已撤回",
}


def checked_words(text: str, what: str) -> str:
    """The words without blanks around them. Raises Invalid for too few or too many; `what` names them in the reason."""
    words = "\n".join(line.strip() for line in text.strip().splitlines())
    if not SHORTEST <= len(words) <= LONGEST:
        raise Invalid(f"请写明{what}，{SHORTEST} 到 {LONGEST} 字")
    return words


def checked_field(name: str) -> str:
    """The field pointed at. Raises Invalid for any other."""
    if name not in FIELDS:
        raise Invalid("请选择要更正哪一项")
    return name


def due(asked_at: datetime) -> date:
    """The day by which it should be answered: working days without weekends; public holidays are not known here."""
    day, left = asked_at.date(), ANSWER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day
