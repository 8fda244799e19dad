"""Entries in a row of text (栏目：内容): a label, and the words behind it that are its value."""

import re
from itertools import pairwise
from typing import NamedTuple

from webapp.domain.labels import FORM_WORDS, Kind, LabelMatch, labels_in, trimmed
from webapp.domain.passages import Passage

NUMBERS = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.BANK_CARD})
_BEGINS_AS_NUMBER = re.compile(r"\D{0,2}[0-9]{3}")
_BEGINS = dict.fromkeys(NUMBERS, _BEGINS_AS_NUMBER) | {
    Kind.ADDRESS: re.compile(r".{0,12}[省市区县镇乡路街村巷号]"),
    Kind.E_MAIL: re.compile(r".{0,30}@"),
    Kind.SALARY: re.compile(r"\D{0,2}[0-9]{2}"),
}
_COLON = re.compile(r"(?:\([^)]{0,12}\))?[:;.]")  # a colon is easily misread
_BRACKETS = re.compile(r"\([^)]{0,12}\)")
_NUMBER = re.compile(r"\D{0,3}[0-9](?:[0-9A-Za-z*×\-—()/+. ]|[、,;转或至](?=[0-9]))*")
_SENTENCE_END = re.compile("[。;；]")
_WORD = re.compile("(?:" + "|".join(sorted(map(re.escape, FORM_WORDS), key=len, reverse=True)) + ")")
_NEXT_ENTRY = re.compile(_WORD.pattern + r"{1,3}(?:\([^)]{0,12}\))?:")
_NEXT_WORD = re.compile(_WORD.pattern + "{1,3}$")


class Entry(NamedTuple):
    """A label in a row without spaces, and its value at [begin, end). Empty where nothing was read behind it."""

    label: LabelMatch
    begin: int
    end: int


def entries(row: Passage) -> list[Entry]:
    """The entries of a row, places counted in `row.compact()`. A label within a sentence is none."""
    text = row.text.replace(" ", "")
    labels = labels_of(text)
    if not labels:
        return []
    breaks = _breaks(row.text)
    found = []
    for label, following in pairwise([*labels, None]):
        if label is None:
            continue
        colon = _COLON.match(text, label.end) or _BRACKETS.match(text, label.end)
        begin = colon.end() if colon else label.end
        asks = colon is not None or (label.start in breaks and (begin in breaks or begin == len(text)))
        if asks or like_value(label.kind, text[begin:]):
            limit = following.start if following else len(text)
            found.append(Entry(label, begin, _value_end(text, label.kind, begin, limit, breaks)))
    return found


def labels_of(text: str) -> list[LabelMatch]:
    """The labels of a text without spaces; a misread short one only if it stands alone or before a colon."""
    return [
        label
        for label in labels_in(text)
        if label.misread == 0
        or len(label.name) > 4
        or text[label.end : label.end + 1] == ":"
        or len(trimmed(text)) <= label.end - label.start + 1
    ]


def stands_alone(text: str, label: LabelMatch) -> bool:
    """True when a cell's text is the label, perhaps with other words of the form, and no value."""
    before, after = trimmed(text[: label.start]), text[label.end :]
    if len(before) > 8 or re.search("[0-9]{3}", before):
        return False
    colon = after.startswith(":")
    for other in reversed(labels_in(after)):
        after = after[: other.start] + after[other.end :]
    rest = _WORD.sub("", trimmed(after))
    return not rest if colon else len(rest) <= 4 and not re.search("[0-9]{2}", rest)


def like_value(kind: Kind, text: str) -> bool:
    """True when a text begins as values of this kind do."""
    begins = _BEGINS.get(kind)
    return begins is not None and begins.match(text) is not None


def continues(text: str) -> bool:
    """True when a row without spaces asks for nothing itself, so that it may carry on the row above."""
    return not labels_in(text) and not _NEXT_ENTRY.match(text)


def _breaks(text: str) -> set[int]:
    """Where, in the text without spaces, a space stood before a sign; and its start."""
    spaces = [at for at, sign in enumerate(text) if sign == " "]
    return {0, *(at - n for n, at in enumerate(spaces))}


def _value_end(text: str, kind: Kind, begin: int, limit: int, breaks: set[int]) -> int:
    """Where the value that begins at `begin` ends: at its own end, or at the next thing that is asked for."""
    stops = [limit]
    if kind in NUMBERS and (number := _NUMBER.match(text, begin)):
        stops.append(number.end())
    elif end := _SENTENCE_END.search(text, begin):
        stops.append(end.start())
    if entry := _NEXT_ENTRY.search(text, begin):
        stops.append(entry.start())
    for start, end_of_word in pairwise(sorted(breaks | {len(text)})):
        if start >= begin and _NEXT_WORD.match(text[start:end_of_word]):
            stops.append(start)
    return max(begin, min(stops))
