"""What a roster would change (花名册比对): each row against what is held, in words; nothing is written here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from peewee import Field

from webapp.domain.errors import Invalid, Refused
from webapp.domain.role import Role
from webapp.domain.roster import Reading, Row, header_in, read_row
from webapp.services import dossiers, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.spreadsheets import Table
from webapp.storage.accounts import Recusal
from webapp.storage.archive import Dossier, Subject, Unit
from webapp.vault.vault import vault

_AT_A_TIME = 500  # values in one query
# Says neither what fits nor whose it is.
_ELSEWHERE = "与已有的登记冲突，请核对档案号和身份证号；核对无误的，请联系档案主管处室"


class Outcome(StrEnum):
    """What a row would do."""

    CREATED = "新建"
    CHANGED = "更新"
    UNCHANGED = "不变"
    FAULTY = "有误"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row: what it says, the dossier it is about (None: a new one), what would change, what is wrong."""

    reading: Reading
    dossier: Dossier | None = None
    changes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """FAULTY whenever anything is wrong."""
        if self.errors:
            return Outcome.FAULTY
        if self.dossier is None:
            return Outcome.CREATED
        return Outcome.CHANGED if self.changes else Outcome.UNCHANGED


@dataclass(frozen=True, slots=True)
class Report:
    """All rows in the order of the file. `sha256` names the file; `new_units` would be made."""

    proposals: tuple[Proposal, ...]
    sha256: str
    new_units: tuple[str, ...] = ()

    def of(self, outcome: Outcome) -> list[Proposal]:
        """The rows with one outcome."""
        return [proposal for proposal in self.proposals if proposal.outcome is outcome]

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many rows have each outcome."""
        return {outcome: len(self.of(outcome)) for outcome in Outcome}

    @property
    def noted(self) -> list[Proposal]:
        """Rows that can be taken in and should be looked at."""
        return [p for p in self.proposals if p.reading.notes and not p.errors]


def propose(actor: Actor, table: Table) -> Report:
    """Compare a roster with what is held. Raises Invalid when it is none; Refused unless a keeper or SYSTEM asks."""
    if actor != SYSTEM and actor.role is not Role.ARCHIVIST:
        raise Refused("只有档案管理员可以导入花名册", rule="roster:role")
    place, columns = header_in(table.rows)
    below = enumerate(table.rows[place + 1 :], start=place + 2)
    readings = [reading for line, cells in below if (reading := read_row(line, cells, columns))]
    if not readings:
        raise Invalid("表头下面没有内容")
    register = _Register(actor, [reading.row for reading in readings if reading.row])
    proposals = tuple(map(register.propose, readings))
    return Report(proposals, table.sha256, tuple(register.new_units))


def blind_index(id_number: str) -> str | None:
    """What a normalised ID number is found by; None for none."""
    return vault.blind_index("id_number", id_number) if id_number else None


class _Register:
    """What is held already, as far as a roster speaks of it, and the rows gone by."""

    def __init__(self, actor: Actor, rows: list[Row]):
        indexes = {row: blind_index(row.id_number) for row in rows}
        self._indexes = indexes
        numbers = _dossiers_with(Dossier.number, (row.number for row in rows))
        self._by_number = {dossier.number: dossier for dossier in numbers}
        persons = _dossiers_with(Subject.id_number_index, filter(None, indexes.values()))
        self._by_index = {dossier.subject.id_number_index: dossier for dossier in persons}
        self._unit_names = units.full_names()
        paths = dict(Unit.select(Unit.id, Unit.path).tuples())
        self._unit_paths = {name: paths[row] for row, name in self._unit_names.items()}
        self._kept = None if actor == SYSTEM else tuple(dossiers.scope_paths(actor, dossiers.CUSTODY))
        self._barred = set() if actor == SYSTEM else _barred_from(actor)
        self._lines: dict[str, int] = {}
        self.new_units: dict[str, None] = {}  # in the order in which they come up

    def propose(self, reading: Reading) -> Proposal:
        """What one row would do."""
        row = reading.row
        if row is None:
            return Proposal(reading, errors=reading.errors)
        try:
            unit = units.SEPARATOR.join(units.names_of(row.unit))
            self._require_kept_unit(unit)
            dossier = self._match(row)
        except Invalid as error:
            return Proposal(reading, errors=(str(error),))
        errors = tuple(self._twice(reading.line, row, dossier))
        if errors:
            return Proposal(reading, dossier, errors=errors)
        if unit not in self._unit_paths:
            self.new_units[unit] = None
        changes = tuple(self._changes(row, unit, dossier)) if dossier else ()
        return Proposal(reading, dossier, changes)

    def _match(self, row: Row) -> Dossier | None:
        """The dossier a row is about.

        Raises Invalid when the actor may not touch it, or when number, name and ID number point at different people.
        """
        index = self._indexes[row]
        numbered, person = self._by_number.get(row.number), self._by_index.get(index)
        self._require_kept(dossier for dossier in (numbered, person) if dossier)
        if numbered and person and numbered != person:
            raise Invalid("档案号和身份证号分别属于两个人，请核对")
        if person:
            return person
        if numbered and index and numbered.subject.id_number_index:
            raise Invalid("这个档案号登记的身份证号与表中不同，请核对")
        if numbered and numbered.subject.name != row.name:
            raise Invalid("这个档案号登记的姓名与表中不同，请核对；如已更名，请一并填写身份证号")
        return numbered

    def _twice(self, line: int, row: Row, dossier: Dossier | None) -> Iterator[str]:
        said = {"档案号": row.number, "身份证号": self._indexes[row], "人员": dossier and dossier.id}
        for what, value in said.items():
            if value and (first := self._lines.setdefault(f"{what}|{value}", line)) != line:
                yield f"{what}与第 {first} 行重复"

    def _require_kept_unit(self, unit: str) -> None:
        """Asked first: whoever names a unit of others learns nothing of people, held or not. Raises Invalid."""
        if self._kept is not None and not self._nearest(unit).startswith(self._kept):
            raise Invalid("单位不在您的保管范围内")

    def _require_kept(self, matched: Iterable[Dossier]) -> None:
        """Raises Invalid for dossiers of other keepers, in the same words whatever fits and whatever does not."""
        if self._kept is None:
            return
        held = list(matched)
        if not all(dossier.subject.unit.path.startswith(self._kept) for dossier in held):
            raise Invalid(_ELSEWHERE)
        if any(dossier.subject_id in self._barred for dossier in held):
            raise Invalid("本人或与您有回避关系的人，请由其他管理员处理")

    def _nearest(self, unit: str) -> str:
        """Path of the unit, or of the nearest one above it that there is."""
        while unit and unit not in self._unit_paths:
            unit = unit.rpartition(units.SEPARATOR)[0]
        return self._unit_paths.get(unit, "")

    def _changes(self, row: Row, unit: str, dossier: Dossier) -> Iterator[str]:
        """In words. What the row leaves empty stays as it is."""
        subject = dossier.subject
        before_after = (
            ("姓名", subject.name, row.name),
            ("性别", subject.sex, row.sex),
            ("出生日期", subject.birth, row.birth),
            ("单位", self._unit_names[subject.unit_id], unit),
            ("职务", subject.post, row.post),
            ("档案号", dossier.number, row.number),
        )
        for label, before, after in before_after:
            if after and before != after:
                yield f"{label}：{before or '（空）'} → {after}"
        if row.id_number and subject.id_number_index is None:
            yield "补登身份证号"


def _dossiers_with(field: Field, values: Iterable[str]) -> Iterator[Dossier]:
    """Dossiers with their subjects and units, for which the field has one of the values."""
    wanted = iter(dict.fromkeys(values))
    while chunk := list(islice(wanted, _AT_A_TIME)):
        query = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit)
        yield from query.where(field.in_(chunk))


def _barred_from(actor: Actor) -> set[int]:
    """Row ids of the subjects an officer must keep away from, themselves included."""
    query = Recusal.select(Recusal.subject).where(Recusal.officer == actor.person)
    return {row for (row,) in query.tuples()} | {actor.person.subject_id}
