"""Accounts from a spreadsheet (批量建账号): read, judge every row, and make all of them or none."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.errors import ArchiveError, Invalid
from webapp.domain.role import Role
from webapp.services import audit, officers, spreadsheets, units
from webapp.services.actor import Actor
from webapp.services.logins import checked_login
from webapp.services.officers import Linked, NewOfficer, Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Subject, Unit
from webapp.storage.database import transaction

COLUMNS = ("账号", "姓名", "单位", "角色", "查阅范围", "保管范围", "审批范围", "身份证号")
NEEDED = ("账号", "姓名")
MOST_ROWS = 2000
_SEPARATORS = re.compile(r"[、，,;；\n]+")
_LABELS = {role.label: role for role in Role}

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as judged: its number in the sheet, its cells, and either the account to make or what is wrong."""

    number: int
    cells: Cells
    new: NewOfficer | None
    faults: tuple[str, ...] = ()


def cells_of(content: bytes) -> list[tuple[int, Cells]]:
    """(number in the sheet, cells) of the rows below the heading. Raises Invalid when it is no such spreadsheet."""
    heading, *rows = spreadsheets.read(content).rows
    if missing := [name for name in NEEDED if name not in heading]:
        raise Invalid(f"第一行要有列名：{'、'.join(COLUMNS)}。缺少：{'、'.join(missing)}")
    if len(rows) > MOST_ROWS:
        raise Invalid(f"一次最多 {MOST_ROWS} 行，请分成几个表格")
    named = [
        (number, {name: cell for name, cell in zip(heading, row, strict=False) if name in COLUMNS})
        for number, row in enumerate(rows, start=2)
    ]
    if not (found := [(number, cells) for number, cells in named if any(cells.values())]):
        raise Invalid("表格里没有要建的账号")
    return found


def judge(rows: Sequence[tuple[int, Cells]], *, actor: Actor, now: datetime) -> list[Row]:
    """Check every row by itself and against the others and those who have an account already.

    Writes only that it was asked, with counts: what is wrong with an ID number tells something of a person.
    """
    judged = _judged(rows)
    counts = {
        "rows": len(judged),
        "faulty": sum(bool(row.faults) for row in judged),
        "id_numbers": sum(bool(row.cells.get("身份证号")) for row in judged),
    }
    with transaction():
        audit.append("officers:tried", actor=actor, at=now, kind="officers", details=counts)
    return judged


def faults_of(rows: Iterable[Row]) -> list[str]:
    """What is wrong, in words: 第 3 行：角色“…”不认识."""
    return [f"第 {row.number} 行：{fault}" for row in rows for fault in row.faults]


def _judged(rows: Sequence[tuple[int, Cells]]) -> list[Row]:
    seen_logins: dict[str, int] = {}
    seen_subjects: dict[int, int] = {}
    judged = []
    for number, cells in rows:
        faults: list[str] = []
        new = _drafted(cells, faults)
        if new is not None:
            _note_repeated(new.login, number, seen_logins, "账号", faults)
            if new.subject is not None:
                _note_repeated(new.subject.id, number, seen_subjects, "身份证号", faults)
        judged.append(Row(number, cells, None if faults else new, tuple(faults)))
    return judged


@transaction()
def create_all(rows: Sequence[Row], *, actor: Actor, now: datetime) -> list[Linked]:
    """Make every account with its link, or none. Raises Invalid when a row has a fault."""
    if faults := faults_of(rows):
        raise Invalid("；".join(faults[:5]))
    made = [officers.create(row.new, actor=actor, now=now) for row in rows if row.new is not None]
    return [officers.link(officer, actor=actor, now=now) for officer in made]


def links_sheet(links: Sequence[Linked], address_of: Callable[[str], str], *, until: str) -> bytes:
    """A spreadsheet of the links, to hand each to its person. address_of(token) gives the whole address."""
    rows = [(made.officer.login, made.officer.name, address_of(made.token), until) for made in links]
    return spreadsheets.workbook("登记链接", ("账号", "姓名", "登记链接（只能用一次）", "有效期至"), rows)


def example_sheet() -> bytes:
    """A spreadsheet with the headings and one row that shows how to fill it in."""
    example = ("zhangsan", "张三", "", Role.OFFICIAL.label, "", "", "", "")
    return spreadsheets.workbook("账号", COLUMNS, [example])


def unit_at(path: str) -> Unit | None:
    """The unit at 市财政局/预算科, or the only one of that name; None for an empty cell."""
    if not path:
        return None
    if (unit := units.lookup(path)) is not None:
        return unit
    named = list(Unit.select().where(Unit.name == path).limit(2))
    if len(named) == 1:
        return named[0]
    if named:
        raise Invalid(f"有几个单位都叫“{path}”，请写成 上级单位/{path}")
    raise Invalid(f"没有单位“{path}”")


def units_in(text: str) -> tuple[Unit, ...]:
    """The units named in a cell or a text box, apart by 、 or line ends. Raises Invalid for one that is not there."""
    paths = filter(None, (part.strip() for part in _SEPARATORS.split(text)))
    return tuple(unit for path in paths if (unit := unit_at(path)) is not None)


def _drafted(cells: Cells, faults: list[str]) -> NewOfficer | None:
    """The account of one row; None when its login cannot be used. What else is wrong is added to `faults`."""
    roles = _collected(faults, _roles_of, cells.get("角色", "")) or frozenset()
    unit = _collected(faults, unit_at, cells.get("单位", ""))
    lookup = _collected(faults, units_in, cells.get("查阅范围", "")) or ()
    custody = _collected(faults, units_in, cells.get("保管范围", "")) or ()
    approval = _collected(faults, units_in, cells.get("审批范围", "")) or ()
    subject = _collected(faults, _subject_of, cells.get("身份证号", ""))
    name = _collected(faults, officers.checked_name, cells.get("姓名", "")) or ""
    login = _collected(faults, _free_login, cells.get("账号", ""))
    if login is None or faults:
        return None
    given = Rights(roles, lookup, custody, approval)
    rights = _collected(faults, lambda r: officers.checked_rights(r, subject), given)
    return NewOfficer(login, name, rights, unit, subject) if rights else None


def _collected(faults: list[str], check: Any, value: Any) -> Any:
    """The checked value, or None with the fault noted."""
    try:
        return check(value)
    except ArchiveError as error:
        faults.append(str(error))
        return None


def _roles_of(text: str) -> frozenset[Role]:
    roles = set()
    for word in filter(None, (part.strip() for part in _SEPARATORS.split(text))):
        if word not in _LABELS:
            raise Invalid(f"角色“{word}”不认识，可填：{'、'.join(_LABELS)}")
        roles.add(_LABELS[word])
    return frozenset(roles)


def _subject_of(id_number: str) -> Subject | None:
    return officers.subject_with(id_number) if id_number else None


def _free_login(text: str) -> str:
    login = checked_login(text)
    if Officer.select().where(Officer.login == login).exists():
        raise Invalid(f"账号“{login}”已经有人用了")
    return login


def _note_repeated(key: Any, number: int, seen: dict[Any, int], what: str, faults: list[str]) -> None:
    if key in seen:
        faults.append(f"{what}和第 {seen[key]} 行重复")
    seen.setdefault(key, number)
