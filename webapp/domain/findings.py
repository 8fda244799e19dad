"""What on a read page must be covered (敏感信息检测), and whether a machine's word on it may be trusted.

Errs towards covering too much. What it cannot see at all, handwriting and photographs, is for people.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.domain import family, labelled
from webapp.domain.geometry import Box
from webapp.domain.identifiers import address_end, digit_runs, hits, is_fragment, may_be_misread
from webapp.domain.labels import Kind, distance
from webapp.domain.passages import Passage, is_vertical, joined, paragraphs, rows, runs_down, words_or_whole
from webapp.domain.reading import Doubt, Finding, Reading
from webapp.domain.transcription import SURE_LINE, Line, Transcription

__all__ = ["SENSITIVE", "Finding", "Kind", "Survey", "masked_text", "survey"]

SENSITIVE = frozenset(Kind)  # what masked readers do not see
IDENTIFYING = SENSITIVE - {Kind.HEALTH, Kind.SALARY}  # those two are the subject's own, whoever else is named
SURE_PAGE = 0.85  # mean line score: good scans have 0.98 and more
MOST_DOUBTFUL = (
    0.35  # share of doubtful lines, which are covered; beyond it the sure ones are not to be trusted either
)
MOST_NOTES = 3  # lines up or down a page: more is a text set that way
MOST_UNREAD = 40  # pieces of ink that nobody read: more is a rough ground, or a page in handwriting
FEWEST_SIGNS = 6  # fewer on a whole page: an empty page, or one that could not be read
SMALLEST_SIDE_PX = 500  # a page of A4 at 60 dpi: text is no longer readable
LONGEST_SHAPE = 2.5  # long side to short side
MASKED = "■"
_NO_NUMBER = re.compile(r"[^0-9X .·\-—–~/年月日]+")
_DEEP = 3  # a word is touched when a third of its height, or of the finding's, is covered


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found on a page. `unsure` says in Chinese why a person must look; empty: no one needs to."""

    findings: tuple[Finding, ...]
    unsure: tuple[str, ...]


def survey(page: Transcription, *, category: str = "", kinds: frozenset[Kind] = SENSITIVE) -> Survey:
    """Search all readings of a page for values to be covered, in page pixels, grown and kept on the page.

    category -- leaf code of the material's: on health and pay papers more words ask for something sensitive
    Findings are of every kind, none within another of its kind; doubt counts for `kinds` alone, those
    that the policy masks.
    """
    reading = Reading(page)
    by_label = labelled.locate(reading, category)
    relatives, lost = family.locate(reading)
    found = _distinct([*_patterns(reading), *by_label.findings, *relatives, *_not_made_out(page, reading)])
    pieces = list(_pieces(reading, found))
    doubts = [
        *by_label.doubts,
        *lost,
        *(Doubt(piece.kind, "有疑似证件号或电话的数字未能确认，请核对。") for piece in pieces),
    ]
    reasons = [*_page_doubts(page, reading), *(doubt.reason for doubt in doubts if doubt.kind in kinds)]
    return Survey(tuple(_distinct([*found, *pieces])), tuple(dict.fromkeys(reasons)))


def masked_text(page: Transcription, findings: Iterable[Finding], kinds: frozenset[Kind]) -> str:
    """The page's trusted text, a line a row, with each run of covered words replaced by one ■.

    A word counts as covered when a finding of `kinds` hides a third of its height; a line whose words
    are not known is replaced whole. The ■ does not tell how long the value was.
    """
    boxes = [finding.box for finding in findings if finding.kind in kinds]
    return "\n".join(_masked_line(line, boxes) for line in page.sure_lines())


def holds_only(page: Transcription, box: Box, number: str) -> bool:
    """True when the trusted digits read inside `box` are this number and nothing else: nobody else's stands there."""
    inside = [
        text
        for line in page.sure_lines()
        for text, place, _ in words_or_whole(line)
        if box.contains_centre_of(place)
    ]
    return re.sub("[^0-9X]", "", "".join(inside).upper()) == number


def _masked_line(line: Line, boxes: Iterable[Box]) -> str:
    near = [box for box in boxes if box.overlaps(line.box) or any(box.overlaps(w.box) for w in line.words)]
    if not near:
        return line.text
    shown: list[str] = []
    at = 0
    for text, box, _ in words_or_whole(line):
        gap, at = _gap_before(line.text, text, at)
        if not any(_touches(cover, box) for cover in near):
            shown.append(gap + text)
        elif not shown or shown[-1] != MASKED:
            shown.append(MASKED)
    return "".join(shown)


def _gap_before(whole: str, text: str, at: int) -> tuple[str, int]:
    """The spaces of a line before its next word, and where the word ends."""
    start = at
    while start < len(whole) and whole[start].isspace() and not text[:1].isspace():
        start += 1
    return whole[at:start], start + len(text)


def _touches(cover: Box, word: Box) -> bool:
    shared = min(cover.bottom, word.bottom) - max(cover.top, word.top)
    beside = cover.left < word.right and word.left < cover.right
    return beside and _DEEP * shared > min(cover.height, word.height)


def _patterns(reading: Reading) -> Iterator[Finding]:
    """Values that their form gives away: in lines, in rows and cells across their gaps, and over a line's end."""
    for passages, source in ((reading.first, "pattern"), (reading.second, "second")):
        whole = [
            p
            for p in passages
            if sum("0" <= c <= "9" for c in p.text) >= 4 or "@" in p.text or len(p.text) > 8
        ]
        for passage in whole:
            yield from _hits(reading, passage, source, set(Kind))
        wide = [row for row in rows(passages) if sum("0" <= c <= "9" for c in row.text) > 9]
        for passage in [*wide, *_broken(passages)]:
            yield from _hits(reading, passage, source, {Kind.ID_NUMBER, Kind.PHONE})
    for cell in reading.ruling.cells:
        if len(cell.rows) > 1:
            yield from _hits(reading, joined(cell.rows), "pattern", set(Kind))
            yield from _hits(reading, joined(cell.rows, gap=""), "pattern", set(Kind))
    for paragraph in paragraphs(reading.loose_rows):
        if len(paragraph) > 1:
            yield from _hits(
                reading, joined(paragraph, gap="").compact(), "pattern", {Kind.ADDRESS, Kind.E_MAIL}
            )
    for paragraph in paragraphs(rows(reading.first)):  # whatever ruling was seen: it may be the other side's
        yield from _hits(reading, joined(paragraph, gap=""), "pattern", {Kind.ADDRESS})


def _broken_addresses(reading: Reading, text: Passage) -> Iterator[Finding]:
    """Addresses in rows put one behind the other, as far as they name a room: what follows is the next row."""
    for hit in hits(text.text):
        if hit.kind == Kind.ADDRESS:
            end = address_end(text.text, hit.start, hit.end)
            yield from reading.cover(Kind.ADDRESS, text.covers(hit.start, end), "pattern:address")


def _hits(reading: Reading, passage: Passage, source: str, kinds: set[Kind]) -> Iterator[Finding]:
    for hit in hits(passage.text):
        if hit.kind not in kinds:
            continue
        boxes = passage.covers(hit.start, hit.end)
        if source == "second" and _judged(reading, boxes[0], passage.text[hit.start : hit.end]):
            continue
        yield from reading.cover(hit.kind, boxes, f"{source}:{hit.kind}")


def _judged(reading: Reading, box: Box, text: str, *, loosely: bool = False) -> bool:
    """True when the first reader surely read the same digits there: what they are was decided on its reading.

    The second reader drops the points of dates. loosely -- two digits more, less or other are the same,
    for it makes digits of letters before a number too
    """
    digits = _digits(text)
    near = (p for p in reading.first if p.score >= SURE_LINE and p.glyphs and p.box.overlaps(box))
    for run in (_digits(run) for p in near for run in _NO_NUMBER.split(p.text)):
        if len(digits) > 5 and digits in run:
            return True
        if loosely and 8 < len(digits) < 15 and distance(digits, run) <= 2:
            return True
    return False


def _digits(text: str) -> str:
    return re.sub("[^0-9X]", "", text)


def _broken(passages: list[Passage]) -> Iterator[Passage]:
    """A line that ends in digits with the one under it that goes on in digits."""
    heads = [(p, p.box) for p in passages if re.match("[0-9]", p.text)]
    for tail in passages:
        if not re.search("[0-9]{3}$", tail.text):
            continue
        box = tail.box
        for head, below in heads:
            close = box.top + box.height // 2 < below.top < box.bottom + box.height
            if close and below.left < box.right and box.left < below.right:
                yield joined([tail, head])


def _not_made_out(page: Transcription, reading: Reading) -> Iterator[Finding]:
    """Ink and lines of which no reader is sure, and notes up or down the page: masked readers see what was read."""
    for box in page.unread:
        yield from reading.cover(Kind.UNREAD, [_as_far_as_read(box, page)], "ink")
    for line in page.lines:
        if (line.score < SURE_LINE and len(line.text.strip()) > 1) or runs_down(line, page.cells):
            reach = line.box.width if is_vertical(line) else 0
            box = line.box.grown(0, 2 * reach, within=reading.size)
            yield from reading.cover(Kind.UNREAD, [box], "doubtful")


def _as_far_as_read(box: Box, page: Transcription) -> Box:
    """Ink with what may go on beside it, paler or under a seal, as far as the next sure line and within its cell."""
    cell = min(
        (c for c in page.cells if c.contains_centre_of(box)), key=lambda c: c.width * c.height, default=None
    )
    if box.height > box.width:
        longer = box.grown(0, 2 * box.width, within=(page.width_px, page.height_px))
        return longer if cell is None else _kept(longer, box, cell)
    reach = box.height
    row = [line.box for line in page.sure_lines() if _beside(line.box, box)]
    left = max([box.left - 2 * reach, 0, *(b.right for b in row if b.right <= box.left + reach)])
    right = min([box.right + 8 * reach, page.width_px, *(b.left for b in row if b.left >= box.right - reach)])
    longer = Box(min(left, box.left), box.top, max(right, box.right), box.bottom)
    return longer if cell is None else _kept(longer, box, cell)


def _kept(longer: Box, box: Box, cell: Box) -> Box:
    """`longer` as far as the cell of `box` goes."""
    return Box(
        max(longer.left, min(cell.left, box.left)),
        max(longer.top, min(cell.top, box.top)),
        min(longer.right, max(cell.right, box.right)),
        min(longer.bottom, max(cell.bottom, box.bottom)),
    )


def _beside(line: Box, box: Box) -> bool:
    return 3 * (min(line.bottom, box.bottom) - max(line.top, box.top)) > min(line.height, box.height)


def _pieces(reading: Reading, found: list[Finding]) -> Iterator[Finding]:
    """Digits outside of all findings that look like a piece of an identity or telephone number."""
    for passage, source in [(p, "pattern") for p in reading.first] + [(p, "second") for p in reading.second]:
        doubtful = source == "second" or passage.score < SURE_LINE
        for start, end, digits in digit_runs(passage.text):
            boxes = passage.covers(start, end)
            if not is_fragment(digits) and not (doubtful and may_be_misread(digits)):
                continue
            if all(any(f.box.contains_centre_of(box) for f in found) for box in boxes):
                continue
            if not (doubtful and _judged(reading, boxes[0], digits, loosely=True)):
                yield from reading.cover(Kind.ID_NUMBER, boxes, f"{source}:digits")


def _page_doubts(page: Transcription, reading: Reading) -> Iterator[str]:
    """Why the page as a whole cannot be judged by a machine."""
    short, long = sorted(reading.size)
    if short < SMALLEST_SIDE_PX or long > LONGEST_SHAPE * short:
        yield "页面尺寸异常，请核对。"
    if any(_beyond(line.box, page) for line in page.lines) or any(_beyond(cell, page) for cell in page.cells):
        yield "识别位置超出页面，请重新识别。"
    signs = sum(len(line.text) for line in page.sure_lines())
    if signs < max(FEWEST_SIGNS, len(page.cells) // 4):
        yield "页面上有表格，却几乎没有读出文字。" if page.cells else "几乎没有读出文字，请核对是否空白页。"
    weight = sum(len(line.text) for line in page.lines)
    if weight and sum(line.score * len(line.text) for line in page.lines) < SURE_PAGE * weight:
        yield "整页识别把握不足。"
    if page.doubtful_share > MOST_DOUBTFUL:
        yield "识别不清的行过多。"
    if sum(runs_down(line, page.cells) for line in page.lines) > MOST_NOTES:
        yield "有竖排文字，机器读不可靠。"
    if len(page.unread) > MOST_UNREAD:
        yield "页面上没有认出的笔迹过多。"


def _beyond(box: Box, page: Transcription) -> bool:
    return box.left < -2 or box.top < -2 or box.right > page.width_px + 2 or box.bottom > page.height_px + 2


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Without those that lie within another of their kind; from the top of the page down."""
    kept: list[Finding] = []
    for finding in sorted(set(findings), key=lambda f: (-f.box.width * f.box.height, f)):
        if not any(_within(finding, other) for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.box.top, f.box.left, f.kind, f.rule))


def _within(finding: Finding, other: Finding) -> bool:
    inner, outer = finding.box, other.box
    return (
        finding.kind == other.kind
        and outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )
