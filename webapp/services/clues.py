"""What is unusual about a request (异常提示): a clue to look into, a sentence each, never a verdict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peewee import fn

from webapp.domain.access_request import State, Step
from webapp.domain.category import Category
from webapp.domain.disclosure import Level, Sensitivity, Standing
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import dossiers, pieces
from webapp.services.actor import Actor
from webapp.services.approvals import Offer
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.pages import Page, PageText
from webapp.storage.requests import AccessRequest, Grant, RequestStep

MANY_PAGES = 100  # more than is read for one question
MANY_DOSSIERS, LOOKED_BACK = 10, timedelta(days=30)  # granted to one officer lately
LONG_MINUTES = 240  # half a working day


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A material that would be opened."""

    material: Material
    pages: int
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Clues:
    """Looks at requests for one approver at one moment; a dossier, and who asks for it, are looked at once however
    many they are.
    """

    now: datetime
    approver: Officer
    _kept: dict[int, list[Disclosed]] = field(default_factory=dict)
    _pairs: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def disclosed(self, dossier: Dossier, scope: Scope) -> tuple[Disclosed, ...]:
        """The materials of a dossier that a scope covers, in the catalogue's order."""
        if dossier.id not in self._kept:
            self._kept[dossier.id] = list(_kept_in(dossier))
        return tuple(each for each in self._kept[dossier.id] if _is_covered(each.material, scope))

    def of(self, request: AccessRequest, offer: Offer) -> tuple[str, ...]:
        """What is unusual about giving this for that request."""
        pair = (request.asker_id, request.dossier_id)
        if pair not in self._pairs:
            self._pairs[pair] = [*_ties(request, self.approver), *_history(request, self.now)]
        disclosed = self.disclosed(request.dossier, offer.scope)
        return (*self._pairs[pair], *_extent(offer, disclosed), *_undone(request))


def _kept_in(dossier: Dossier) -> Iterator[Disclosed]:
    pages = dict(
        Page.select(Page.material, fn.COUNT(Page.id))
        .join(Material)
        .where(Material.dossier == dossier)
        .group_by(Page.material)
        .tuples()
    )
    kept = Material.select().where(Material.dossier == dossier)
    for material in sorted(kept, key=lambda one: (Category(one.category), one.year or 0, one.id)):
        is_restricted = Sensitivity(material.sensitivity) is Sensitivity.RESTRICTED
        yield Disclosed(material, pages.get(material.id, 0), is_restricted)


def _is_covered(material: Material, scope: Scope) -> bool:
    return scope.covers(material.public_id, material.category, Sensitivity(material.sensitivity))


def _ties(request: AccessRequest, approver: Officer) -> Iterator[str]:
    """Of the asker, and of who is to decide, to the dossier."""
    standing = dossiers.standing_of(Actor(request.asker, Role.OFFICIAL), request.dossier)
    if standing in (Standing.OWN, Standing.RECUSED):
        yield "申请人须回避这份档案，批准了也不能查阅"
    elif standing is Standing.ORGANISATION:
        yield "这名干部不在申请人的查阅范围内"
    asking, deciding = _pages_naming(request.dossier, request.asker.name, approver.name)
    if asking:
        yield f"档案里有 {asking} 页出现申请人的姓名，可能是亲属，也可能是同名，请核实是否需要回避"
    if deciding:
        yield f"档案里有 {deciding} 页出现您的姓名，可能是亲属，也可能是同名，须回避的请交其他审批人办理"


def _history(request: AccessRequest, now: datetime) -> Iterator[str]:
    rejected = AccessRequest.select().where(
        (AccessRequest.asker == request.asker)
        & (AccessRequest.dossier == request.dossier)
        & (AccessRequest.state == State.REJECTED)
    )
    if refused := rejected.count():
        yield f"申请人查阅这份档案的申请曾有 {refused} 次未获批准"
    lately = Grant.select(Grant.dossier).where(
        (Grant.officer == request.asker) & (Grant.created_at > now - LOOKED_BACK)
    )
    if (dossiers_read := lately.distinct().count()) >= MANY_DOSSIERS:
        yield f"申请人近 {LOOKED_BACK.days} 天已获准查阅 {dossiers_read} 份档案"


def _extent(offer: Offer, disclosed: Iterable[Disclosed]) -> Iterator[str]:
    if (total := sum(each.pages for each in disclosed)) > MANY_PAGES:
        yield f"范围较大，共 {total} 页"
    if offer.terms.level is Level.CLEAR:
        yield "要求查看未遮挡的页面，包括证件号码、住址和家庭成员情况"
    if offer.terms.minutes > LONG_MINUTES:
        yield f"阅读时长较长，{offer.terms.minutes} 分钟"


def _undone(request: AccessRequest) -> Iterator[str]:
    if request.steps.where(RequestStep.kind == Step.UNDONE).exists():
        yield "这份申请曾获批准又被撤销"


def _pages_naming(dossier: Dossier, *names: str) -> list[int]:
    """On how many pages of a dossier each name was read."""
    held = PageText.select(PageText, Page).join(Page).join(Material).where(Material.dossier == dossier)
    texts = (pieces.unseal_field(dossier, f"clear:{one.page.public_id}", one.clear) for one in held)
    plain = ["".join(text.split()) for text in texts]
    return [sum(name in text for text in plain) for name in names]
