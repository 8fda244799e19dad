"""Reading pages (查阅): one officer, one dossier, one sitting; every page delivered is written down first."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import purpose as purposes
from webapp.domain.disclosure import FINAL, Decision
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.grant import Grant
from webapp.domain.notice import NoticeKind
from webapp.domain.page_width import READING_PX
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.rendering.watermark import Mark
from webapp.services import audit, contested, dossiers, grants, masks, notices, pieces
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.notices import NoticeWish
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.vault.vault import vault

_NUMBER_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: none is mistaken for another on a photo
LONGEST_LOOK_S = 24 * 60 * 60  # a browser may say anything
_NUMBER_LENGTH = 8  # 40 bits: found by nobody, and short enough to read off a screenshot


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a material as the viewer lists it. `decision` says whether its image may be fetched."""

    page: Page
    decision: Decision
    is_contested: bool = False  # 本人有异议

    @property
    def is_ready(self) -> bool:
        """It was read, so there is an image."""
        return self.page.optimised_id is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """A material opened for reading. Without `viewing` the purpose must be stated first."""

    material: Material
    decision: Decision
    viewing: Viewing | None
    sheets: tuple[Sheet, ...]
    grant: Grant | None = None  # whose reading time is counted; None where the standing right suffices
    is_contested: bool = False  # 本人有异议, to the material or a page of it


def open_material(actor: Actor, material_id: str, *, at: datetime) -> Opened:
    """The pages of a material as far as the actor may see them. Raises NotFound, Refused."""
    material = _material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=at)
    decision = rights.decide(material)
    _require_pages(actor, material, decision, at)
    pages = Page.select().where(Page.material == material).order_by(Page.number)
    doubted = contested.of(material.dossier)
    sheets = tuple(Sheet(page, rights.decide(material, page), page.id in doubted.pages) for page in pages)
    is_contested = material.id in doubted.materials
    viewing, grant = current(actor, material.dossier), rights.grant_for(material)
    return Opened(material, decision, viewing, sheets, grant, is_contested)


def current(actor: Actor, dossier: Dossier) -> Viewing | None:
    """The viewing of this dossier in this sitting and role, if its purpose was stated already."""
    role = actor.role.value if actor.role else ""
    return Viewing.get_or_none(
        (Viewing.session == actor.session) & (Viewing.dossier == dossier) & (Viewing.role == role)
    )


def recent(actor: Actor, *, limit: int = 5) -> list[Viewing]:
    """The dossiers the actor opened last in this role, as far as they may still know of them."""
    newest = (
        Viewing.select(Viewing, Dossier, Subject, Unit)
        .join(Dossier)
        .join(Subject)
        .join(Unit)
        .where((Viewing.officer == actor.person) & (Viewing.role == actor.role))
        .order_by(Viewing.id.desc())
        .limit(limit * 4)
    )
    once = {viewing.dossier_id: viewing for viewing in reversed(list(newest))}
    known = [v for v in once.values() if dossiers.decide_for(actor, v.dossier).shows_roster]
    return sorted(known, key=lambda viewing: viewing.opened_at, reverse=True)[:limit]


def begin(actor: Actor, material_id: str, purpose: str, *, now: datetime) -> Viewing:
    """State the purpose and open the viewing of the material's dossier; the one of this sitting if there is one.

    purpose -- a code of Art. 31; individuals and keepers need none, theirs is set, and who reads by a grant has
    stated theirs when asking for it. Raises Invalid, Refused, NotFound.
    """
    material = _material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=now)
    decision = rights.decide(material)
    _require_pages(actor, material, decision, now)
    code = implied_purpose(actor, rights.grant_for(material)) or purposes.checked(purpose)
    with transaction():
        if (opened := current(actor, material.dossier)) is not None:
            return opened
        number = "V" + "".join(secrets.choice(_NUMBER_LETTERS) for _ in range(_NUMBER_LENGTH - 1))
        viewing = Viewing.create(number=number, officer=actor.person, session=actor.session, dossier=material.dossier,
                                 role=actor.role, purpose=code, opened_at=now)  # fmt: skip
        audit.append("viewing:opened", actor=actor, at=now, kind="dossier", record=material.dossier.public_id,
                     viewing=number, purpose=code, reason=decision.rule)  # fmt: skip
        _tell_subject(viewing, now)
    return viewing


def implied_purpose(actor: Actor, grant: Grant | None = None) -> str | None:
    """The purpose that a role or a grant brings along; None when it has to be stated."""
    if actor.role is Role.INDIVIDUAL:
        return purposes.OWN
    if actor.role is Role.ARCHIVIST:
        return purposes.KEEPING
    return grants.purpose_of(grant) if grant else None


def deliver(
    actor: Actor, material_id: str, number: int, *, width_px: int, accept: str, now: datetime
) -> images.Rendered:
    """One page image, masked and marked for this reader, after the delivery was written down.

    width_px -- one of the widths of rendering.images; accept -- the request's Accept header.
    Raises NotFound, Refused; Conflict when no viewing was opened in this sitting or the page was not read yet.
    """
    _count(actor, material_id, now)
    with transaction():  # pixels, boxes and right of one moment: a page may be read or masked anew meanwhile
        page, decision, viewing, by = _readable(actor, material_id, number, now)
        boxes = masks.covers(page, decision.rendition)
        audit.append("page:delivered", actor=actor, at=now, kind="page", record=page.public_id,
                     viewing=viewing.number, purpose=viewing.purpose, reason=decision.rule,
                     details={"rendition": decision.rendition.value, "width": width_px, **by})  # fmt: skip
    return images.render(
        pieces.load(page.optimised if width_px > READING_PX else page.reading_copy),
        boxes=boxes,
        page_size=(page.width_px, page.height_px),
        mark=_mark(actor, viewing, page),
        width_px=width_px,
        media_type=images.negotiate(accept, width_px),
    )


def text(actor: Actor, material_id: str, number: int, *, now: datetime) -> tuple[str, ...]:
    """The rows a machine was sure of on one page, masked as its image would be, after the delivery was written down.

    Raises NotFound, Refused; Conflict when no viewing was opened in this sitting or the page was not read yet.
    """
    _count(actor, material_id, now)
    with transaction():
        page, decision, viewing, by = _readable(actor, material_id, number, now)
        rows = masks.read_text(page, decision.rendition).split("\n")
        audit.append("page:delivered", actor=actor, at=now, kind="page", record=page.public_id,
                     viewing=viewing.number, purpose=viewing.purpose, reason=decision.rule,
                     details={"form": "text", "rendition": decision.rendition.value, **by})  # fmt: skip
    return tuple(row for row in rows if row.strip())


def looked_at(actor: Actor, material_id: str, number: int, *, seconds: int, now: datetime) -> None:
    """The reader's screen showed a page, for `seconds` in a row by the browser's word. Raises as deliver does."""
    _count(actor, material_id, now)
    with transaction():
        page, _, viewing, by = _readable(actor, material_id, number, now)
        audit.append("page:viewed", actor=actor, at=now, kind="page", record=page.public_id,
                     viewing=viewing.number, purpose=viewing.purpose,
                     details={"seconds": max(1, min(seconds, LONGEST_LOOK_S)), **by})  # fmt: skip


def beat(actor: Actor, material_id: str, *, now: datetime) -> int | None:
    """An open viewer asks whether it may stay open: seconds left, or None where no grant is used up by reading.

    The time since the last contact is counted by the server's clock; nothing the browser says about time is
    believed. Raises NotFound; Refused when the right has ended.
    """
    _count(actor, material_id, now)
    opened = open_material(actor, material_id, at=now)
    return opened.grant.remaining_s(now) if opened.grant else None


def wishing_subject(dossier: Dossier) -> Officer | None:
    """The person whose dossier it is, where they want to be told when it is used and may know."""
    wishing = Officer.select().join(NoticeWish).where(NoticeWish.wants_viewings)
    owner = wishing.where(Officer.subject == dossier.subject_id).first()
    if owner is None or Role.INDIVIDUAL not in owner.roles:
        return None
    may_know = dossiers.decide_for(Actor(owner, Role.INDIVIDUAL), dossier).shows_roster
    return owner if may_know else None


def _count(actor: Actor, material_id: str, now: datetime) -> None:
    """Count reading time before anything is decided, where it is a grant that opens the material."""
    if actor.role is not Role.OFFICIAL:  # nobody else reads by one
        return
    material = _material(material_id)
    if not grants.in_force(actor, at=now, dossier=material.dossier):
        return
    grant = dossiers.rights(actor, material.dossier, at=now).grant_for(material)
    if grant is not None:
        with transaction():
            grants.count(grant.public_id, actor=actor, now=now)


def _require_pages(actor: Actor, material: Material, decision: Decision, at: datetime) -> None:
    """Return only if pages may be shown. Raises Refused, with what became of the grant if there was one."""
    if decision.shows_pages:
        return
    words, rule = ("", "") if decision.rule in FINAL else grants.ended(actor, material, at=at)
    raise Refused(words or decision.reason, rule=rule or decision.rule)


def _readable(
    actor: Actor, material_id: str, number: int, at: datetime
) -> tuple[Page, Decision, Viewing, dict[str, str]]:
    """A page that may be delivered now, how, in which viewing, and by which grant, for the log.

    The right to the material comes first: who has none does not learn how many pages there are.
    Raises NotFound, Refused, Conflict.
    """
    material = _material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=at)
    decision = rights.decide(material)
    _require_pages(actor, material, decision, at)
    page = Page.get_or_none((Page.material == material) & (Page.number == number))
    if page is None:
        raise NotFound("没有这一页")
    decision = rights.decide(material, page)
    if not decision.shows_pages:
        raise Refused(decision.reason, rule=decision.rule)
    viewing = current(actor, material.dossier)
    if viewing is None:
        raise Conflict("请先说明查阅事由")
    if page.optimised is None:
        raise Conflict("这一页还在处理中，请稍后再看")
    grant = rights.grant_for(material)
    return page, decision, viewing, {"grant": grant.public_id} if grant else {}


def _tell_subject(viewing: Viewing, now: datetime) -> None:
    """Tell the person whose dossier it is, if they want it: of readers, not of those who keep it."""
    if viewing.purpose in (purposes.OWN, purposes.KEEPING):
        return
    if owner := wishing_subject(viewing.dossier):
        notices.notify(owner, NoticeKind.DOSSIER_VIEWED, viewing.public_id, now=now)


def _mark(actor: Actor, viewing: Viewing, page: Page) -> Mark:
    officer = actor.person
    unit = officer.unit.name if officer.unit else ""
    code = vault.viewing_code(viewing.number, page.public_id)
    return Mark(officer.name, unit, viewing.opened_at, viewing.number, page.number, code)


def _material(material_id: str) -> Material:
    material = Material.get_or_none(Material.public_id == material_id)
    if material is None:
        raise NotFound("没有这份材料")
    return material
