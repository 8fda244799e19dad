"""From a label to the place of its value (栏目 → 填写处): a cell, the rest of a line, a gap."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webapp.domain.columns import columns, heads
from webapp.domain.entries import NUMBERS, Entry, continues, entries, labels_of, like_value, stands_alone
from webapp.domain.geometry import Box, around
from webapp.domain.labels import LABELS_BY_CATEGORY, Kind, LabelMatch, is_heading, labels_in, trimmed
from webapp.domain.passages import Passage
from webapp.domain.reading import Doubt, Finding, Reading
from webapp.domain.ruling import Cell

_NOTHING = re.compile("无|/|—+|-+|同上")
_WHOLE_NUMBER = {Kind.ID_NUMBER: 15, Kind.PHONE: 7, Kind.BANK_CARD: 15}  # signs, at least
_WORDS = re.compile("[一-龥]{2}")
# A number or an e-mail address gives itself away wherever it stands, and ink that nobody read is covered as such.
FOUND_ANYWHERE = NUMBERS | {Kind.E_MAIL}
_FULL_ROW = 0.75  # of the page's width: a row that reaches so far may run on in the next


@dataclass
class Located:
    """What was found by labels, and what a person must look at."""

    findings: list[Finding] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)


def locate(reading: Reading, category: str = "") -> Located:
    """The places of the values of all labels on the page, whichever reader read the label.

    category -- of the material: on its papers more words are labels
    """
    located = Located()
    _by_category(reading, LABELS_BY_CATEGORY.get(category, {}), located)
    for cell in reading.ruling.cells:
        _in_cell(reading, cell, located)
    for box, label in _split_labels(reading.ruling.cells, reading.ruling.slack_px):
        _beside(reading, box, label, located)
    for n, row in enumerate(reading.loose_rows):
        if not _headings(reading, row, reading.loose_rows[n + 1 :], located):
            _in_row(reading, row, None, located, following=reading.loose_rows[n + 1 :])
    for row in reading.second_loose_rows:
        _in_row(reading, row, None, located, second=True)
    return located


def _by_category(reading: Reading, names: Mapping[Kind, Sequence[str]], located: Located) -> None:
    """Cover what belongs to cells that say just one of these words. They are common: no doubt when nothing does."""
    for kind, words in names.items():
        for cell in reading.ruling.cells:
            if (word := trimmed(cell.text)) in words:
                found = Located()
                label = LabelMatch(kind, word, 0, len(word), 0)
                _beside(reading, _place_of(reading, cell, label), label, found)
                located.findings += found.findings


def _headings(reading: Reading, row: Passage, following: Sequence[Passage], located: Located) -> bool:
    """Cover the columns under a row of headings that nothing rules. False when it is none or nothing stands below."""
    found = list(columns(row, following, reading.size)) if heads(row) else []
    for label, box in found:
        located.findings += reading.cover_area(label.kind, box, f"label:{label.kind}→column")
    return bool(found)


def _in_cell(reading: Reading, cell: Cell, located: Located) -> None:
    """Labels that have the cell to themselves, else those in its rows; of the second reader only exact ones.

    What shines through beside a label looks like a value in its cell: doubtful lines do not keep it from being alone.
    """
    labels = labels_of(cell.text)
    alone = [label for label in labels if stands_alone(cell.text, label)]
    for label in alone:
        _beside(reading, _place_of(reading, cell, label), label, located)
    if not alone or len(alone) < len(labels):
        for n, row in enumerate(cell.rows):
            _in_row(reading, row, cell, located, following=cell.rows[n + 1 :])
    known, filled = {label.kind for label in alone}, {label.kind for label in labels}
    for text in (cell.sure_text, cell.second_whole.text):
        for label in labels_of(text):
            if label.misread or label.kind in known or not stands_alone(text, label):
                continue
            known.add(label.kind)
            found = Located()
            _beside(reading, _place_of(reading, cell, label), label, found)
            located.findings += found.findings
            if label.kind not in filled:  # else its value may be the one read beside it
                located.doubts += found.doubts
    for row in cell.second_rows:
        _in_row(reading, row, cell, located, second=True)


def _place_of(reading: Reading, cell: Cell, label: LabelMatch) -> Box:
    """The rows that belong to a label: those of its cell, and where nothing else tells of its value, all it reaches."""
    return cell.box if label.kind in FOUND_ANYWHERE else reading.ruling.reach(cell)


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


def _beside(reading: Reading, place: Box, label: LabelMatch, located: Located) -> None:
    """Cover the value of a label that has the cell `place` to itself: right of it, or below if it heads a column."""
    ruling, kind = reading.ruling, label.kind
    right, below = ruling.right_of(place), ruling.below(place)
    if right and right[0].box.left - place.right > 4 * ruling.slack_px:
        gap = Box(place.right, place.top, right[0].box.left, place.bottom)
        located.findings += reading.cover_area(kind, gap, f"label:{kind}→gap")
        _run_on(reading, gap, "", kind, located)
        return
    filled = [cell for cell in right if not cell.is_heading]
    texts = []
    for cell in filled:
        located.findings += reading.cover_area(kind, cell.extent, f"label:{kind}→cell")
        texts.append(cell.text + _run_on(reading, cell.box, cell.text, kind, located))
    if filled and not any(texts) and kind not in FOUND_ANYWHERE:
        _cover_beside(reading, place, kind, located)
    strange = bool(filled) and kind in NUMBERS and all(_no_number(text) for text in texts)
    if strange:
        located.doubts.append(Doubt(kind, f"“{label.name}”旁边填的不像号码，请核对遮挡位置。"))
    heads_column = below is not None and not below.is_heading and not labels_in(below.text)
    if below is not None and heads_column and (not filled or strange or like_value(kind, below.text)):
        _cover_column(reading, below, kind, located)
    elif not filled and not _cover_beside(reading, place, kind, located) and kind not in FOUND_ANYWHERE:
        located.doubts.append(Doubt(kind, f"没有找到“{label.name}”的填写处，请核对。"))


def _cover_beside(reading: Reading, place: Box, kind: Kind, located: Located) -> bool:
    """Cover what is written right of a label's cell, up to the next words of the form, whatever rulings were seen.

    A ruling that was not seen leaves the value in no cell; one that only shines through puts it into a further one.
    True when something stands there.
    """
    ruling = reading.ruling
    held = [part for cell in ruling.cells for part in (*cell.rows, *cell.second_rows)]
    row = [
        part
        for part in (*held, *ruling.loose, *ruling.second_loose)
        if part.box.left >= place.right - ruling.slack_px
        and place.top - part.box.height // 2 <= _level(part.box) < place.bottom + part.box.height // 2
    ]
    covered = False
    for part in sorted(row, key=lambda part: part.box.left):
        if is_heading(part.text) or any(label.start == 0 for label in labels_in(part.text)):
            break
        located.findings += reading.cover(kind, part.covers(0, len(part.text)), f"label:{kind}→row")
        covered = True
    return covered


def _run_on(reading: Reading, place: Box, text: str, kind: Kind, located: Located) -> str:
    """Cover what a number that `place` does not hold whole may go on into: boxes for single signs, up to words.

    Rulings between such boxes are lost now and then, so whatever was read in the row counts, in a cell or in none.
    Returns what was read there.
    """
    if kind not in NUMBERS or _WORDS.search(text) or _NOTHING.fullmatch(text):
        return ""
    if sum(sign.isdigit() for sign in text) >= _WHOLE_NUMBER[kind] or (
        not text and place.width > 4 * place.height
    ):
        return ""
    cells = [
        cell for cell in reading.ruling.row(place) if cell.box.left >= place.right - reading.ruling.slack_px
    ]
    stop = next(
        (cell.box.left for cell in cells if _WORDS.search(cell.text) or cell.is_heading), reading.size[0]
    )
    held = [part for cell in cells if cell.box.left < stop for part in cell.rows]
    held += [
        part for part in (*reading.ruling.loose, *reading.ruling.second_loose)
        if place.right - place.height // 2 <= part.box.left < stop and place.top <= _level(part.box) < place.bottom
    ]  # fmt: skip
    if any(_WORDS.search(part.text) for part in held):
        held = []  # a text of its own, not the rest of a number
    slots = [cell.box for cell in cells if cell.box.left < stop and cell.is_slot]
    right = max((box.right for box in (*slots, *(part.box for part in held))), default=place.right)
    if right <= place.right:
        return ""
    rest = Box(place.left, place.top, right, place.bottom)
    located.findings += reading.cover_area(kind, rest, f"label:{kind}→row")
    return "".join(part.text for part in sorted(held, key=lambda part: part.box.left))


def _level(box: Box) -> int:
    return (box.top + box.bottom) // 2


def _no_number(text: str) -> bool:
    return bool(text) and not re.search("[0-9]{2}", text) and not _NOTHING.fullmatch(text)


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
    for entry in entries(row):
        if second and (entry.label.misread or entry.begin == entry.end):
            continue
        if entry.begin < entry.end:
            _cover_value(reading, compact, entry, cell, located)
        else:
            _cover_room(reading, compact, entry, cell, located)
        if entry.end == len(compact.text) and entry.label.kind == Kind.ADDRESS:
            value = around(
                compact.covers(entry.begin, entry.end) or compact.covers(entry.label.start, entry.label.end)
            )
            _cover_continuation(reading, value, following, located, in_cell=cell is not None)


def _cover_value(reading: Reading, row: Passage, entry: Entry, cell: Cell | None, located: Located) -> None:
    """Cover what was read behind a label; in a cell, where nothing else follows, all to the cell's edge."""
    boxes = row.covers(entry.begin, entry.end)
    if cell is not None and entry.end == len(row.text):
        boxes = [Box(box.left, box.top, max(box.right, cell.box.right), box.bottom) for box in boxes]
    located.findings += reading.cover(entry.label.kind, boxes, f"label:{entry.label.kind}→line")


def _cover_room(reading: Reading, row: Passage, entry: Entry, cell: Cell | None, located: Located) -> None:
    """Cover the room behind a label with nothing read in it: somebody's hand may fill it, or nobody's."""
    label = around(row.covers(entry.label.start, entry.label.end))
    edge = cell.box.right if cell is not None else reading.size[0]
    if entry.end < len(row.text):
        edge = row.glyphs[entry.end].box.left
    if label.right < edge:
        room = Box(label.right, label.top, edge, label.bottom)
        located.findings += reading.cover(entry.label.kind, [room], f"label:{entry.label.kind}→room")
    if entry.label.kind not in FOUND_ANYWHERE:
        located.doubts.append(Doubt(entry.label.kind, f"没有读到“{entry.label.name}”后面的内容，请核对。"))


def _cover_continuation(
    reading: Reading, value: Box, following: Sequence[Passage], located: Located, *, in_cell: bool
) -> None:
    """An address runs on until something else is asked for: after a full line on the next, or right under its own."""
    last = value
    for row in following:
        close = row.box.top - last.bottom < max(last.height, row.box.height)
        full = last.right > _FULL_ROW * reading.size[0]
        under = abs(row.box.left - value.left) < 2 * value.height
        if not continues(row.text.replace(" ", "")) or not (in_cell or full or (close and under)):
            return
        located.findings += reading.cover(Kind.ADDRESS, row.covers(0, len(row.text)), "label:address→line")
        last = row.box
