"""Files from and for office software."""

import csv
import io
import random
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from webapp.domain.errors import Invalid
from webapp.services import spreadsheets


def _xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_its_cells_as_text() -> None:
    table = spreadsheets.read(_xlsx(("姓名", "档案号", "生日"), ("张三", 12.0, date(1970, 5, 1)), (None, 3)))
    assert table.rows == (("姓名", "档案号", "生日"), ("张三", "12", "1970-05-01"), ("", "3"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_people_have(encoding: str, delimiter: str) -> None:
    text = delimiter.join(("姓名", "单位")) + "\r\n" + delimiter.join(("张三", '"甲局"')) + "\r\n"
    assert spreadsheets.read(text.encode(encoding)).rows == (("姓名", "单位"), ("张三", "甲局"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00\x01\x81",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"%PDF-1.7\0\xff\xff\xff",
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid):
        spreadsheets.read(content)


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Invalid, match="无法读取"):
        spreadsheets.read(out.getvalue())


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "LARGEST_UNPACKED", 1000)
    with pytest.raises(Invalid, match="过大"):
        spreadsheets.read(_xlsx(("姓名",)))


def test_entities_are_not_expanded() -> None:
    """A workbook whose sheet declares an entity is refused, not read."""
    source, out = zipfile.ZipFile(io.BytesIO(_xlsx(("姓名",)))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            body = source.read(name)
            if name.endswith("sheet1.xml"):
                body = b'<!DOCTYPE x [<!ENTITY a "bbbb">]>' + body
            archive.writestr(name, body)
    with pytest.raises(Invalid, match="无法读取"):
        spreadsheets.read(out.getvalue())


@pytest.mark.parametrize(
    ("limit", "rows", "words"),
    [
        ("MOST_ROWS", (("a",),) * 4, "超过 2 行"),
        ("MOST_COLUMNS", (("a",) * 4,), "超过 2 列"),
        ("LONGEST_CELL", (("aaaa",),), "超过 2 字"),
        ("LARGEST_FILE", (("aaaa",),), "超过"),
    ],
)
def test_limits_are_kept(
    limit: str, rows: tuple[tuple[str, ...], ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, limit, 2)
    with pytest.raises(Invalid, match=words):
        spreadsheets.read("\n".join(map(",".join, rows)).encode())


@given(st.sampled_from("=+-@＝＋－＠\t\r"), st.text(max_size=10))
def test_nothing_written_begins_a_formula(first: str, rest: str) -> None:
    assert spreadsheets.neutral(first + rest)[0] == "'"


@given(st.lists(st.text("'=-＠甲x", min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_was_written_is_read_as_it_was(cells: list[str]) -> None:
    written = spreadsheets.workbook("回避", [f"列{number}" for number in range(len(cells))], [cells])
    assert spreadsheets.read(written).rows[1] == tuple(cells)


def test_a_formula_in_a_name_comes_out_as_text() -> None:
    book = load_workbook(
        io.BytesIO(spreadsheets.workbook("花名册", ("姓名",), [("=1+1",), ("@SUM(A1)",), ("#N/A",)]))
    )
    cells = [row[0] for row in book.active.iter_rows()]
    assert [cell.value for cell in cells] == ["姓名", "'=1+1", "'@SUM(A1)", "#N/A"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_quoted_comma_stays_in_its_cell() -> None:
    out = io.StringIO()
    csv.writer(out).writerow(["张三", "甲局,一科"])
    assert spreadsheets.read(out.getvalue().encode()).rows == (("张三", "甲局,一科"),)


def _with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed, or made from nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        held = {part: old.read(part) for part in old.namelist()}
        for part, inside in (held | {name: change(held.get(name, b""))}).items():
            new.writestr(part, inside)
    return out.getvalue()


def test_a_small_file_of_millions_of_tags_is_not_unfolded() -> None:
    bomb = _with_part(
        _xlsx(("姓名",)), "xl/sharedStrings.xml", lambda _: b"<si/>" * (spreadsheets.MOST_TAGS + 1)
    )
    assert len(bomb) < 50_000
    with pytest.raises(Invalid, match="内容过多"):
        spreadsheets.read(bomb)


def test_what_stands_in_a_cell_is_told_to_no_log() -> None:
    book = Workbook()
    book.active.append(("身份证号", 110101199003074610))
    book.active["B1"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    book.save(out)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        spreadsheets.read(out.getvalue())
    assert not told


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_workbook_is_refused_or_read_and_never_a_fault(seed: int) -> None:
    chance, whole = random.Random(seed), _xlsx(("姓名", "单位"), ("张三", 12.5))

    def damaged(part: bytes) -> bytes:
        at, more = chance.randrange(len(part)), bytes(chance.choices(b'<>"/=09aZ', k=3))
        return part[:at] + more + part[at + chance.randrange(4) :]

    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    with suppress(Invalid):
        spreadsheets.read(_with_part(whole, chance.choice(names), damaged))
