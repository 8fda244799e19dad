"""Corrections (更正): the individual asks, the archivist who keeps the dossier answers with reasons.

Nothing that was filed changes by it. While a correction is open, what it is about is marked: services/contested.
"""

from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.correction import FIELDS, MOST_OPEN, State, checked_field
from webapp.domain.disclosure import Standing
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.notice import NoticeKind
from webapp.domain.role import Role
from webapp.domain.statement import checked_words, due
from webapp.services import audit, dossiers, keepers, notices, pieces
from webapp.services.actor import Actor
from webapp.storage.archive import Dossier, Material
from webapp.storage.corrections import Correction
from webapp.storage.database import new_public_id, transaction
from webapp.storage.pages import Page


@dataclass(frozen=True, slots=True)
class Aim:
    """What a correction is about: a field of the dossier, or a material by public id, perhaps one page of it."""

    field: str = ""
    material_id: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A correction. Its words and the answer are opened for who reads it, and empty in lists of a desk."""

    correction: Correction
    words: str = ""
    answer: str = ""

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.correction.state)

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return about(self.correction)

    @property
    def due(self) -> date:
        """The day by which it should be answered."""
        return due(self.correction.asked_at)


def about(correction: Correction) -> str:
    """What a correction is about, in words. Names the title of a material."""
    if correction.field:
        return FIELDS[correction.field]
    if correction.material is None:
        return "一份已经移走的材料"
    page = f" 第 {correction.page.number} 页" if correction.page else ""
    return f"{correction.material.title}{page}"


def aimed_at(actor: Actor, aim: Aim) -> tuple[Dossier, Material | None, Page | None]:
    """The actor's own dossier and what in it is meant. Raises NotFound for what they may not know of; Invalid."""
    dossier = own_dossier(actor)
    if not aim.material_id:
        checked_field(aim.field)
        return dossier, None, None
    material = Material.get_or_none((Material.public_id == aim.material_id) & (Material.dossier == dossier))
    rights = dossiers.rights(actor, dossier)
    if material is None or not rights.decide(material).shows_catalogue:
        raise NotFound("没有这份材料")
    if aim.page is None:
        return dossier, material, None
    page = Page.get_or_none((Page.material == material) & (Page.number == aim.page))
    if page is None or not rights.decide(material).shows_pages:
        raise NotFound("没有这一页")
    return dossier, material, page


def ask(actor: Actor, aim: Aim, words: str, *, now: datetime) -> Correction:
    """Contest something of one's own dossier. Raises Invalid, NotFound; Conflict when the same is contested already."""
    dossier, material, page = aimed_at(actor, aim)
    said = checked_words(words, "哪里不对、应当是什么")
    with transaction():
        _check_room(dossier, material, page, aim)
        public_id = new_public_id()
        correction = Correction.create(
            public_id=public_id,
            dossier=dossier,
            material=material,
            page=page,
            field="" if material else aim.field,
            words=pieces.seal_field(dossier, f"correction:{public_id}", said),
            state=State.OPEN.value,
            asker=actor.person,
            asked_at=now,
        )
        _log("correction:asked", correction, actor, now)
        notices.notify_all(keepers.of(dossier), NoticeKind.CORRECTION_WAITING, public_id, now=now)
    return correction


def own(actor: Actor) -> list[Told]:
    """What the actor asked for, newest first."""
    dossier = own_dossier(actor)
    newest = Correction.select().where(Correction.dossier == dossier).order_by(Correction.id.desc())
    return [_told(correction) for correction in newest]


def own_one(actor: Actor, public_id: str) -> Told:
    """One of the actor's own. Raises NotFound."""
    return _told(_own(actor, public_id))


def withdraw(actor: Actor, public_id: str, *, now: datetime) -> None:
    """Take an open one back. Raises NotFound; Conflict when it was answered."""
    correction = _own(actor, public_id)
    with transaction():
        _close(correction, State.WITHDRAWN, decided_at=now)
        _log("correction:withdrawn", correction, actor, now)
        notices.settle([NoticeKind.CORRECTION_WAITING], public_id, now=now)


def kept(actor: Actor, *, now: datetime, is_open: bool = True) -> list[Told]:
    """Corrections of the dossiers the actor keeps, oldest first while open, newest first after; logged."""
    found = _kept(actor, is_open)
    with transaction():
        audit.append(
            "corrections:listed", actor=actor, at=now, kind="correction", details={"count": len(found)}
        )
    return [Told(correction) for correction in found]


def waiting(actor: Actor) -> int:
    """How many open ones there are of the dossiers the actor keeps."""
    return len(_kept(actor, is_open=True))


def kept_one(actor: Actor, public_id: str, *, now: datetime) -> Told:
    """One for its keeper to read; logged. Raises NotFound, Refused."""
    correction = _found(public_id)
    dossiers.require_custody(actor, correction.dossier)
    with transaction():
        _log("correction:read", correction, actor, now)
    return _told(correction)


def decide(actor: Actor, public_id: str, words: str, *, accepted: bool, now: datetime) -> None:
    """Answer an open one: what was done, or why nothing is. Raises NotFound, Refused, Invalid, Conflict."""
    correction = _found(public_id)
    dossiers.require_custody(actor, correction.dossier)
    said = checked_words(words, "做了什么更正" if accepted else "不予更正的理由")
    answer = pieces.seal_field(correction.dossier, f"correction-answer:{public_id}", said)
    with transaction():
        state = State.ACCEPTED if accepted else State.DECLINED
        _close(correction, state, decided_by=actor.person, decided_at=now, answer=answer)
        _log(f"correction:{state.value}", correction, actor, now)
        notices.settle([NoticeKind.CORRECTION_WAITING], public_id, now=now)
        notices.notify(correction.asker, NoticeKind.CORRECTION_ANSWERED, public_id, now=now)


def require_individual(actor: Actor) -> None:
    """Return only in the role of the individual. Raises Refused."""
    if actor.role is not Role.INDIVIDUAL:
        raise Refused("请先切换到“本人”角色", rule="own:role")


def own_dossier(actor: Actor) -> Dossier:
    """The actor's own dossier, in the role of the individual. Raises Refused, NotFound."""
    require_individual(actor)
    dossier = dossiers.own(actor)
    if dossier is None:
        raise NotFound("没有与您的账号关联的档案")
    return dossier


def _check_room(dossier: Dossier, material: Material | None, page: Page | None, aim: Aim) -> None:
    open_ones = Correction.select().where(
        (Correction.dossier == dossier) & (Correction.state == State.OPEN.value)
    )
    if open_ones.count() >= MOST_OPEN:
        raise Conflict(f"您已有 {MOST_OPEN} 份更正申请在处理中，请等有了答复再提")
    same = (Correction.material == material) & (Correction.page == page)
    if material is None:
        same = Correction.material.is_null() & (Correction.field == aim.field)
    elif page is None:
        same = (Correction.material == material) & Correction.page.is_null()
    if open_ones.where(same).exists():
        raise Conflict("您对这里已有一份更正申请在处理中，有新的说明请撤回后重新提出")


def _kept(actor: Actor, is_open: bool) -> list[Correction]:
    state = Correction.state == State.OPEN.value
    query = Correction.select().where(state if is_open else ~state)
    found = query.order_by(Correction.id if is_open else Correction.id.desc())
    standings = dossiers.standings(actor)
    return [one for one in found if standings.of(one.dossier_id) is Standing.CUSTODY]


def _found(public_id: str) -> Correction:
    correction = Correction.get_or_none(Correction.public_id == public_id)
    if correction is None:
        raise NotFound("没有这份更正申请")
    return correction


def _own(actor: Actor, public_id: str) -> Correction:
    require_individual(actor)
    correction = _found(public_id)
    if correction.dossier != dossiers.own(actor):
        raise NotFound("没有这份更正申请", rule="correction:not-own")
    return correction


def _told(correction: Correction) -> Told:
    dossier, public_id = correction.dossier, correction.public_id
    words = pieces.unseal_field(dossier, f"correction:{public_id}", correction.words)
    answer = correction.answer and pieces.unseal_field(
        dossier, f"correction-answer:{public_id}", correction.answer
    )
    return Told(correction, words, answer or "")


def _close(correction: Correction, state: State, **change: object) -> None:
    """Move an open one, once. Part of the caller's transaction. Raises Conflict."""
    still_open = (Correction.id == correction.id) & (Correction.state == State.OPEN.value)
    if not Correction.update(state=state.value, **change).where(still_open).execute():
        raise Conflict("这份更正申请已经有了结果，请刷新后再看")


def _log(action: str, correction: Correction, actor: Actor, at: datetime) -> None:
    """Ids only: what is contested and in which words stays out of the log."""
    details = {"dossier": correction.dossier.public_id}
    audit.append(action, actor=actor, at=at, kind="correction", record=correction.public_id, details=details)
