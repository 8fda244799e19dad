"""Handing paper out and taking it back (借阅、摘录、复制登记): what may be taken, by whom, and how an entry ends.

Whoever keeps the dossier makes the entries. No paper is out twice, and nobody gets their own or a relative's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from peewee import IntegrityError

from webapp.domain import loan as rules
from webapp.domain import purpose as purposes
from webapp.domain.access_request import checked_words
from webapp.domain.disclosure import Preset
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.loan import Ending, Kind
from webapp.domain.local_time import day
from webapp.domain.notice import NoticeKind
from webapp.services import audit, borrowers, dossiers, loan_approvals, loan_words, notices, policy, viewings
from webapp.services.actor import Actor
from webapp.services.borrowers import Borrower
from webapp.services.loan_approvals import Usable
from webapp.services.loan_words import EndWords, Words
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import new_public_id, transaction
from webapp.storage.loans import Loan, LoanExtension, LoanMaterial

REMINDERS = (
    NoticeKind.LOAN_DUE,
    NoticeKind.LOAN_OVERDUE,
    NoticeKind.LOAN_DUE_KEPT,
    NoticeKind.LOAN_OVERDUE_KEPT,
    NoticeKind.LOAN_RECALLED_KEPT,
)
TAKER, SECOND, PAPER_NUMBER = "借阅人", "同行人", "纸质审批表的编号"
_ALREADY_OUT = "这份纸质档案已经借出，还没有归还"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was filled in.

    approval -- public id of an approved request; empty for a form on paper, which paper_number names
    taker, second -- login or name, with a unit for who has no account; taker may be empty with an approval
    material_ids -- public ids; None for the whole dossier
    is_checked -- the archivist saw the papers of who takes it
    """

    kind: str
    taker: str
    purpose: str
    out_on: date
    due_on: date | None = None
    approval: str = ""
    paper_number: str = ""
    taker_unit: str = ""
    second: str = ""
    second_unit: str = ""
    material_ids: frozenset[str] | None = None
    pages: int | None = None
    place: str = ""
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class _By:
    """On what grounds and into whose hands."""

    approval: Usable | None
    taker: Borrower
    second: Borrower | None


@transaction()
def enter(actor: Actor, dossier_id: str, entry: Entry, *, days: int, now: datetime) -> Loan:
    """Enter that paper was taken, extracted from or copied. `days` is how long paper is lent by the rule.

    Raises NotFound; Refused for who has no hand in this dossier, as keeper or as taker; Invalid; Conflict while the
    same paper is out.
    """
    dossier = dossiers.find(dossier_id)
    dossiers.require_custody(actor, dossier)
    kind = rules.checked_kind(entry.kind)
    materials = _materials(dossier, entry.material_ids)
    by = _grounds(dossier, entry, kind, materials, now)
    out_on = rules.checked_out(entry.out_on, day(now))
    due_on = None
    if kind is Kind.BORROW:
        last_day = by.approval.last_day if by.approval else None
        due_on = rules.checked_due(entry.due_on, since=out_on, days=days, last_day=last_day)
    pages = rules.checked_pages(kind, entry.pages)
    _require_there(dossier, materials, is_whole=entry.material_ids is None)
    public_id = new_public_id()
    loan = Loan(
        public_id=public_id,
        dossier=dossier,
        kind=kind,
        is_whole=entry.material_ids is None,
        taker=by.taker.officer,
        second=by.second and by.second.officer,
        request=by.approval and by.approval.request,
        purpose=by.approval.request.purpose if by.approval else purposes.checked(entry.purpose),
        pages=pages,
        words=loan_words.seal(dossier, public_id, _words(entry, by)),
        out_on=out_on,
        due_on=due_on,
        due_set_at=now,
        entered_by=actor.person,
        entered_at=now,
    )
    _write(loan, materials)
    _log("loan:entered", loan, actor, now, kind=kind.value, materials=0 if loan.is_whole else len(materials))
    if subject := viewings.wishing_subject(dossier):
        notices.notify(subject, NoticeKind.DOSSIER_LENT, public_id, now=now)
    return loan


@transaction()
def extend(
    actor: Actor,
    loan_id: str,
    due_on: date | None,
    reason: str,
    *,
    days: int,
    now: datetime,
    paper_number: str = "",
) -> None:
    """Move the day on which borrowed paper is due.

    paper_number -- of a new form on paper, where the approval that it was lent by ends before or has ended
    Raises NotFound, Refused, Invalid, Conflict when it is back.
    """
    loan = kept(actor, loan_id)
    words = checked_words(reason, what="延期的理由")
    if loan.due_on is None:
        raise Invalid("只有借出的档案有应还日期")
    number = rules.checked_line(paper_number, what=PAPER_NUMBER)
    approval = loan_approvals.behind(loan, at=now)
    if loan.request_id and not number and approval is None:
        raise Invalid("借出时依据的申请已经到期或被收回。还要用的，请办纸质审批表，填写编号")
    last_day = approval.last_day if approval and not number else None
    later = rules.checked_due(due_on, since=day(now), days=days, last_day=last_day)
    if number:
        words = f"{words}（纸质审批表 {number}）"
    if later <= loan.due_on:
        raise Invalid(f"延期后的日期要晚于现在的应还日期 {loan.due_on.isoformat()}")
    as_seen = (Loan.id == loan.id) & Loan.ended_at.is_null() & (Loan.due_on == loan.due_on)
    if not Loan.update(due_on=later, due_set_at=now).where(as_seen).execute():
        raise Conflict("这条登记刚刚有了变化，请刷新后再看")
    sealed = loan_words.seal_reason(loan.dossier, loan_id, words)
    LoanExtension.create(
        loan=loan, due_before=loan.due_on, due_after=later, reason=sealed, officer=actor.person, at=now
    )
    notices.settle(REMINDERS, loan_id, now=now)
    _log("loan:extended", loan, actor, now, due=later.isoformat())


@transaction()
def end(
    actor: Actor,
    loan_id: str,
    ending: str,
    *,
    now: datetime,
    is_complete: bool | None = None,
    words: EndWords = EndWords(),  # noqa: B008 - a frozen value
) -> None:
    """Enter that paper came back, or what became of an extract or a copy; once.

    is_complete -- borrowed paper was checked against the catalogue, item by item; what is missing is remarked.
    Raises NotFound, Refused, Invalid, Conflict when it has ended already.
    """
    loan = kept(actor, loan_id)
    how = rules.checked_ending(Kind(loan.kind), ending)
    is_back = loan.kind == Kind.BORROW and how is Ending.RETURNED
    if is_back and is_complete is None:
        raise Invalid("请逐份对照目录清点，选择是否齐全")
    bringer = rules.checked_line(words.bringer, what="归还人", longest=rules.LONGEST_NAME)
    must_say = how is Ending.MISTAKEN or (is_back and not is_complete)
    what = "登记错在哪里" if how is Ending.MISTAKEN else "缺少或损坏了什么"
    remark = checked_words(words.remark, what=what, required=must_say)
    done = Loan.update(
        ending=how,
        is_complete=is_complete if is_back else None,
        ended_by=actor.person,
        ended_at=now,
        end_words=loan_words.seal(loan.dossier, loan_id, EndWords(bringer, remark)),
    )
    if not done.where((Loan.id == loan.id) & Loan.ended_at.is_null()).execute():
        raise Conflict("这条登记已经了结，请刷新后再看")
    LoanMaterial.update(is_out=False).where(LoanMaterial.loan == loan).execute()
    told = [*REMINDERS, NoticeKind.DOSSIER_LENT] if how is Ending.MISTAKEN else REMINDERS
    notices.settle(told, loan_id, now=now)
    details = {"complete": bool(is_complete)} if is_back else {}
    _log("loan:ended", loan, actor, now, ending=how.value, **details)


def kept(actor: Actor, loan_id: str) -> Loan:
    """An entry about a dossier that the actor keeps. Raises NotFound, Refused."""
    loan = Loan.get_or_none(Loan.public_id == loan_id)
    if loan is None:
        raise NotFound("没有这条登记")
    dossiers.require_custody(actor, loan.dossier)
    return loan


def _grounds(
    dossier: Dossier, entry: Entry, kind: Kind, materials: Collection[Material], now: datetime
) -> _By:
    """The approval and who takes the paper by it. Raises Invalid, Refused."""
    approval = None
    if entry.approval:
        approval = loan_approvals.chosen(dossier, entry.approval, at=now)
        loan_approvals.require_covers(approval, kind, materials, is_whole=entry.material_ids is None)
    else:
        rules.checked_line(entry.paper_number, what=PAPER_NUMBER, required=True)
    is_asker = approval is not None and not entry.taker.strip()
    taker = (
        borrowers.of(approval.asker)
        if approval and is_asker
        else borrowers.named(entry.taker, entry.taker_unit, what=TAKER)
    )
    second = borrowers.named(entry.second, entry.second_unit, what=SECOND) if entry.second.strip() else None
    for one in filter(None, (taker, second)):
        borrowers.require_allowed(one, dossier)
        if approval:
            borrowers.require_not_approver(one, approval.request)
    if second:
        borrowers.require_two(taker, second)
    elif policy.current().policy.preset is Preset.STRICT:
        raise Invalid("按本单位的规定，查（借）阅须两人以上，请填写同行人")
    elif approval and approval.held.grant.is_for_two:
        raise Invalid("这份申请批准的是双人查阅，请填写同行人")
    if approval and approval.asker not in (taker.officer, second and second.officer):
        raise Invalid(f"这份申请批准的是{approval.asker.name}，借阅人或同行人须有这个人")
    if not entry.is_checked:
        raise Invalid("请核对借阅人的证件和审批手续，并在“已核对”前打勾")
    return _By(approval, taker, second)


def _materials(dossier: Dossier, public_ids: frozenset[str] | None) -> list[Material]:
    """What is taken; all there is for the whole dossier. Raises Invalid for none and for the unknown."""
    mine = Material.dossier == dossier
    if public_ids is None:
        return list(Material.select().where(mine))
    if not public_ids:
        raise Invalid("请至少选择一份材料，或者选整卷")
    found = list(Material.select().where(mine & Material.public_id.in_(list(public_ids))))
    if len(found) != len(public_ids):
        raise Invalid("所选的材料已经不在这份档案里，请重新选择")
    return found


def _require_there(dossier: Dossier, materials: Collection[Material], *, is_whole: bool) -> None:
    """Return only if the paper is on its shelf: what is out can be neither lent nor copied. Raises Conflict."""
    out = (Loan.dossier == dossier) & (Loan.kind == Kind.BORROW) & Loan.ended_at.is_null()
    if Loan.select().where(out & Loan.is_whole).exists() or (is_whole and Loan.select().where(out).exists()):
        raise Conflict(_ALREADY_OUT)
    named = LoanMaterial.material.in_(list(materials)) & LoanMaterial.is_out
    if materials and LoanMaterial.select().where(named).exists():
        raise Conflict("所选的材料里有已经借出、还没有归还的")


def _words(entry: Entry, by: _By) -> Words:
    second = by.second or Borrower(None)
    number = "" if by.approval else rules.checked_line(entry.paper_number, what=PAPER_NUMBER)
    place = rules.checked_line(entry.place, what="地点")
    return Words(by.taker.name, by.taker.unit, second.name, second.unit, number, place)


def _write(loan: Loan, materials: Collection[Material]) -> None:
    """Raises Conflict where the database finds what _require_there overlooked."""
    try:
        loan.save(force_insert=True)
        if not loan.is_whole:
            for material in materials:
                LoanMaterial.create(loan=loan, material=material, is_out=loan.kind == Kind.BORROW)
    except IntegrityError as error:
        raise Conflict(_ALREADY_OUT) from error


def _log(action: str, loan: Loan, actor: Actor, now: datetime, **details: str | int | bool) -> None:
    audit.append(action, actor=actor, at=now, kind="loan", record=loan.public_id, purpose=loan.purpose,
                 details={"dossier": loan.dossier.public_id, **details})  # fmt: skip
