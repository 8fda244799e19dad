"""The register of recusals (回避登记): who keeps away from whose dossier, from a form or a spreadsheet.

An entry takes away a right, so one security officer may make it, and it holds at once: for reading, deciding and
keeping alike. Lifting one gives a right back: that takes a second security officer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.access_request import checked_words
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.permission import Permission, permits
from webapp.services import audit, spreadsheets
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Recusal
from webapp.storage.archive import Dossier, Subject
from webapp.storage.database import transaction
from webapp.storage.recusals import RecusalLift

COLUMNS = ("账号", "档案号", "关系")
MOST_ROWS = 2000
LONGEST_RELATION = 64  # characters
LISTED = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register."""

    recusal: Recusal
    dossier: Dossier
    lift: RecusalLift | None


@dataclass(frozen=True, slots=True)
class Row:
    """A line to be entered: login, dossier number and relation as they were written."""

    login: str
    number: str
    relation: str


@transaction()
def listing(actor: Actor, *, now: datetime, words: str = "") -> list[Entry]:
    """The register, or the lines of officers and dossiers that contain the words; logged. Raises Refused."""
    _allow(actor)
    query = (
        Recusal.select(Recusal, Officer, Subject, Dossier)
        .join(Officer)
        .switch(Recusal)
        .join(Subject)
        .join(Dossier, on=Dossier.subject == Subject.id, attr="kept")
        .order_by(Officer.login, Dossier.number)
    )
    if plain := words.strip():
        named = Officer.name.contains(plain) | Officer.login.contains(plain) | Dossier.number.contains(plain)
        query = query.where(named)
    lifts = {lift.recusal_id: lift for lift in RecusalLift.select(RecusalLift, Officer).join(Officer)}
    rows = list(query.limit(LISTED))
    audit.append("recusals:listed", actor=actor, at=now, kind="recusal", details={"rows": len(rows)})
    return [Entry(row, row.subject.kept, lifts.get(row.id)) for row in rows]


def rows_in(content: bytes) -> list[Row]:
    """The lines of a spreadsheet with the columns 账号, 档案号, 关系. Raises Invalid."""
    heading, *rows = spreadsheets.read(content).rows
    if missing := [name for name in COLUMNS if name not in heading]:
        raise Invalid(f"第一行要有列名：{'、'.join(COLUMNS)}。缺少：{'、'.join(missing)}")
    if len(rows) > MOST_ROWS:
        raise Invalid(f"一次最多 {MOST_ROWS} 行，请分成几个表格")
    places = [heading.index(name) for name in COLUMNS]
    cells = [[row[place] if place < len(row) else "" for place in places] for row in rows]
    found = [Row(*each) for each in cells if any(each)]
    if not found:
        raise Invalid("表格里没有要登记的回避关系")
    return found


@transaction()
def enter(actor: Actor, rows: Sequence[Row], *, now: datetime) -> int:
    """Enter all lines, or none; those that are there already are left. How many were new.

    Raises Refused; Invalid with what is wrong line by line.
    """
    _allow(actor)
    faults: list[str] = []
    meant = [_meant(number, row, faults) for number, row in enumerate(rows, start=1)]
    if faults:
        raise Invalid("；".join(faults[:5]) + (f"；共 {len(faults)} 处" if len(faults) > 5 else ""))
    return sum(_enter(actor, *each, now) for each in meant if each is not None)


@transaction()
def propose_lift(actor: Actor, recusal_id: int, reason: str, *, now: datetime) -> None:
    """Propose to lift an entry, which holds until a second one confirms. Raises Refused, NotFound, Invalid."""
    _allow(actor)
    recusal = _find(recusal_id)
    _not_concerned(actor, recusal)
    words = checked_words(reason, what="解除的理由")
    if RecusalLift.select().where(RecusalLift.recusal == recusal).exists():
        raise Conflict("已经有人提出解除，等另一位安全保密员确认")
    RecusalLift.create(recusal=recusal, reason=words, proposed_by=actor.person, proposed_at=now)
    _log("recusal:lift-proposed", actor, recusal, now)


@transaction()
def confirm_lift(actor: Actor, recusal_id: int, *, now: datetime) -> None:
    """Lift an entry that another security officer proposed to lift. Raises Refused, NotFound, Conflict."""
    _allow(actor)
    recusal = _find(recusal_id)
    _not_concerned(actor, recusal)
    lift = RecusalLift.get_or_none(RecusalLift.recusal == recusal)
    if lift is None:
        raise Conflict("还没有人提出解除")
    if lift.proposed_by_id == actor.person.id:
        raise Refused("须由另一位安全保密员确认", rule="recusal:second-person")
    Recusal.delete().where(Recusal.id == recusal.id).execute()
    _log("recusal:lifted", actor, recusal, now, {"proposed_by": lift.proposed_by.public_id})


@transaction()
def drop_lift(actor: Actor, recusal_id: int, *, now: datetime) -> None:
    """Leave the entry as it is after all. Raises Refused, NotFound, Conflict when nothing was proposed."""
    _allow(actor)
    recusal = _find(recusal_id)
    if not RecusalLift.delete().where(RecusalLift.recusal == recusal).execute():
        raise Conflict("还没有人提出解除")
    _log("recusal:kept", actor, recusal, now)


def example_sheet() -> bytes:
    """A spreadsheet with the headings and one line that shows how to fill it in."""
    return spreadsheets.workbook("回避登记", COLUMNS, [("zhangsan", "YW-0001", "配偶")])


def _meant(number: int, row: Row, faults: list[str]) -> tuple[Officer, Subject, str] | None:
    officer = Officer.get_or_none(Officer.login == row.login.strip().casefold())
    dossier = Dossier.get_or_none(Dossier.number == row.number.strip())
    relation = row.relation.strip()
    if officer is None:
        faults.append(f"第 {number} 条：没有账号“{row.login.strip()[:20]}”")
    if dossier is None:
        faults.append(f"第 {number} 条：没有档案号“{row.number.strip()[:20]}”")
    if not 0 < len(relation) <= LONGEST_RELATION:
        faults.append(f"第 {number} 条：关系须为 1 到 {LONGEST_RELATION} 个字")
    return (officer, dossier.subject, relation) if officer and dossier else None


def _enter(actor: Actor, officer: Officer, subject: Subject, relation: str, now: datetime) -> int:
    made = Recusal.insert(officer=officer, subject=subject, relation=relation).on_conflict_ignore().execute()
    recusal = Recusal.get((Recusal.officer == officer) & (Recusal.subject == subject))
    if recusal.id != made:
        return 0
    _log("recusal:entered", actor, recusal, now)
    return 1


def _find(recusal_id: int) -> Recusal:
    recusal = Recusal.get_or_none(Recusal.id == recusal_id)
    if recusal is None:
        raise NotFound("没有这条回避登记")
    return recusal


def _not_concerned(actor: Actor, recusal: Recusal) -> None:
    if recusal.officer_id == actor.person.id:
        raise Refused("自己的回避关系由其他安全保密员处理", rule="recusal:own")


def _allow(actor: Actor) -> None:
    if actor.role is None or not permits(actor.role, Permission.RECUSALS):
        raise Refused("您当前的角色不能使用这项功能", rule=f"permission:{Permission.RECUSALS}")


def _log(
    action: str,
    actor: Actor,
    recusal: Recusal,
    now: datetime,
    more: Iterable[tuple[str, str]] | dict[str, str] = (),
) -> None:
    audit.append(action, actor=actor, at=now, kind="officer", record=recusal.officer.public_id,
                 details={"subject": recusal.subject.public_id, **dict(more)})  # fmt: skip
