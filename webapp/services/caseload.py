"""What an approver decides by (待办): what waits, by urgency; what one request would disclose, and what is unusual.

What is unusual is a clue to look into, never a verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from webapp.domain.access_request import State, Step
from webapp.domain.category import Category
from webapp.domain.disclosure import Level, Sensitivity, Standing
from webapp.domain.role import Role
from webapp.services import approvals, asked, audit, deciders, dossiers, pieces
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.pages import Page, PageText
from webapp.storage.requests import AccessRequest, Grant, RequestStep

SOON = timedelta(
    hours=24
)  # urgent: the time asked for is almost over, or the asker waits for longer than this
MANY_PAGES = 100  # more than is read for one question
MANY_DOSSIERS, LOOKED_BACK = 10, timedelta(days=30)  # granted to one officer lately
LONG_MINUTES = 240  # half a working day


@dataclass(frozen=True, slots=True)
class Todo:
    """A request on the list."""

    request: AccessRequest
    is_urgent: bool
    is_guarded: bool  # no tap and no batch will do
    siblings: int  # waiting requests of the same occasion, this one among them


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A material that would be opened."""

    material: Material
    pages: int
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One request before its approver.

    offer -- what would be given now; unusual -- clues, a sentence each
    """

    request: AccessRequest
    state: State
    offer: Offer
    disclosed: tuple[Disclosed, ...]
    unusual: tuple[str, ...]
    needs_code: bool
    needed: int
    steps: tuple[RequestStep, ...]

    @property
    def pages(self) -> int:
        """Pages that would be opened."""
        return sum(each.pages for each in self.disclosed)


def todo(actor: Actor, *, now: datetime) -> list[Todo]:
    """The requests the actor may decide: urgent ones first, then by how long they wait. Raises Refused."""
    query = AccessRequest.select(AccessRequest, Dossier, Subject, Unit, Officer).join(Dossier).join(Subject)
    query = query.join(Unit).switch(AccessRequest).join(Officer, on=AccessRequest.asker == Officer.id)
    waiting = (AccessRequest.state == State.WAITING) & (AccessRequest.not_after > now)
    rows = list(query.where(waiting).order_by(AccessRequest.submitted_at))
    barred = deciders.bars(actor, rows)
    mine = [one for one in rows if one.id not in barred]
    occasions = [request.occasion for request in mine]
    listed = [
        Todo(one, _is_urgent(one, now), approvals.needs_code(one), occasions.count(one.occasion))
        for one in mine
    ]
    return sorted(listed, key=lambda each: not each.is_urgent)


def opened(actor: Actor, request_id: str, *, now: datetime) -> Case:
    """One request in full; logged, since it names titles. Raises NotFound, Refused for who may not decide it."""
    request = approvals.find(request_id)
    deciders.require(actor, request)
    offer = approvals.offer_of(request)
    disclosed = tuple(_disclosed(request.dossier, offer))
    with transaction():
        audit.append("request:opened", actor=actor, at=now, kind="request", record=request.public_id,
                     details={"dossier": request.dossier.public_id})  # fmt: skip
    return Case(
        request,
        asked.state_of(request, now),
        offer,
        disclosed,
        tuple(_unusual(request, offer, disclosed, now)),
        approvals.needs_code(request),
        approvals.needed(request),
        tuple(asked.steps_of(request)),
    )


def _is_urgent(request: AccessRequest, now: datetime) -> bool:
    return request.not_after - now < SOON or now - request.submitted_at > SOON


def _disclosed(dossier: Dossier, offer: Offer) -> Iterator[Disclosed]:
    """The materials of the dossier that the offer covers, in the catalogue's order."""
    pages = dict(
        Page.select(Page.material, fn.COUNT(Page.id))
        .join(Material)
        .where(Material.dossier == dossier)
        .group_by(Page.material)
        .tuples()
    )
    kept = Material.select().where(Material.dossier == dossier)
    for material in sorted(kept, key=lambda one: (Category(one.category), one.year or 0, one.id)):
        sensitivity = Sensitivity(material.sensitivity)
        if offer.scope.covers(material.public_id, material.category, sensitivity):
            yield Disclosed(material, pages.get(material.id, 0), sensitivity is Sensitivity.RESTRICTED)


def _unusual(
    request: AccessRequest, offer: Offer, disclosed: tuple[Disclosed, ...], now: datetime
) -> Iterator[str]:
    asker = Actor(request.asker, Role.OFFICIAL)
    standing = dossiers.standing_of(asker, request.dossier)
    if standing in (Standing.OWN, Standing.RECUSED):
        yield "申请人须回避这份档案，批准了也不能查阅"
    elif standing is Standing.ORGANISATION:
        yield "这名干部不在申请人的查阅范围内"
    if pages := _pages_naming(request.dossier, request.asker.name):
        yield f"档案里有 {pages} 页出现申请人的姓名，可能是亲属，也可能是同名，请核实是否需要回避"
    if (total := sum(each.pages for each in disclosed)) > MANY_PAGES:
        yield f"范围较大，共 {total} 页"
    if offer.terms.level is Level.CLEAR:
        yield "要求查看未遮挡的页面，包括证件号码、住址和家庭成员情况"
    if offer.terms.minutes > LONG_MINUTES:
        yield f"阅读时长较长，{offer.terms.minutes} 分钟"
    yield from _history(request, now)


def _history(request: AccessRequest, now: datetime) -> Iterator[str]:
    same_asker = AccessRequest.asker == request.asker
    rejected = AccessRequest.select().where(
        same_asker & (AccessRequest.dossier == request.dossier) & (AccessRequest.state == State.REJECTED)
    )
    if refused := rejected.count():
        yield f"申请人查阅这份档案的申请曾有 {refused} 次未获批准"
    lately = Grant.select(Grant.dossier).where(
        (Grant.officer == request.asker) & (Grant.created_at > now - LOOKED_BACK)
    )
    if (dossiers_read := lately.distinct().count()) >= MANY_DOSSIERS:
        yield f"申请人近 {LOOKED_BACK.days} 天已获准查阅 {dossiers_read} 份档案"
    if request.steps.where(RequestStep.kind == Step.UNDONE).exists():
        yield "这份申请曾获批准又被撤销"


def _pages_naming(dossier: Dossier, name: str) -> int:
    """On how many pages of a dossier a name was read."""
    held = PageText.select(PageText, Page).join(Page).join(Material).where(Material.dossier == dossier)
    texts = (pieces.unseal_field(dossier, f"clear:{one.page.public_id}", one.clear) for one in held)
    return sum(name in "".join(text.split()) for text in texts)
