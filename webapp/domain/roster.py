"""The list of people an archive is set up from (花名册): which columns it has, and what a row says in plain values."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.errors import Invalid
from webapp.domain.identifiers import id_number_parts, id_number_valid, normalise_id_number
from webapp.domain.partial_date import PartialDate


class Column(StrEnum):
    """What a column holds, by the name that is printed over it."""

    NAME = "姓名"
    SEX = "性别"
    BIRTH = "出生日期"
    ID_NUMBER = "身份证号"
    UNIT = "单位"
    POST = "职务"
    NUMBER = "档案号"


NEEDED = (Column.NAME, Column.UNIT, Column.NUMBER)
HEADER_WITHIN = 10  # rows: a title and a date of compilation commonly stand above the header
LONGEST = {Column.NAME: 64, Column.POST: 120, Column.NUMBER: 40}  # characters, as the columns hold

_ALIASES = {
    Column.NAME: "姓名 名字 干部姓名",
    Column.SEX: "性别",
    Column.BIRTH: "出生日期 出生年月 出生年月日 出生时间 生日",
    Column.ID_NUMBER: "身份证号 身份证号码 公民身份号码 身份证 居民身份证号 证件号 证件号码",
    Column.UNIT: "单位 工作单位 所在单位 单位名称 现单位 部门 单位及部门 工作部门",
    Column.POST: "职务 现任职务 职务名称 岗位 职务职级 现职务",
    Column.NUMBER: "档案号 档案编号 卷号 档号 档案号码",
}
_COLUMN_OF = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")  # 张　三, spaced to match three signs
_NEUTRALISED = re.compile(r"^'(?=[=+\-@＝＋－＠])")  # how a spreadsheet is told that text is no formula
_SEXES = {"男": "男", "女": "女", "男性": "男", "女性": "女", "": ""}


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says. Empty text where it says nothing; `birth` as 1970-05-01, as far as known."""

    name: str
    unit: str
    number: str
    sex: str = ""
    birth: str = ""
    id_number: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A row read: its values, or what is wrong with it; `notes` ask for a look and stop nothing."""

    line: int
    name: str
    row: Row | None
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def header_in(rows: Sequence[Sequence[str]]) -> tuple[int, dict[Column, int]]:
    """Place of the header among the rows, and of each column in it. Raises Invalid naming what is missing."""
    best: dict[Column, int] = {}
    for place, cells in enumerate(rows[:HEADER_WITHIN]):
        names = [_COLUMN_OF.get(re.sub(r"[*（(].*|\s", "", cell.strip())) for cell in cells]
        found = {column: names.index(column) for column in names if column}
        if all(column in found for column in NEEDED):
            if twice := next((column for column in found if names.count(column) > 1), None):
                raise Invalid(f"表头里有两列“{twice}”，请只保留一列")
            return place, found
        best = max(best, found, key=len)
    missing = "、".join(column for column in NEEDED if column not in best)
    raise Invalid(f"没有找到完整的表头，缺少：{missing}")


def read_row(line: int, cells: Sequence[str], columns: Mapping[Column, int]) -> Reading | None:
    """What one row says; None for a row with nothing in it."""
    said = {c: _plain(cells[place]) if place < len(cells) else "" for c, place in columns.items()}
    if not any(said.values()):
        return None
    errors = [f"没有填写{column}" for column in NEEDED if not said.get(column)]
    errors += [f"{c}不超过{most}字" for c, most in LONGEST.items() if len(said.get(c, "")) > most]
    name = _HAN_GAP.sub("", said.get(Column.NAME, ""))
    sex = said.get(Column.SEX, "")
    if sex not in _SEXES:
        errors.append(f"性别“{sex}”应为男或女")
    birth = _birth(said.get(Column.BIRTH, ""), errors)
    id_number = _id_number(said.get(Column.ID_NUMBER, ""), errors)
    if errors:
        return Reading(line, name, None, tuple(errors))
    number = unicodedata.normalize("NFKC", said[Column.NUMBER])
    post = said.get(Column.POST, "")
    row = Row(name, said[Column.UNIT], number, _SEXES[sex], birth, id_number, post)
    return Reading(line, name, row, notes=tuple(_differences(row)))


def _plain(cell: str) -> str:
    printable = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf") else sign for sign in cell)
    return _NEUTRALISED.sub("", " ".join(printable.split()))


def _birth(written: str, errors: list[str]) -> str:
    try:
        return str(PartialDate.parse(written)) if written else ""
    except Invalid as error:
        errors.append(f"出生日期：{error}")
        return ""


def _id_number(written: str, errors: list[str]) -> str:
    if not written:
        return ""
    if re.search(r"\d[.]\d+[eE]", written):
        errors.append("身份证号被表格软件改成了数字，末几位已丢失。请把这一列设为文本后重新填写")
        return ""
    if not id_number_valid(written):
        errors.append("身份证号不对：请核对位数、出生日期和最后一位校验码")
        return ""
    return normalise_id_number(written)


def _differences(row: Row) -> list[str]:
    """Where the ID number says otherwise. Both are kept: which one holds is found out by review, not by import."""
    if not row.id_number:
        return []
    parts = id_number_parts(row.id_number)
    notes = []
    if row.birth and not parts.birth.isoformat().startswith(row.birth):
        notes.append("出生日期与身份证号不一致")
    if row.sex and row.sex != parts.sex:
        notes.append("性别与身份证号不一致")
    return notes
