"""Paper that is lent, extracted from or copied (借阅、摘录、复制): how an entry ends and when it is due. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from webapp.domain.errors import Invalid

# 条例 says only 规定时限; units that publish a figure say one week or two. The shorter one, unless LANTAI_LOAN_DAYS.
LOAN_DAYS = 7
SOON = timedelta(days=1)  # before the day it is due: the borrower can still bring it on a working day
LATEST_ENTRY = timedelta(
    days=30
)  # after it was taken: older ones belong in the paper register they were written in
LONGEST_NAME = 64  # characters, as accounts have it
LONGEST_LINE = 120
MOST_PAGES = 2000


class Kind(StrEnum):
    """What was done with the paper."""

    BORROW = "borrow"
    EXTRACT = "extract"
    COPY = "copy"

    @property
    def label(self) -> str:
        """The kind in words."""
        return {Kind.BORROW: "借阅", Kind.EXTRACT: "摘录", Kind.COPY: "复制"}[self]


class Ending(StrEnum):
    """What became of it in the end."""

    RETURNED = "returned"
    FILED = "filed"  # an extract or a copy, with the papers it was made for
    DESTROYED = "destroyed"
    MISTAKEN = "mistaken"  # it never happened: the entry was wrong

    @property
    def label(self) -> str:
        """The ending in words."""
        return _ENDINGS[self]


_ENDINGS = {
    Ending.RETURNED: "已归还",
    Ending.FILED: "已随业务档案归档",
    Ending.DESTROYED: "已销毁",
    Ending.MISTAKEN: "登记有误，已作废",
}
_ENDS_OF_SHEETS = (Ending.RETURNED, Ending.FILED, Ending.DESTROYED, Ending.MISTAKEN)
ENDS: dict[Kind, tuple[Ending, ...]] = {
    Kind.BORROW: (Ending.RETURNED, Ending.MISTAKEN),
    Kind.EXTRACT: _ENDS_OF_SHEETS,
    Kind.COPY: _ENDS_OF_SHEETS,
}


class Stage(StrEnum):
    """How near the day is on which borrowed paper is due."""

    OUT = "out"
    SOON = "soon"
    OVERDUE = "overdue"


def stage(due_on: date | None, today: date) -> Stage:
    """The stage of paper that is out. Due on its day, overdue from the next; without a day it is never late."""
    if due_on is None or today < due_on - SOON:
        return Stage.OUT
    return Stage.SOON if today <= due_on else Stage.OVERDUE


def checked_kind(name: str) -> Kind:
    """The kind by name. Raises Invalid."""
    if name not in set(Kind):
        raise Invalid("请选择借阅、摘录还是复制")
    return Kind(name)


def checked_ending(kind: Kind, name: str) -> Ending:
    """An ending that an entry of this kind may have. Raises Invalid."""
    if name not in ENDS[kind]:
        raise Invalid("请选择怎样了结")
    return Ending(name)


def checked_out(out_on: date, today: date) -> date:
    """The day on which it was taken. Raises Invalid for one to come and one long past."""
    if out_on > today:
        raise Invalid("借出日期不能在今天以后")
    if out_on < today - LATEST_ENTRY:
        raise Invalid(f"借出日期最早为 {LATEST_ENTRY.days} 天前")
    return out_on


def checked_due(due_on: date | None, *, since: date, days: int, last_day: date | None = None) -> date:
    """The day by which it comes back, within the days that the rule gives. Raises Invalid.

    last_day -- of the approval it is taken by; paper is out no longer than it holds
    What is entered late may be overdue already.
    """
    if due_on is None:
        raise Invalid("请填写应还日期")
    if due_on < since:
        raise Invalid(f"应还日期不能早于 {since.isoformat()}")
    if due_on > since + timedelta(days=days):
        raise Invalid(
            f"按规定一次最多 {days} 天，应还日期最晚为 {(since + timedelta(days=days)).isoformat()}"
        )
    if last_day is not None and due_on > last_day:
        raise Invalid(f"批准的查阅期限到 {last_day.isoformat()} 为止，应还日期不能更晚")
    return due_on


def checked_pages(kind: Kind, pages: int | None) -> int | None:
    """How many pages were extracted from or copied; none of what was borrowed. Raises Invalid."""
    if kind is Kind.BORROW:
        return None
    if pages is None or not 1 <= pages <= MOST_PAGES:
        raise Invalid(f"请填写{kind.label}了多少页")
    return pages


def checked_line(text: str, *, what: str, longest: int = LONGEST_LINE, required: bool = False) -> str:
    """One line that somebody wrote, with single blanks. Raises Invalid when missing or too long."""
    plain = " ".join(text.split())
    if required and not plain:
        raise Invalid(f"请填写{what}")
    if len(plain) > longest:
        raise Invalid(f"{what}请控制在 {longest} 字以内")
    return plain
