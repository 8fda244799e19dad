"""People and their dossiers (人员): taken in from a roster whole or not at all, listed, and printed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from peewee import Query

from webapp.domain.errors import Invalid, Refused
from webapp.domain.identifiers import id_number_valid, normalise_id_number
from webapp.domain.role import Role
from webapp.domain.roster import Row
from webapp.services import audit, dossiers, jobs, pieces, rosters, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.rosters import Outcome, Proposal, Report
from webapp.services.spreadsheets import Table
from webapp.storage.accounts import Recusal
from webapp.storage.archive import Dossier, Subject, Unit
from webapp.storage.database import new_public_id, transaction
from webapp.vault.vault import vault

PRINTED_COLUMNS = ("序号", "姓名", "性别", "出生日期", "单位", "职务", "档案号")
_MOST_LISTED = 100


class RosterRefused(Invalid):
    """A roster with faulty rows: nothing of it was taken in. `report` names them."""

    def __init__(self, report: Report):
        super().__init__(f"有 {report.counts[Outcome.FAULTY]} 行有误，没有导入")
        self.report = report


@dataclass(frozen=True, slots=True)
class Person:
    """A line of a list of people: the subject with its unit's full name and the dossier's number and public id."""

    subject: Subject
    unit_name: str
    number: str
    dossier_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """People found, by dossier number; `is_cut` when there are more than are listed."""

    people: tuple[Person, ...]
    is_cut: bool = False


def try_roster(actor: Actor, table: Table, *, now: datetime) -> Report:
    """What taking the roster in would do. Writes only that it was asked. Raises Invalid, Refused."""
    report = rosters.propose(actor, table)
    with transaction():
        _log_roster("roster:tried", report, actor, now)
    return report


@transaction()
def import_roster(actor: Actor, table: Table, *, now: datetime) -> Report:
    """Take the roster in: people, dossiers with keys of their own, units, jobs for the index, entries in the log.

    Compared anew inside the transaction, so that two imports at once cannot both make the same person.
    Raises Invalid, Refused; RosterRefused when a row is faulty, and then nothing was written.
    """
    report = rosters.propose(actor, table)
    if report.of(Outcome.FAULTY):
        raise RosterRefused(report)
    intake = _Intake(actor, now)
    for proposal in report.proposals:
        if proposal.outcome is not Outcome.UNCHANGED:
            intake.take_in(proposal)
    _log_roster("roster:imported", report, actor, now)
    return report


def listed(
    actor: Actor, *, now: datetime, unit: Unit | None = None, words: str = "", most: int = _MOST_LISTED
) -> Found:
    """People whose dossiers the actor keeps, by dossier number: of one unit with all below it, or by words.

    Logged, with the number of people but never the words.

    words -- parts of name, post or dossier number, all of which must fit; or one whole ID number
    """
    query = _kept(actor, unit)
    if conditions := _conditions(words):
        query = query.where(reduce(and_, conditions))
    people = _people(query.limit(most + 1))
    found = Found(people[:most], len(people) > most)
    with transaction():
        audit.append(
            "people:listed",
            actor=actor,
            at=now,
            kind="unit" if unit else "roster",
            record=unit.public_id if unit else "",
            details={"people": len(found.people), "by_words": bool(words)},
        )
    return found


def roster(
    actor: Actor, *, now: datetime, form: str, unit: Unit | None = None, most: int | None = None
) -> tuple[Person, ...]:
    """The roster of what the actor keeps, to print or to hand out; without ID numbers, and logged.

    form -- "pdf" or "xlsx". Raises Invalid when there are more than `most` people, Refused.
    """
    query = _kept(actor, unit)
    if most is not None and query.count() > most:
        raise Invalid(f"超过 {most} 人。请按单位分别打印，或导出表格")
    people = _people(query)
    with transaction():
        audit.append(
            "roster:printed",
            actor=actor,
            at=now,
            kind="unit" if unit else "roster",
            record=unit.public_id if unit else "",
            details={"people": len(people), "form": form},
        )
    return people


def printed_rows(people: Sequence[Person]) -> list[tuple[str, ...]]:
    """The cells under PRINTED_COLUMNS."""
    return [
        (str(n), p.subject.name, p.subject.sex, p.subject.birth, p.unit_name, p.subject.post, p.number)
        for n, p in enumerate(people, start=1)
    ]


def kept_units(actor: Actor) -> list[units.Branch]:
    """The units whose dossiers the actor keeps, as a tree."""
    return units.tree(None if actor == SYSTEM else dossiers.scope_paths(actor, dossiers.CUSTODY))


def _log_roster(action: str, report: Report, actor: Actor, now: datetime) -> None:
    """One entry for a whole roster: how many rows would do what, and how many named an ID number."""
    counts = {outcome.name.lower(): count for outcome, count in report.counts.items()}
    id_numbers = sum(bool(p.reading.row and p.reading.row.id_number) for p in report.proposals)
    details = {**counts, "id_numbers": id_numbers, "sha256": report.sha256}
    audit.append(action, actor=actor, at=now, kind="roster", details=details)


def _kept(actor: Actor, unit: Unit | None) -> Query:
    """Dossiers in the actor's custody, without their own and those they are recused from."""
    query = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit).order_by(Dossier.number)
    if unit is not None:
        query = query.where(Unit.path.startswith(unit.path))
    if actor == SYSTEM:
        return query
    if actor.role is not Role.ARCHIVIST:
        raise Refused("只有档案管理员可以查看花名册", rule="roster:role")
    barred = Recusal.select(Recusal.subject).where(Recusal.officer == actor.person)
    query = query.where(units.within(dossiers.scope_paths(actor, dossiers.CUSTODY)))
    return query.where(Subject.id.not_in(barred) & (Subject.id != (actor.person.subject_id or 0)))


def _conditions(words: str) -> list[Any]:
    if id_number_valid(words):
        return [Subject.id_number_index == rosters.blind_index(normalise_id_number(words))]
    return [
        Subject.name.contains(word) | Subject.post.contains(word) | Dossier.number.contains(word)
        for word in words.split()[:8]
    ]


def _people(query: Query) -> tuple[Person, ...]:
    names = units.full_names()
    return tuple(Person(d.subject, names[d.subject.unit_id], d.number, d.public_id) for d in query)


class _Intake:
    """Writes the rows of one roster, in the caller's transaction; keeps in mind which unit is which."""

    def __init__(self, actor: Actor, now: datetime):
        self._actor, self._now = actor, now
        self._units: dict[str, Unit] = {}

    def take_in(self, proposal: Proposal) -> None:
        """Make or change one person's records."""
        row = proposal.reading.row
        if row is None:
            raise RuntimeError("a faulty row is never taken in")
        if row.unit not in self._units:
            self._units[row.unit] = units.find_or_create(row.unit)
        unit = self._units[row.unit]
        if proposal.dossier is None:
            dossier = _create(row, unit, self._now)
            self._log("dossier:created", dossier)
        else:
            dossier = proposal.dossier
            self._log("subject:changed", dossier, {"fields": _change(dossier, row, unit)})
        jobs.enqueue("index", f"dossier:{dossier.id}", now=self._now)

    def _log(self, action: str, dossier: Dossier, details: dict[str, Any] | None = None) -> None:
        record = dossier.public_id
        audit.append(action, actor=self._actor, at=self._now, kind="dossier", record=record, details=details)


def _create(row: Row, unit: Unit, now: datetime) -> Dossier:
    public_id = new_public_id()
    key = vault.new_data_key(public_id)
    dossier = Dossier(
        public_id=public_id, number=row.number, data_key=key.sealed, root_id=key.root_id, created_at=now
    )
    dossier.subject = Subject.create(**_said(row, unit), **_sealed(dossier, row))
    dossier.save()
    return dossier


def _change(dossier: Dossier, row: Row, unit: Unit) -> list[str]:
    """Write what the row says and differs; returns the fields. An ID number is added, never replaced."""
    subject = dossier.subject
    said = {name: value for name, value in _said(row, unit).items() if value}
    if subject.id_number_index is None:
        said |= _sealed(dossier, row)
    changed = sorted(name for name, value in said.items() if getattr(subject, name) != value)
    for name in changed:
        setattr(subject, name, said[name])
    if changed:
        subject.save()
    if dossier.number != row.number:
        dossier.number = row.number
        dossier.save(only=[Dossier.number])
        changed.append("number")
    return changed


def _said(row: Row, unit: Unit) -> dict[str, Any]:
    return {"name": row.name, "sex": row.sex, "birth": row.birth, "post": row.post, "unit": unit}


def _sealed(dossier: Dossier, row: Row) -> dict[str, Any]:
    """The ID number's two columns; none when the row gives no number."""
    if not row.id_number:
        return {}
    sealed = pieces.seal_field(dossier, "id_number", row.id_number)
    return {"id_number": sealed, "id_number_index": rosters.blind_index(row.id_number)}
