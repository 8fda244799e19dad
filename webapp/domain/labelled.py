"""From a label to the place of its value (栏目 → 填写处): a cell, the rest of a line, a gap."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from webapp.domain.geometry import Box, around
from webapp.domain.labels import FORM_WORDS, Kind, LabelMatch, labels_in, trimmed
from webapp.domain.passages import Passage
from webapp.domain.reading import Doubt, Finding, Reading
from webapp.domain.ruling import Cell
from webapp.domain.transcription import SURE_LINE

NUMBERS = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.BANK_CARD})
_VALUE_BEGINS = {
    Kind.ID_NUMBER: re.compile(r"\D{0,2}[0-9]{3}"),
    Kind.PHONE: re.compile(r"\D{0,2}[0-9]{3}"),
    Kind.BANK_CARD: re.compile(r"\D{0,2}[0-9]{3}"),
    Kind.ADDRESS: re.compile(r".{0,12}[省市区县镇乡路街村巷号]"),
    Kind.E_MAIL: re.compile(r".{0,30}@"),
    Kind.SALARY: re.compile(r"\D{0,2}[0-9]{2}"),
}
_COLON = re.compile(r"(?:\([^)]{0,12}\))?[:;.]?")
_NUMBER = re.compile(r"\D{0,3}[0-9](?:[0-9A-Za-z*×\-—()/+. ]|[、,;转或至](?=[0-9]))*")
_SENTENCE_END = re.compile("[。;；]")
_WORD = "(?:" + "|".join(sorted(map(re.escape, FORM_WORDS), key=len, reverse=True)) + ")"
_NEXT_ENTRY = re.compile(_WORD + r"{1,3}(?:\([^)]{0,12}\))?:")
_NEXT_WORD = re.compile(_WORD + "{1,3}$")
_NOTHING = re.compile("无|/|—+|-+|同上")


@dataclass
class Located:
    """What was found by labels, and what a person must look at."""

    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def locate(reading: Reading) -> Located:
    """The places of the values of all labels on the page, whichever reader read the label."""
    located = Located()
    for cell in reading.ruling.cells:
        _in_cell(reading, cell, located)
    for box, match in _split_labels(reading.ruling.cells, reading.ruling.slack_px):
        _beside(reading, box, match, located)
    for row in reading.loose_rows:
        _in_row(reading, row, None, located)
    for row in reading.second_loose_rows:
        _in_row(reading, row, None, located, second=True)
    return located


def _in_cell(reading: Reading, cell: Cell, located: Located) -> None:
    seen = _labels(cell.whole)
    if cell.second_rows:
        known = {match.kind for match in seen}
        seen_again = [m for m in _labels(cell.second_whole) if m.misread == 0 and m.kind not in known]
    else:
        seen_again = []
    for match, passage, second in [(m, cell.whole, False) for m in seen] + [
        (m, cell.second_whole, True) for m in seen_again
    ]:
        if not _is_alone(passage.text, match):
            continue
        if not second:
            _doubt_if_unclear(passage, match, located)
        _beside(reading, cell.box, match, located)
    for n, row in enumerate(cell.rows):
        if not (seen and all(_is_alone(cell.text, match) for match in seen)):
            _in_row(reading, row, cell, located, following=cell.rows[n + 1 :])
    if seen_again:
        for row in cell.second_rows:
            _in_row(reading, row, cell, located, second=True)


def _labels(passage: Passage) -> list[LabelMatch]:
    """The labels of a passage; a misread short one only if it stands alone or before a colon."""
    return [
        match
        for match in labels_in(passage.text)
        if match.misread == 0
        or len(match.name) > 4
        or passage.text[match.end : match.end + 1] == ":"
        or len(trimmed(passage.text)) <= match.end - match.start + 1
    ]


def _is_alone(text: str, match: LabelMatch) -> bool:
    """True when a cell holds the label and no value behind it."""
    before, after = trimmed(text[: match.start]), text[match.end :]
    for other in reversed(labels_in(after)):
        after = after[: other.start] + after[other.end :]
    rest = re.sub(_WORD, "", trimmed(after))
    if len(before) > 8 or re.search("[0-9]{3}", before):
        return False
    if after.startswith(":"):
        return not rest
    return len(rest) <= 4 and not re.search("[0-9]{2}", rest)


def _split_labels(cells: Sequence[Cell], slack_px: int) -> Iterator[tuple[Box, LabelMatch]]:
    """Labels whose cell fell apart in two, side by side or one above the other."""
    short = [c for c in cells if 1 <= len(c.text) <= 5 and not c.text.isascii() and not labels_in(c.text)]
    for one in short:
        for other in short:
            side = (
                abs(other.box.left - one.box.right) <= slack_px
                and abs(other.box.top - one.box.top) <= slack_px
            )
            under = (
                abs(other.box.top - one.box.bottom) <= slack_px
                and abs(other.box.left - one.box.left) <= slack_px
            )
            if side or under:
                whole = one.text + other.text
                yield from (
                    (around([one.box, other.box]), m)
                    for m in labels_in(whole)
                    if m.misread == 0 and m.end - m.start == len(whole)
                )


def _beside(reading: Reading, label: Box, match: LabelMatch, located: Located) -> None:
    """Cover the value of a label that has a cell to itself: right of it, or below when it heads a column."""
    ruling, kind = reading.ruling, match.kind
    right = ruling.right_of(label)
    below = ruling.below(label)
    if right and right[0].box.left - label.right > 4 * ruling.slack_px:
        gap = Box(label.right, label.top, right[0].box.left, label.bottom)
        located.findings += reading.cover_area(kind, gap, f"label:{kind}→gap")
        return
    filled = [cell for cell in right if not cell.is_heading]
    for cell in filled:
        for part in _with_slots(reading, cell):
            located.findings += reading.cover_area(kind, part.extent, f"label:{kind}→cell")
    strange = filled and kind in NUMBERS and all(_no_number(cell.text) for cell in filled)
    if strange:
        located.doubts.append(Doubt(kind, f"“{match.name}”旁边填的不像号码，请核对遮挡位置。"))
    heads_column = below is not None and not below.is_heading and not labels_in(below.text)
    if below is not None and heads_column and (not filled or strange or _like_value(kind, below.text)):
        _cover_column(reading, below, kind, located)
    elif not filled:
        located.doubts.append(Doubt(kind, f"没有找到“{match.name}”的填写处，请核对。"))


def _no_number(text: str) -> bool:
    return bool(text) and not re.search("[0-9]{2}", text) and not _NOTHING.fullmatch(text)


def _like_value(kind: Kind, text: str) -> bool:
    begins = _VALUE_BEGINS.get(kind)
    return begins is not None and begins.match(text) is not None


def _with_slots(reading: Reading, cell: Cell) -> Iterator[Cell]:
    """The cell, and when it is a box for one sign, the equal boxes that follow it."""
    yield cell
    while cell.is_slot:
        following = reading.ruling.right_of(cell.box)
        if len(following) != 1 or not following[0].is_slot:
            return
        if abs(following[0].box.width - cell.box.width) > reading.ruling.slack_px:
            return
        cell = following[0]
        yield cell


def _cover_column(reading: Reading, first: Cell, kind: Kind, located: Located) -> None:
    cell: Cell | None = first
    while cell is not None and not (cell.text and (cell.is_heading or labels_in(cell.text))):
        located.findings += reading.cover_area(kind, cell.extent, f"label:{kind}→column")
        cell = reading.ruling.below(cell.box)


def _in_row(
    reading: Reading,
    row: Passage,
    cell: Cell | None,
    located: Located,
    *,
    following: Sequence[Passage] = (),
    second: bool = False,
) -> None:
    """Cover what stands behind each label of a row, as far as the next label, the cell's edge or the margin."""
    compact = row.compact()
    matches = _labels(compact)
    if not matches:
        return
    breaks = _breaks(row)
    starts = [match.start for match in matches] + [len(compact.text)]
    for match, next_label in zip(matches, starts[1:], strict=True):
        if second and match.misread:
            continue
        begin = match.end + _COLON.match(compact.text, match.end).end() - match.end  # type: ignore[union-attr]
        if _asks(compact.text, match, begin, breaks):
            if not second:
                _doubt_if_unclear(row, match, located)
            end = _value_end(compact.text, match.kind, begin, next_label, breaks)
            _cover_rest(reading, compact, match, (begin, end), cell, located)
            if end == len(compact.text) and match.kind == Kind.ADDRESS:
                _cover_continuation(reading, following, located)


def _breaks(row: Passage) -> set[int]:
    """Places in the row without spaces before which a space stood, and its start."""
    places, at = {0}, 0
    for glyph in row.glyphs:
        if glyph.char == " ":
            places.add(at)
        else:
            at += 1
    return places


def _asks(text: str, match: LabelMatch, begin: int, breaks: set[int]) -> bool:
    """True when a label in a row asks for a value, rather than being a word of a sentence."""
    colon = text[match.end : begin].endswith((":", ";", "."))
    value = _like_value(match.kind, text[begin:])
    return colon or value or (match.start in breaks and (begin == len(text) or begin in breaks))


def _value_end(text: str, kind: Kind, begin: int, next_label: int, breaks: set[int]) -> int:
    """Where the value that begins at `begin` ends: at its own end, or at the next thing that is asked for."""
    stops = [next_label]
    if kind in NUMBERS and (number := _NUMBER.match(text, begin)):
        stops.append(number.end())
    elif end := _SENTENCE_END.search(text, begin):
        stops.append(end.start())
    if entry := _NEXT_ENTRY.search(text, begin):
        stops.append(entry.start())
    ordered = sorted(breaks | {len(text)})
    for start, end_of_word in pairwise(ordered):
        if start >= begin and _NEXT_WORD.match(text[start:end_of_word]):
            stops.append(start)
    return max(begin, min(stops))


def _cover_rest(
    reading: Reading,
    row: Passage,
    match: LabelMatch,
    span: tuple[int, int],
    cell: Cell | None,
    located: Located,
) -> None:
    kind, (begin, end) = match.kind, span
    if end > begin:
        boxes = row.covers(begin, end)
        if cell is not None and end == len(row.text):
            boxes = [
                around([box, Box(box.left, box.top, max(box.right, cell.box.right), box.bottom)])
                for box in boxes
            ]
        located.findings += reading.cover(kind, boxes, f"label:{kind}→line")
        return
    label = around(row.covers(match.start, match.end))
    edge = cell.box.right if cell is not None else reading.size[0]
    if end < len(row.text):
        edge = row.glyphs[end].box.left
    if label.right < edge:
        zone = Box(label.right, label.top, edge, label.bottom)
        located.findings += reading.cover(kind, [zone], f"label:{kind}→zone")
    located.doubts.append(Doubt(kind, f"没有读到“{match.name}”后面的内容，请核对。"))


def _cover_continuation(reading: Reading, following: Sequence[Passage], located: Located) -> None:
    """An address runs on in its cell until something else is asked for."""
    for row in following:
        text = row.text.replace(" ", "")
        if labels_in(text) or _NEXT_ENTRY.match(text):
            return
        located.findings += reading.cover(Kind.ADDRESS, row.covers(0, len(row.text)), "label:address→line")


def _doubt_if_unclear(passage: Passage, match: LabelMatch, located: Located) -> None:
    if passage.score < SURE_LINE:
        located.doubts.append(Doubt(match.kind, f"栏目“{match.name}”识别不清，请核对填写处。"))
