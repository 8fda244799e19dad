"""The prescribed order of a dossier's catalogue (目录排列): within each category by time, by system or by form.

Serial numbers begin again at 1 in every leaf category; 四 and 九 have a heading without materials of its own.
Sources of the order: 组通字〔2012〕28号 and the arranging rules taught with it (时序法 for 一 二 三 四 七 十).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.domain.category import Category, every, heading, numeral
from webapp.domain.partial_date import PartialDate, chronological
from webapp.domain.schemes import DEFAULT_SCHEME


@dataclass(frozen=True, slots=True)
class Entry:
    """What the order is made from.

    key -- tells entries apart and breaks ties: the order in which they were catalogued
    goes_with -- key of the entry it belongs to: 考察材料 to its 任免审批表; in 五 and 八 the matter's first paper
    """

    key: int
    category: Category
    title: str
    formed: PartialDate | None = None
    goes_with: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the entries under it, in order: entries[0] has serial 1.

    `category` is None for the headings of 四 and 九, which hold nothing themselves.
    """

    main: int
    category: Category | None
    title: str
    entries: tuple[Entry, ...] = ()

    @property
    def mark(self) -> str:
        """What stands before the title: 四 or 四-1."""
        return self.category.display if self.category else numeral(self.main)


# 批复 → 结论、决定 → 本人意见 → 调查 → 证明 → 检讨. The first that fits decides, so the more telling words come
# first: 本人对处分决定的意见 is an opinion, 关于处分决定的批复 an approval.
_MATTER = (
    (2, re.compile("本人.*意见|对.*(?:结论|决定|处分)的意见|申诉|申辩")),
    (5, re.compile("检讨|检查|交代|反省|悔过|忏悔")),
    (0, re.compile("批复|批示|批准")),
    (3, re.compile("调查|核查|审查报告")),
    (4, re.compile("证明|旁证|证言|笔录|谈话记录")),
    (1, re.compile("结论|决定|通知|决定书|判决|裁定|认定|确认|审批|结果|登记|审查|考生政审")),
)
_MATTER_OTHER = 4  # evidence, as whatever is not one of the papers that settle a matter

_PARTY = (
    (6, re.compile("民主党派|民革|民盟|民建|民进|农工党|致公党|九三学社|台盟")),
    (0, re.compile("入团志愿书")),
    (1, re.compile("入团|团员|共青团")),
    (2, re.compile("入党志愿书")),
    (3, re.compile("入党申请")),
    (4, re.compile("转正申请")),
)
_PARTY_OTHER = 5  # by time, before 民主党派


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """All entries in the catalogue's order. The same for any order they come in."""
    by_category: dict[Category, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_category[entry.category].append(entry)
    return [entry for category in sorted(by_category) for entry in _within(category, by_category[category])]


def sections(entries: Iterable[Entry], scheme: str = DEFAULT_SCHEME) -> list[Section]:
    """Every heading of the catalogue in order, with the ordered entries under each; empty ones too."""
    by_category: dict[Category, list[Entry]] = defaultdict(list)
    for entry in ordered(entries):
        by_category[entry.category].append(entry)
    made: list[Section] = []
    for category in every():
        if category.code.endswith("-1"):
            made.append(Section(category.main, None, heading(category.main, scheme)))
        held = tuple(by_category[category])
        made.append(Section(category.main, category, category.title(scheme), held))
    return made


def _within(category: Category, entries: list[Entry]) -> Iterator[Entry]:
    """One category's entries in order, each group behind its first paper."""
    if category.code in ("5", "8"):
        return _by_matter(entries)
    rank = _party_rank if category.code == "6" else _no_rank
    groups = _groups(entries)
    heads = sorted((entry for entry in entries if entry.key in groups), key=lambda e: (rank(e), *_time(e)))
    return (entry for head in heads for entry in (head, *sorted(groups[head.key], key=_time)))


def _by_matter(entries: list[Entry]) -> Iterator[Entry]:
    """System order within each matter; matters by their first date. Papers tied to none make one matter."""
    groups = _groups(entries)
    heads = [entry for entry in entries if entry.key in groups]
    matters = [[head, *groups[head.key]] for head in heads if groups[head.key]]
    if loose := [head for head in heads if not groups[head.key]]:
        matters.append(loose)
    matters.sort(key=lambda matter: min(map(_time, matter)))
    return (
        entry for matter in matters for entry in sorted(matter, key=lambda e: (_matter_rank(e), *_time(e)))
    )


def _groups(entries: list[Entry]) -> dict[int, list[Entry]]:
    """For each entry that leads a group, those that go with it. A tie to another category or in a ring is no tie."""
    by_key = {entry.key: entry for entry in entries}
    groups: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        head = _head(entry, by_key)
        members = groups[head.key]
        if head is not entry:
            members.append(entry)
    return groups


def _head(entry: Entry, by_key: dict[int, Entry]) -> Entry:
    head, seen = entry, {entry.key}
    while head.goes_with in by_key:
        head = by_key[head.goes_with]
        if head.key in seen:
            return entry
        seen.add(head.key)
    return head


def _time(entry: Entry) -> tuple[int, int, int, int]:
    return (*chronological(entry.formed), entry.key)


def _no_rank(entry: Entry) -> int:
    return 0


def _party_rank(entry: Entry) -> int:
    return next((rank for rank, words in _PARTY if words.search(entry.title)), _PARTY_OTHER)


def _matter_rank(entry: Entry) -> int:
    return next((rank for rank, words in _MATTER if words.search(entry.title)), _MATTER_OTHER)
