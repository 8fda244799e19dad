"""Complaints (投诉): an individual writes, one who is not complained of answers, and the answer is theirs to read.

Who is complained of neither handles a complaint nor learns of it; where nobody else is left, nobody handles it. The
log names complaints by id, without a word, and not who complains: those read it whom a complaint may be about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain import purpose as purposes
from webapp.domain.complaint import CHOICES, HANDLERS, MOST_OPEN, About, State, handlers
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.domain.statement import checked_words, due
from webapp.services import audit, notices, pieces
from webapp.services.actor import SYSTEM, Actor
from webapp.services.corrections import own_dossier, require_individual
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier
from webapp.storage.complaints import Complaint
from webapp.storage.database import new_public_id, transaction
from webapp.storage.reading import Viewing


@dataclass(frozen=True, slots=True)
class Matter:
    """What a complaint is about: one of CHOICES, or a viewing or an earlier complaint by public id."""

    about: str = ""
    viewing_id: str = ""
    earlier_id: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A complaint. Words and answer are opened for who reads it, and empty in lists."""

    complaint: Complaint
    words: str = ""
    answer: str = ""

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.complaint.state)

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return About(self.complaint.about).label

    @property
    def purpose(self) -> str:
        """What the viewing complained of was for, in words; empty where no viewing is."""
        return purposes.label(self.complaint.viewing.purpose) if self.complaint.viewing else ""

    @property
    def handler(self) -> str:
        """Who handles it, in words; empty while there is nobody whom it does not concern."""
        return Role(self.complaint.handler).label if self.complaint.handler else ""

    @property
    def due(self) -> date:
        """The day by which it should be answered."""
        return due(self.complaint.made_at)


def matter_of(actor: Actor, matter: Matter) -> tuple[Dossier, About, Viewing | None, Complaint | None]:
    """What is meant, looked up: a viewing of the own dossier, an answered complaint of one's own. NotFound, Invalid."""
    dossier = own_dossier(actor)
    if matter.viewing_id:
        viewing = Viewing.get_or_none((Viewing.public_id == matter.viewing_id) & (Viewing.dossier == dossier))
        if viewing is None:
            raise NotFound("没有这次查阅的记录")
        return dossier, About.VIEWING, viewing, None
    if matter.earlier_id:
        earlier = _own(actor, matter.earlier_id)
        if earlier.state != State.ANSWERED:
            raise Conflict("这件投诉还没有答复")
        return dossier, About.ANSWER, None, earlier
    if matter.about not in CHOICES:
        raise Invalid("请选择投诉的事项")
    return dossier, About(matter.about), None, None


def complain(actor: Actor, matter: Matter, words: str, *, now: datetime) -> Complaint:
    """Write a complaint; it goes past those it is about. Raises Invalid, NotFound, Conflict."""
    dossier, about, viewing, earlier = matter_of(actor, matter)
    said = checked_words(words, "发生了什么、您的诉求")
    with transaction():
        mine = (Complaint.complainant == actor.person) & (Complaint.state == State.OPEN.value)
        if Complaint.select().where(mine).count() >= MOST_OPEN:
            raise Conflict(f"您已有 {MOST_OPEN} 件投诉在处理中，请等有了答复再提")
        public_id = new_public_id()
        complaint = Complaint(
            public_id=public_id, complainant=actor.person, dossier=dossier, about=about.value, viewing=viewing,
            earlier=earlier, state=State.OPEN.value, made_at=now,
            words=pieces.seal_field(dossier, f"complaint:{public_id}", said),
        )  # fmt: skip
        complaint.handler, able = _route(complaint)
        complaint.save(force_insert=True)
        _log("complaint:made", complaint, SYSTEM, now)
        notices.notify_all(able, NoticeKind.COMPLAINT_WAITING, public_id, now=now)
    return complaint


def own(actor: Actor) -> list[Told]:
    """The actor's complaints, newest first."""
    own_dossier(actor)
    mine = Complaint.select().where(Complaint.complainant == actor.person).order_by(Complaint.id.desc())
    return [Told(complaint) for complaint in mine]


def own_one(actor: Actor, public_id: str) -> Told:
    """One of the actor's own, opened. Raises NotFound."""
    return _told(_own(actor, public_id))


def withdraw(actor: Actor, public_id: str, *, now: datetime) -> None:
    """Take an open one back. Raises NotFound, Conflict."""
    complaint = _own(actor, public_id)
    with transaction():
        _close(complaint, State.WITHDRAWN, closed_at=now)
        _log("complaint:withdrawn", complaint, SYSTEM, now)
        notices.settle([NoticeKind.COMPLAINT_WAITING], public_id, now=now)


def cases(actor: Actor, *, now: datetime, is_open: bool = True) -> list[Told]:
    """Complaints the actor may handle, oldest first while open, newest first after; logged. Raises Refused."""
    found = _cases(actor, is_open)
    with transaction():
        audit.append("cases:listed", actor=actor, at=now, kind="complaint", details={"count": len(found)})
    return [Told(complaint) for complaint in found]


def waiting(actor: Actor) -> int:
    """How many open ones the actor may handle."""
    return len(_cases(actor, is_open=True))


def case(actor: Actor, public_id: str, *, now: datetime) -> Told:
    """One to handle, opened; logged. Raises NotFound for who may not, Refused."""
    complaint = _handled(actor, public_id)
    with transaction():
        _log("case:read", complaint, actor, now)
    return _told(complaint)


def answer(actor: Actor, public_id: str, words: str, *, now: datetime) -> None:
    """Answer an open one. Raises NotFound, Refused, Invalid, Conflict."""
    complaint = _handled(actor, public_id)
    said = checked_words(words, "查明的情况和处理结果")
    sealed = pieces.seal_field(complaint.dossier, f"complaint-answer:{public_id}", said)
    with transaction():
        change = {"answer": sealed, "answered_by": actor.person, "handler": actor.role, "closed_at": now}
        _close(complaint, State.ANSWERED, **change)
        _log("case:answered", complaint, actor, now)
        notices.settle([NoticeKind.COMPLAINT_WAITING], public_id, now=now)
        notices.notify(complaint.complainant, NoticeKind.COMPLAINT_ANSWERED, public_id, now=now)


def _route(complaint: Complaint) -> tuple[str, list[Officer]]:
    """The role that handles it and the officers who may; none of either where it concerns all who could."""
    concerned = _concerned(complaint)
    for role in _free(complaint):
        if able := [officer for officer in notices.officers_in(role) if officer.id not in concerned]:
            return role.value, able
    return "", []


def _course(complaint: Complaint) -> Iterator[Complaint]:
    """A complaint, the one whose answer it is about, and so on to the first."""
    yield complaint
    if complaint.earlier is not None:
        yield from _course(complaint.earlier)


def _concerned(complaint: Complaint) -> set[int]:
    """Officers, by row id, who complain, are complained of, or answered what is complained of again."""
    _, *before = course = list(_course(complaint))
    viewers = {one.viewing.officer_id for one in course if one.viewing}
    return {complaint.complainant_id} | viewers | {one.answered_by_id for one in before}


def _free(complaint: Complaint) -> tuple[Role, ...]:
    """Roles that may handle it: not named in it, not held by who viewed, and not those who answered before."""
    _, *before = course = list(_course(complaint))
    named = {role for one in course for role in About(one.about).concerns}
    held = {role for one in course if one.viewing for role in one.viewing.officer.roles}
    return handlers(named | held | {Role(one.handler) for one in before})


def _may_handle(actor: Actor, complaint: Complaint) -> bool:
    """True for the role it went to, and for any it might go to as long as it went to none."""
    roles = (complaint.handler,) if complaint.handler else _free(complaint)
    return actor.role in roles and actor.person.id not in _concerned(complaint)


def _cases(actor: Actor, is_open: bool) -> list[Complaint]:
    if actor.role not in HANDLERS:
        raise Refused("只有安全保密员和安全审计员处理投诉", rule="cases:role")
    state = Complaint.state == State.OPEN.value
    addressed = Complaint.handler.in_([actor.role.value, ""])
    query = Complaint.select().where(addressed & (state if is_open else ~state))
    found = query.order_by(Complaint.id if is_open else Complaint.id.desc())
    return [complaint for complaint in found if _may_handle(actor, complaint)]


def _handled(actor: Actor, public_id: str) -> Complaint:
    if actor.role not in HANDLERS:
        raise Refused("只有安全保密员和安全审计员处理投诉", rule="cases:role")
    complaint = Complaint.get_or_none(Complaint.public_id == public_id)
    if complaint is None:
        raise NotFound("没有这件投诉")
    if not _may_handle(actor, complaint):
        raise NotFound("没有这件投诉", rule="case:not-addressed")
    return complaint


def _own(actor: Actor, public_id: str) -> Complaint:
    require_individual(actor)
    complaint = Complaint.get_or_none(Complaint.public_id == public_id)
    if complaint is None:
        raise NotFound("没有这件投诉")
    if complaint.complainant_id != actor.person.id:
        raise NotFound("没有这件投诉", rule="complaint:not-own")
    return complaint


def _told(complaint: Complaint) -> Told:
    dossier, public_id = complaint.dossier, complaint.public_id
    words = pieces.unseal_field(dossier, f"complaint:{public_id}", complaint.words)
    said = complaint.answer and pieces.unseal_field(
        dossier, f"complaint-answer:{public_id}", complaint.answer
    )
    return Told(complaint, words, said or "")


def _close(complaint: Complaint, state: State, **change: object) -> None:
    """Move an open one, once. Part of the caller's transaction. Raises Conflict."""
    still_open = (Complaint.id == complaint.id) & (Complaint.state == State.OPEN.value)
    if not Complaint.update(state=state.value, **change).where(still_open).execute():
        raise Conflict("这件投诉已经有了结果，请刷新后再看")


def _log(action: str, complaint: Complaint, actor: Actor, at: datetime) -> None:
    audit.append(action, actor=actor, at=at, kind="complaint", record=complaint.public_id)
