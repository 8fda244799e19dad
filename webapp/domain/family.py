"""Other people's data in a dossier (家庭成员及社会关系): tables of relatives, and sentences about them."""

import re
from collections.abc import Iterator, Sequence

from webapp.domain.columns import begins_section
from webapp.domain.entries import continues
from webapp.domain.geometry import Box, around
from webapp.domain.labels import (
    COMPOUND_SURNAMES,
    KINSHIP,
    KINSHIP_SHORT,
    SURNAMES,
    Kind,
    distance,
    is_heading,
    is_kinship,
    trimmed,
)
from webapp.domain.passages import joined, paragraphs
from webapp.domain.reading import Doubt, Finding, Reading
from webapp.domain.ruling import Cell, Ruling

_RELATION = re.compile("称谓|称呼|与本人关系|与本人的关系|关系|家庭关系")
_COLUMNS = (
    re.compile("姓名"),
    re.compile("出生.{0,4}|年龄|出生年月日?"),
    re.compile("政治面貌|政治面目"),
    re.compile("(?:现?在何?何?(?:地|处)?)?工作单位.{0,8}|单位.{0,2}职务|.{0,6}职务|职业"),
)
_FAMILY = re.compile("家庭(?:主要)?成员|社会关系|家庭情况|直系亲属|配偶.{0,3}子女")
_TITLES = ("家庭主要成员", "家庭成员", "主要社会关系", "重要社会关系", "家庭主要成员及重要社会关系")

_KIN = "(?<!热)(?:父母|双亲|" + "|".join(sorted(KINSHIP, key=len, reverse=True)) + ")(?!民|节|单位|城市)"
_NAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{''.join(sorted(SURNAMES))}])[一-龥某×*]{{1,2}}"
_NAMED = re.compile(
    f"{_KIN}[:,，、是叫为名的(（—–~-]{{0,4}}{_NAME}(?=[,，。、;；:：()（）]|[在系是于生现曾任为原男女]|[0-9]|$)"
    f"|{_NAME}[(（,，](?:我的?|本人|系.{{0,3}})?{_KIN}"
)
_OCCUPIED = re.compile(
    f"{_KIN}[^。;；]{{0,25}}(?:工作|任职|务农|退休|离休|去世|病故|逝世|已故|下岗|经商|出生|生于|党员|职工|教师|工人|农民|"
    "医生|就读|上学|读书|电话|身份证|(?:19|20)[0-9]{2}[年.])"
)
_LISTED = re.compile(f"[(（0-9)）.、]{{0,4}}{_KIN}[:：—–-]")
_SENTENCE = re.compile("[^。;；!！?？]+[。;；!！?？]?")


def locate(reading: Reading) -> tuple[list[Finding], list[Doubt]]:
    """Everything on the page that tells of relatives, and whether their table could not be followed."""
    findings: list[Finding] = []
    doubts: list[Doubt] = []
    for header in _header_rows(reading):
        zone = _below_header(reading.ruling, header)
        if zone is None:
            doubts.append(Doubt(Kind.FAMILY, "找到家庭成员表头，但没有找到下面的各行，请核对。"))
        else:
            findings += reading.cover_area(Kind.FAMILY, _with_lost_cells(reading, zone), "table:family")
    for zone in _kinship_rows(reading.ruling):
        findings += reading.cover_area(Kind.FAMILY, _with_lost_cells(reading, zone), "table:kinship")
    findings += _free_rows(reading)
    for zone in _beside_titles(reading.ruling):
        findings += reading.cover_area(Kind.FAMILY, zone, "label:family→cell")
    _unruled(reading, findings, doubts)
    findings += _told(reading)
    return findings, doubts


def _header_rows(reading: Reading) -> Iterator[list[Cell]]:
    """Runs of three and more cells side by side that head the columns of a table of relatives."""
    ruling = reading.ruling
    related = bool(ruling.cells) and (
        any(_FAMILY.search(text) for text in _all_texts(reading))
        or any(is_kinship(c.text) for c in ruling.cells)
    )
    for cell in ruling.cells:
        text = trimmed(cell.text)
        if not (relation := _RELATION.fullmatch(text)) and not _COLUMNS[0].fullmatch(text):
            continue
        run = _header_run(ruling, cell)
        if len(run) >= 3 and relation:
            yield run
        elif (
            len(run) >= 3
            and related
            and not any(_RELATION.fullmatch(c.text) for c in ruling.left_of(cell.box))
        ):
            # 称谓 itself was misread: its column is the cell to the left, unless that is the table's title
            yield [*(c for c in ruling.left_of(cell.box) if c.box.height <= 1.5 * cell.box.height), *run]


def _all_texts(reading: Reading) -> Iterator[str]:
    yield from (cell.text for cell in reading.ruling.cells)
    yield from (row.text.replace(" ", "") for row in reading.loose_rows)


def _header_run(ruling: Ruling, first: Cell) -> list[Cell]:
    """The cell and those right of it, as long as they head columns; then the rest of the row, whatever it says."""
    known = 0
    row = [cell for cell in ruling.row(first.box) if cell.box.left >= first.box.left]
    row = [cell for cell in row if cell.box.height <= 2 * first.box.height]
    for cell in row:
        text = trimmed(cell.text)
        if not (_RELATION.fullmatch(text) or any(column.fullmatch(text) for column in _COLUMNS)):
            break
        known += 1
    return row if known >= 3 else []


def _below_header(ruling: Ruling, header: Sequence[Cell]) -> Box | None:
    """The area of the rows under a header, if there are any."""
    head = around(cell.box for cell in header)
    bottom = _table_end(ruling, head)
    return Box(head.left, head.bottom, head.right, bottom) if bottom > head.bottom + ruling.slack_px else None


def _with_lost_cells(reading: Reading, zone: Box) -> Box:
    """The zone and what stands at its sides or right under it in no cell: rulings that were not seen lose cells."""
    parts = [*reading.ruling.loose, *reading.ruling.second_loose]
    beside = [part.box for part in parts if zone.top <= (part.box.top + part.box.bottom) // 2 < zone.bottom]
    zone = around([zone, *beside])
    for row in reading.loose_rows:
        follows = zone.bottom <= row.box.top + row.box.height // 2 < zone.bottom + 2 * row.box.height
        first = row.text.split(" ")[0]
        if (
            follows
            and len(row.text.split(" ")) > 1
            and continues(row.text.replace(" ", ""))
            and not begins_section(row)
        ) or (follows and is_kinship(first)):
            zone = around([zone, row.box])
    return zone


def _free_rows(reading: Reading) -> Iterator[Finding]:
    """Rows in no cell that say what somebody is to the subject and go on: a list, or a table whose ruling was lost."""
    for row in (*reading.loose_rows, *reading.second_loose_rows):
        text = row.text.replace(" ", "")
        listed = _LISTED.match(text)
        if (listed and len(text) > listed.end()) or (" " in row.text and is_kinship(row.text.split(" ")[0])):
            yield from reading.cover(Kind.FAMILY, row.covers(0, len(row.text)), "row:kinship")


def _table_end(ruling: Ruling, head: Box) -> int:
    """The foot of the table that `head` is a row of: that of the title beside it, or as far as its columns go on."""
    beside = [cell.box.bottom for cell in ruling.left_of(head) if cell.box.height > 1.5 * head.height]
    if beside and max(beside) > head.bottom + ruling.slack_px:
        return max(beside)
    bottom, slack = head.bottom, ruling.slack_px
    below = sorted((c for c in ruling.cells if c.box.top >= head.bottom - slack), key=lambda c: c.box.top)
    for cell in below:
        if cell.box.right <= head.left + slack or cell.box.left >= head.right - slack:
            continue
        if cell.box.top > bottom + slack or _ends_table(cell, head, slack):
            return max(head.bottom, min(bottom, cell.box.top))
        bottom = max(bottom, cell.box.bottom)
    return bottom


def _ends_table(cell: Cell, head: Box, slack_px: int) -> bool:
    """True for what begins further left than the table, or at its left with a heading or one cell for all columns."""
    if cell.box.left < head.left - slack_px:
        return True
    begins_row = cell.box.left <= head.left + slack_px
    whole_row = cell.box.right >= head.right - slack_px
    told = any(word in cell.text for word in KINSHIP)
    return begins_row and not told and ((whole_row and bool(cell.text)) or cell.is_heading)


def _kinship_rows(ruling: Ruling) -> Iterator[Box]:
    """Rows of a table whose header stands on another page: from the word of kinship to the row's end."""
    kin = [cell for cell in ruling.cells if is_kinship(cell.text)]
    for cell in kin:
        column = {trimmed(c.text) for c in kin if abs(c.box.left - cell.box.left) <= ruling.slack_px}
        if trimmed(cell.text) in KINSHIP_SHORT and len(column) < 2:
            continue
        row = [c.box for c in ruling.row(cell.box) if c.box.left >= cell.box.left]
        yield Box(cell.box.left, cell.box.top, max(box.right for box in row), cell.box.bottom)
    yield from _rows_between(ruling, [cell for cell in kin if trimmed(cell.text) not in KINSHIP_SHORT])


def _rows_between(ruling: Ruling, kin: Sequence[Cell]) -> Iterator[Box]:
    """Between two relatives in one column stands a third, even if his kinship was misread; likewise below the last."""
    for column in {cell.box.left: cell for cell in kin}.values():
        mates = [c for c in kin if ruling.same_column(c.box, column.box)]
        first = min(mates, key=lambda c: c.box.top)
        if len(mates) < 2:
            continue
        right = max(c.box.right for c in ruling.row(first.box))
        head = Box(first.box.left, first.box.top, right, first.box.bottom)
        yield Box(head.left, head.top, head.right, _table_end(ruling, head))


def _beside_titles(ruling: Ruling) -> Iterator[Box]:
    """What stands right of a title such as 家庭成员, when that is filled in freely and no table."""
    for cell in ruling.cells:
        if _is_title(trimmed(cell.text)):
            beside = ruling.right_of(cell.box)
            if beside and not any(c.is_heading or _RELATION.fullmatch(trimmed(c.text)) for c in beside):
                yield from (c.extent for c in beside)


def _is_title(text: str) -> bool:
    if len(text) < 4 or len(text) > 20 or not ("成" in text or "关系" in text or "家" in text):
        return False
    near = (title for title in _TITLES if abs(len(text) - len(title)) <= len(title) // 3)
    return any(distance(text, title) <= len(title) // 3 for title in near) or (
        _FAMILY.search(text) is not None and is_heading(text)
    )


def _unruled(reading: Reading, findings: list[Finding], doubts: list[Doubt]) -> None:
    """A table of relatives without ruling: from its header to the next heading or the foot of the page."""
    width, height = reading.size
    rows = reading.loose_rows
    for n, row in enumerate(rows):
        text = row.text.replace(" ", "")
        columns = sum(column.search(text) is not None for column in _COLUMNS)
        if not (columns >= 2 and re.search("称谓|称呼|与本人.?关系", text)) or len(text) > 40:
            continue
        following = [r for r in rows[n + 1 :] if r.box.top > row.box.top + row.box.height // 2]
        end = next((r.box.top for r in following if begins_section(r)), height)
        if not following or following[0].box.top >= end:
            doubts.append(Doubt(Kind.FAMILY, "找到家庭成员表头，但没有读到下面的内容，请核对。"))
        if row.box.bottom < end:
            findings += reading.cover_area(Kind.FAMILY, Box(0, row.box.bottom, width, end), "table:family")


def _told(reading: Reading) -> Iterator[Finding]:
    """Rows that tell of a relative in sentences, as a curriculum vitae or an application does."""
    blocks = [reading.loose_rows, *([*cell.rows] for cell in reading.ruling.cells if len(cell.text) > 8)]
    blocks += [[row] for row in reading.second_loose_rows]
    for rows in blocks:
        for paragraph in paragraphs(rows):
            whole = joined(paragraph, gap="").compact()
            if not re.search(_KIN, whole.text):
                continue
            for sentence in _SENTENCE.finditer(whole.text):
                if _NAMED.search(sentence[0]) or _OCCUPIED.search(sentence[0]):
                    yield from reading.cover(Kind.FAMILY, whole.covers(*sentence.span()), "text:family")
