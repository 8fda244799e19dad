"""What is covered on a page (遮挡): kept as boxes, applied to pixels and text alike, checked by keepers.

A page whose masking a machine was not sure of is withheld from masked readers until an archivist has looked.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.disclosure import Level, MaskState, Rendition
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.findings import IDENTIFYING, SENSITIVE, Finding, Kind, holds_only, masked_text
from webapp.domain.geometry import Box
from webapp.domain.transcription import Transcription
from webapp.rendering.mask import Cover
from webapp.services import audit, dossiers, jobs, pieces
from webapp.services.actor import Actor
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.masking import AwaitedPage, DismissedFinding
from webapp.storage.pages import Mask, Page, PageText

# What a rendition covers. OWN covers the same but for values known to be the person's own (Mask.is_own):
# a form also names introducers and witnesses, with their numbers.
BURNED: dict[Rendition, frozenset[Kind]] = {
    Rendition.CLEAR: frozenset(),
    Rendition.MASKED: SENSITIVE,
    Rendition.OWN: IDENTIFYING,
}
LABELS: dict[Kind, str] = {
    Kind.ID_NUMBER: "证件号",
    Kind.PHONE: "电话",
    Kind.ADDRESS: "住址",
    Kind.FAMILY: "家庭成员",
    Kind.BANK_CARD: "银行账号",
    Kind.E_MAIL: "邮箱",
    Kind.HEALTH: "健康信息",
    Kind.SALARY: "工资",
    Kind.UNREAD: "未识别",
}
DRAWABLE = tuple(LABELS.items())
MOST_BOXES = 400  # on one page; more is a slip of a script
DRAWN, COPIED = "drawn", "copied"  # rules of boxes that a person drew, here or on another page of the form
BY_HAND = frozenset({DRAWN, COPIED})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box as an archivist left it, in pixels of the optimised image."""

    kind: Kind
    box: Box


def put(
    page: Page, findings: Iterable[Finding], transcription: Transcription, *, drawn_by: Actor | None = None
) -> None:
    """Replace a page's boxes, and note which hide the subject's own ID number. In the caller's transaction.

    Without `drawn_by` the page was read anew: what a keeper once said of other pixels is forgotten too.
    """
    Mask.delete().where(Mask.page == page).execute()
    if drawn_by is None:
        DismissedFinding.delete().where(DismissedFinding.page == page).execute()
    add(page, findings, transcription, drawn_by=drawn_by)


def add(
    page: Page, findings: Iterable[Finding], transcription: Transcription, *, drawn_by: Actor | None = None
) -> None:
    """The same, beside the boxes that are there. In the caller's transaction."""
    own = _own_id_number(page.material.dossier)
    for finding in findings:
        box = finding.box
        is_own = finding.kind is Kind.ID_NUMBER and own is not None and holds_only(transcription, box, own)
        Mask.create(page=page, kind=finding.kind.value, rule=finding.rule, left=box.left, top=box.top,
                    right=box.right, bottom=box.bottom, is_own=is_own,
                    drawn_by=drawn_by and drawn_by.person)  # fmt: skip


def findings_of(page: Page) -> list[Finding]:
    """A page's boxes, from the top down."""
    held = Mask.select().where(Mask.page == page).order_by(Mask.top, Mask.left, Mask.id)
    return [_finding(mask) for mask in held]


def covered_for(page: Page, rendition: Rendition) -> list[Finding]:
    """The boxes that a rendition covers, from the top down."""
    held = Mask.select().where(
        (Mask.page == page) & Mask.kind.in_([kind.value for kind in BURNED[rendition]])
    )
    if rendition is Rendition.OWN:
        held = held.where(~Mask.is_own)
    return [_finding(mask) for mask in held.order_by(Mask.top, Mask.left, Mask.id)]


def covers(page: Page, rendition: Rendition) -> list[Cover]:
    """The same, with the word each box is covered by."""
    return [Cover(found.box, LABELS[found.kind]) for found in covered_for(page, rendition)]


def write_text(page: Page, transcription: Transcription) -> None:
    """Derive and keep both renditions of a page's text, from its boxes as they are. In the caller's transaction."""
    dossier = page.material.dossier
    masked = masked_text(transcription, covered_for(page, Rendition.MASKED), SENSITIVE)
    sealed = {
        "clear": pieces.seal_field(dossier, f"clear:{page.public_id}", transcription.text),
        "masked": pieces.seal_field(dossier, f"masked:{page.public_id}", masked),
    }
    PageText.insert(page=page, **sealed).on_conflict_replace().execute()


def read_text(page: Page, rendition: Rendition) -> str:
    """The page's trusted text in one rendition, a line a row. Raises Conflict before it was read."""
    held = PageText.get_or_none(PageText.page == page)
    if held is None or page.transcription is None:
        raise Conflict("这一页还在处理中，请稍后再看")
    if rendition is Rendition.OWN:  # one person's view alone: derived when asked for, not kept
        transcription = transcription_of(page)
        return masked_text(transcription, covered_for(page, rendition), IDENTIFYING)
    sealed = held.clear if rendition is Rendition.CLEAR else held.masked
    return pieces.unseal_field(page.material.dossier, f"{rendition.value}:{page.public_id}", sealed)


def _finding(mask: Mask) -> Finding:
    return Finding(Kind(mask.kind), Box(mask.left, mask.top, mask.right, mask.bottom), mask.rule)


def _own_id_number(dossier: Dossier) -> str | None:
    sealed = dossier.subject.id_number
    return pieces.unseal_field(dossier, "id_number", sealed) if sealed else None


def checkable_page(actor: Actor, page_id: str) -> Page:
    """A page by public id whose masks the actor may check. Raises NotFound, Refused, Conflict before it was read."""
    return _checkable(actor, Page.get_or_none(Page.public_id == page_id))


def checkable_number(actor: Actor, material_id: str, number: int) -> Page:
    """The same by its place in a material."""
    in_material = (Material.public_id == material_id) & (Page.number == number)
    return _checkable(actor, Page.select().join(Material).where(in_material).get_or_none())


def _checkable(actor: Actor, page: Page | None) -> Page:
    if page is None:
        raise NotFound("没有这一页")
    decision = dossiers.decide_for(actor, page.material.dossier, page.material, page)
    if decision.level < Level.CLEAR:
        raise Refused("只有保管这份档案的管理员可以核对遮挡", rule=f"masks:{decision.rule}")
    if page.optimised is None:
        raise Conflict("这一页还在处理中，处理完才能核对")
    return page


def verify(actor: Actor, page_id: str, drawn: Collection[Drawn], *, revision: int, now: datetime) -> Page:
    """Keep the boxes as an archivist left them and release the page to masked readers.

    revision -- the page's mask_revision that the archivist was shown. Raises Conflict when it has changed since,
    Invalid for a box off the page, Refused, NotFound.
    """
    page = checkable_page(actor, page_id)
    _check(page, drawn)
    held = findings_of(page)
    former = {(f.kind, f.box): f.rule for f in held}
    findings = [Finding(d.kind, d.box, former.get((d.kind, d.box), DRAWN)) for d in drawn]
    transcription = transcription_of(page)
    with transaction():
        released = Page.update(
            mask_state=MaskState.VERIFIED.value,
            mask_revision=Page.mask_revision + 1,
            verified_by=actor.person,
            verified_at=now,
        ).where((Page.id == page.id) & (Page.mask_revision == revision))
        if not released.execute():
            raise Conflict("这一页的遮挡刚有变动，请重新打开再看")
        kept = {(f.kind, f.box) for f in findings}
        put(page, findings, transcription, drawn_by=actor)
        _dismiss(page, [f for f in held if (f.kind, f.box) not in kept], actor, now)
        write_text(page, transcription)
        AwaitedPage.delete().where(AwaitedPage.page == page).execute()
        jobs.enqueue("index", f"page:{page.id}", now=now, priority=5)
        audit.append("mask:verified", actor=actor, at=now, kind="page", record=page.public_id,
                     details={"boxes": len(kept), "added": len(kept - former.keys()),
                              "removed": len(former.keys() - kept)})  # fmt: skip
    return Page.get_by_id(page.id)


def transcription_of(page: Page) -> Transcription:
    """What was read on a page. Raises Tampered, BlobMissing."""
    return Transcription.from_json(pieces.load_text(page.transcription))


def _dismiss(page: Page, findings: Iterable[Finding], actor: Actor, now: datetime) -> None:
    """Remember what a machine had found and a keeper took away: when the rules change it is no news."""
    for finding in findings:
        box = finding.box
        if finding.rule not in BY_HAND:
            DismissedFinding.create(page=page, kind=finding.kind.value, left=box.left, top=box.top,
                                    right=box.right, bottom=box.bottom, officer=actor.person,
                                    dismissed_at=now)  # fmt: skip


def _check(page: Page, drawn: Collection[Drawn]) -> None:
    if len(drawn) > MOST_BOXES:
        raise Invalid("遮挡框太多，请合并后再提交")
    for one in drawn:
        if (
            one.box.left < 0
            or one.box.top < 0
            or one.box.right > page.width_px
            or one.box.bottom > page.height_px
        ):
            raise Invalid("有遮挡框画到了页面之外，请调整后再提交")
