"""Tables from and for office software (电子表格): .xlsx and .csv in, .xlsx out, with limits and without formulas."""

import csv
import hashlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from webapp.domain.errors import Invalid

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 20 * 1024 * 1024  # bytes: 5000 rows take some 5 MB; more is a bomb or not a roster
MOST_TAGS = 1_000_000  # 5000 rows of 20 filled cells have 800,000; reading costs some 5 µs a tag
MOST_ROWS = 5000  # one transaction: more would keep other writers waiting past their patience
MOST_COLUMNS, LONGEST_CELL = 60, 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What a damaged or made-up workbook has the reader raise; RuntimeError is zipfile's for an encrypted part.
_UNREADABLE = (
    zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, EOFError, OSError, RuntimeError,
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError,
)  # fmt: skip
_STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as text, the first one being line 1, and the SHA-256 of its bytes."""

    rows: tuple[tuple[str, ...], ...]
    sha256: str


def read(content: bytes) -> Table:
    """Rows of the first sheet of an .xlsx, or of a .csv in UTF-8 or GB 18030. Raises Invalid in words."""
    if len(content) > LARGEST_FILE:
        raise Invalid(f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，请分几次导入")
    cells = _workbook_cells(content) if content.startswith(b"PK") else _csv_cells(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader's say what stands in a cell, and end up in the log
        rows = tuple(_limited(cells))
    if not any(any(row) for row in rows):
        raise Invalid("文件里没有内容")
    return Table(rows, hashlib.sha256(content).hexdigest())


def workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An .xlsx with one sheet. Every cell is text and none is a formula, whatever its text begins with."""
    made = Workbook(write_only=True)
    sheet = made.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell(value: object, font: Font | None = None) -> Any:
        made_cell = WriteOnlyCell(sheet, neutral(str(value)))
        made_cell.data_type = "s"
        made_cell.number_format = "@"
        made_cell.alignment = Alignment(vertical="top", wrap_text=True)
        if font:
            made_cell.font = font
        return made_cell

    for column in range(1, len(header) + 1):
        sheet.column_dimensions[chr(64 + column)].width = 18
    sheet.append([cell(name, Font(bold=True)) for name in header])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one.

    `read` takes it away again, so a table that was printed is read as it was.
    """
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def _plain(text: str) -> str:
    """The text that `neutral` was given."""
    return text[1:] if text.startswith("'") and _STARTS_A_FORMULA.match(text) else text


def _limited(rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    for line, row in enumerate(rows, start=1):
        if line > MOST_ROWS:
            raise Invalid(f"超过 {MOST_ROWS} 行，请分几次导入")
        row = [_plain(cell) for cell in row]
        while row and not row[-1]:
            row = row[:-1]
        if len(row) > MOST_COLUMNS:
            raise Invalid(f"第 {line} 行超过 {MOST_COLUMNS} 列，请检查文件")
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise Invalid(f"第 {line} 行有一格超过 {LONGEST_CELL} 字，请检查文件")
        yield tuple(row)


def _workbook_cells(content: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise Invalid("表格文件展开后过大，没有读取")
            if sum(archive.read(part).count(b"<") for part in archive.infolist()) > MOST_TAGS:
                raise Invalid("表格文件内容过多，没有读取")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
            yield [_text(value) for value in row]
    except _UNREADABLE as error:
        raise Invalid("无法读取这个表格文件，请另存为 .xlsx 或 .csv 后再试") from error


def _csv_cells(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",\t;，", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise Invalid("无法读取这个 CSV 文件，请另存为 .xlsx 后再试") from error


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid("看不出这个文件是什么格式，请使用 .xlsx 或 .csv（UTF-8 或 GBK 编码）")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # beyond that a number has lost digits, and is shown as it is
    return str(value).strip()
