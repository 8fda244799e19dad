"""The register of paper that was lent, extracted from and copied (借阅登记簿), as it is read.

Who took paper is named to those who keep the dossier, to who took it, and to the person it is about: viewers.lent.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from peewee import JOIN

from webapp.domain import purpose as purposes
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.loan import Ending, Kind, Stage, stage
from webapp.domain.local_time import day
from webapp.domain.role import Role
from webapp.services import audit, dossiers, loan_words, loans, units
from webapp.services.actor import Actor
from webapp.services.loan_words import EndWords, Words
from webapp.storage.accounts import Officer, Recusal
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import Record, transaction
from webapp.storage.loans import Loan, LoanMaterial
from webapp.storage.requests import AccessRequest

LISTED = 100
MOST_PRINTED = 1000  # entries on paper at once: setting them takes some 10 s
REMOVED = "一份已经移走的材料"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in full, for those who may read it.

    materials -- what it names one by one; empty for the whole dossier
    hides_titles -- who reads it may not see the titles of all of them
    """

    loan: Loan
    today: date
    words: Words
    end_words: EndWords
    materials: tuple[Material | None, ...]
    units: dict[int, str]
    hides_titles: bool = False

    @property
    def kind(self) -> Kind:
        """借阅, 摘录 or 复制."""
        return Kind(self.loan.kind)

    @property
    def taker(self) -> str:
        """Who took it, with unit."""
        return self._person(self.loan.taker, self.words.taker, self.words.taker_unit)

    @property
    def second(self) -> str:
        """Who came along, with unit; empty for nobody."""
        return self._person(self.loan.second, self.words.second, self.words.second_unit)

    @property
    def what(self) -> str:
        """Which paper. Names titles, unless they are hidden."""
        if self.loan.is_whole:
            return "整卷"
        if self.hides_titles:
            return f"{len(self.materials)} 份材料"
        return "、".join(one.title if one else REMOVED for one in self.materials)

    @property
    def purpose(self) -> str:
        """What for, in words."""
        return purposes.label(self.loan.purpose)

    @property
    def is_out(self) -> bool:
        """It has not ended."""
        return self.loan.ended_at is None

    @property
    def stage(self) -> Stage:
        """How near the day is on which it is due."""
        return stage(self.loan.due_on, self.today)

    @property
    def is_overdue(self) -> bool:
        """It should be back."""
        return self.is_out and self.stage is Stage.OVERDUE

    @property
    def standing(self) -> str:
        """Where it stands, in words."""
        if not self.is_out:
            is_short = self.loan.is_complete is False
            return "归还时缺损" if is_short else Ending(self.loan.ending).label
        if self.loan.due_on is None:
            return f"{self.kind.label}件在外"
        late = (self.today - self.loan.due_on).days
        return f"逾期 {late} 天" if late > 0 else f"{self.loan.due_on.month}月{self.loan.due_on.day}日前还"

    @property
    def look(self) -> str:
        """The kind of the badge that tells the standing."""
        if self.is_out:
            return {Stage.OVERDUE: "danger", Stage.SOON: "warn", Stage.OUT: "primary"}[self.stage]
        return "warn" if self.loan.is_complete is False else "neutral"

    def _person(self, officer: Officer | None, name: str, unit: str) -> str:
        if officer is not None:
            name, unit = officer.name, self.units.get(officer.unit_id, "")
        return f"{name}（{unit}）" if unit else name


@dataclass(frozen=True, slots=True)
class Moved:
    """The day was moved: from, to, why, by whom and when."""

    before: date
    after: date
    reason: str
    officer: Officer
    at: datetime


def listed(actor: Actor, *, now: datetime, words: str = "", ended: bool = False) -> list[Told]:
    """Entries about dossiers the actor keeps: what is out, overdue first; or what ended, newest first. Logged.

    words -- part of a dossier number, or of the name of the person or of who took it. Raises Refused.
    """
    over = Loan.ended_at.is_null(not ended)
    order = (Loan.id.desc(),) if ended else (Loan.due_on.is_null(), Loan.due_on, Loan.id)
    query = _kept(actor).where(over).order_by(*order)
    rows = query if words.strip() else query.limit(LISTED)
    found = [one for one in told(rows, now=now) if _is_about(one, words.strip())][:LISTED]
    with transaction():
        audit.append("loans:listed", actor=actor, at=now, kind="loan", details={"entries": len(found)})
    return found


def of_dossier(actor: Actor, dossier_id: str, *, now: datetime) -> list[Told]:
    """All entries about one dossier, the newest first; logged. Raises NotFound, Refused."""
    dossier = dossiers.find(dossier_id)
    dossiers.require_custody(actor, dossier)
    found = told(with_dossiers().where(Loan.dossier == dossier).order_by(Loan.id.desc()), now=now)
    with transaction():
        audit.append("loans:listed", actor=actor, at=now, kind="dossier", record=dossier_id,
                     details={"entries": len(found)})  # fmt: skip
    return found


def opened(actor: Actor, loan_id: str, *, now: datetime) -> tuple[Told, list[Moved]]:
    """One entry for its keeper, and how its day was moved, newest first; logged. Raises NotFound, Refused."""
    loan = loans.kept(actor, loan_id)
    with transaction():
        audit.append("loan:opened", actor=actor, at=now, kind="loan", record=loan_id,
                     details={"dossier": loan.dossier.public_id})  # fmt: skip
    (one,) = told([loan], now=now)
    return one, [
        Moved(
            each.due_before,
            each.due_after,
            loan_words.unseal_reason(loan.dossier, loan_id, each.reason),
            each.officer,
            each.at,
        )
        for each in sorted(loan.extensions, key=lambda each: each.id, reverse=True)
    ]


def printed(actor: Actor, first: date, last: date, *, now: datetime) -> list[Told]:
    """The entries of a period about dossiers the actor keeps, oldest first; logged. Raises Refused, Invalid."""
    if first > last:
        raise Invalid("开始日期要在结束日期以前")
    query = _kept(actor).where(Loan.out_on.between(first, last)).order_by(Loan.out_on, Loan.id)
    rows = list(query.limit(MOST_PRINTED + 1))
    if len(rows) > MOST_PRINTED:
        raise Invalid(f"这段时间超过 {MOST_PRINTED} 条，请分几段打印")
    with transaction():
        audit.append("loans:printed", actor=actor, at=now, kind="loan", details={"entries": len(rows)})
    return told(rows, now=now)


def out_of(actor: Actor, dossier: Dossier, *, now: datetime) -> list[Told]:
    """The paper of a dossier that is out, for those who keep it; nothing for anybody else."""
    if actor.role is not Role.ARCHIVIST or dossiers.standing_of(actor, dossier) is not Standing.CUSTODY:
        return []
    out = (Loan.dossier == dossier) & (Loan.kind == Kind.BORROW) & Loan.ended_at.is_null()
    return told(with_dossiers().where(out).order_by(Loan.id), now=now)


def counts(actor: Actor, *, now: datetime) -> tuple[int, int]:
    """How much paper of the dossiers the actor keeps is out, and how much of it overdue. Raises Refused."""
    out = _kept(actor).where(Loan.ended_at.is_null() & (Loan.kind == Kind.BORROW))
    return out.count(), out.where(Loan.due_on < day(now)).count()


def mine(actor: Actor, *, now: datetime) -> list[Told]:
    """What the actor borrowed and has not brought back, the most urgent first."""
    out = (Loan.taker == actor.person) & (Loan.kind == Kind.BORROW) & Loan.ended_at.is_null()
    return told(with_dossiers().where(out).order_by(Loan.due_on, Loan.id), now=now)


def mine_one(actor: Actor, loan_id: str, *, now: datetime) -> Told:
    """One entry of what the actor took; logged. Raises NotFound for any other.

    Titles are told as far as the catalogue tells them now: paper in hand does not open it on the screen.
    """
    loan = Loan.get_or_none(Loan.public_id == loan_id)
    if loan is None:
        raise NotFound("没有这条登记")
    if loan.taker_id != actor.person.id:
        raise NotFound("没有这条登记", rule="loan:not-own")
    with transaction():
        audit.append("loan:opened", actor=actor, at=now, kind="loan", record=loan_id,
                     details={"dossier": loan.dossier.public_id})  # fmt: skip
    (one,) = told([loan], now=now)
    rights = dossiers.rights(actor, loan.dossier, at=now)
    held = [material for material in one.materials if material is not None]
    return replace(one, hides_titles=not all(rights.decide(material).shows_catalogue for material in held))


def with_dossiers() -> Any:
    """Entries with whose dossier they are about: row by row these would be a query each."""
    return Loan.select(Loan, Dossier, Subject, Unit).join(Dossier).join(Subject).join(Unit)


def told(rows: Iterable[Loan], *, now: datetime) -> list[Told]:
    """Entries with their words opened; people, approvals and materials are read in a query each. Decides nothing."""
    held = list(rows)
    _attach(held, Officer, ("taker", "second", "entered_by", "ended_by"))
    _attach(held, AccessRequest, ("request",))
    parts = _parts([loan.id for loan in held])
    names = units.full_names() if held else {}
    return [
        Told(
            loan,
            day(now),
            loan_words.unseal(loan.dossier, loan.public_id, loan.words),
            loan_words.unseal_end(loan.dossier, loan.public_id, loan.end_words),
            tuple(parts[loan.id]),
            names,
        )
        for loan in held
    ]


def _attach(rows: Sequence[Loan], model: type[Record], names: tuple[str, ...]) -> None:
    """Give the entries the records that they refer to by these columns: one by one they would be a query each."""
    ids = {getattr(loan, f"{name}_id") for loan in rows for name in names} - {None}
    found = {one.id: one for one in model.select().where(model.id.in_(list(ids)))} if ids else {}
    for loan in rows:
        for name in names:
            if (referred := getattr(loan, f"{name}_id")) is not None:
                setattr(loan, name, found[referred])


def _parts(ids: Sequence[int]) -> dict[int, list[Material | None]]:
    query = LoanMaterial.select(LoanMaterial, Material).join(Material, JOIN.LEFT_OUTER)
    found: dict[int, list[Material | None]] = defaultdict(list)
    for part in query.where(LoanMaterial.loan.in_(list(ids))).order_by(LoanMaterial.id):
        found[part.loan_id].append(part.material if part.material_id else None)
    return found


def _kept(actor: Actor) -> Any:
    """Entries about dossiers in the actor's custody, without their own and those they are recused from."""
    if actor.role is not Role.ARCHIVIST:
        raise Refused("只有档案管理员可以查看借阅登记", rule="loans:role")
    barred = Recusal.select(Recusal.subject).where(Recusal.officer == actor.person)
    query = with_dossiers().where(units.within(dossiers.scope_paths(actor, dossiers.CUSTODY)))
    return query.where(Subject.id.not_in(barred) & (Subject.id != (actor.person.subject_id or 0)))


def _is_about(one: Told, words: str) -> bool:
    """Names of who has no account are sealed, so they are compared here."""
    dossier = one.loan.dossier
    return not words or any(
        words in text for text in (dossier.number, dossier.subject.name, one.taker, one.second)
    )
