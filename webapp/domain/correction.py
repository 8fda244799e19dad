"""Asking for a correction (更正申请): what may be pointed at, and how far it has come.

What was filed is never altered: an accepted correction is answered by what was done beside it.
"""

from enum import StrEnum

from webapp.domain.errors import Invalid

MOST_OPEN = 20  # of one person at once

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


def checked_field(name: str) -> str:
    """The field pointed at. Raises Invalid for any other."""
    if name not in FIELDS:
        raise Invalid("请选择要更正哪一项")
    return name
