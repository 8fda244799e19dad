"""Reading pages (查阅): one officer, one dossier, one sitting; every page delivered is written down first."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain import purpose as purposes
from webapp.domain.crockford import ALPHABET
from webapp.domain.disclosure import Decision
from webapp.domain.errors import Refused
from webapp.domain.grant import Grant
from webapp.domain.notice import NoticeKind
from webapp.domain.page_width import READING_PX
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.services import audit, companions, contested, dossiers, grants, masks, notices, pieces, readable
from webapp.services.actor import Actor
from webapp.services.readable import ForCopy, Readable
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.notices import NoticeWish
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing

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
    awaits_second: bool = False  # nothing of it is sent before a second officer has joined the viewing
    wants_company: bool = False  # or something else in the dossier is not open before
    second: Officer | None = None  # who reads along


def open_material(actor: Actor, material_id: str, *, at: datetime) -> Opened:
    """The pages of a material as far as the actor may see them. Raises NotFound, Refused."""
    material = readable.material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=at)
    decision = rights.decide(material)
    readable.require_pages(actor, material, decision, at)
    pages = Page.select().where(Page.material == material).order_by(Page.number)
    doubted = contested.of(material.dossier)
    sheets = tuple(Sheet(page, rights.decide(material, page), page.id in doubted.pages) for page in pages)
    is_contested, awaits = material.id in doubted.materials, rights.awaits_second(material)
    viewing, grant = readable.viewing_of(actor, material.dossier), rights.grant_for(material)
    second = companions.of(viewing, at=at) if viewing and rights.reader.is_accompanied else None
    who = second.session.officer if second else None
    return Opened(material, decision, viewing, sheets, grant, is_contested, awaits, rights.wants_company, who)


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
    material = readable.material(material_id)
    rights = dossiers.rights(actor, material.dossier, at=now)
    decision = rights.decide(material)
    readable.require_pages(actor, material, decision, now)
    code = implied_purpose(actor, rights.grant_for(material)) or purposes.checked(purpose)
    with transaction():
        if (opened := readable.viewing_of(actor, material.dossier)) is not None:
            return opened
        number = "V" + "".join(secrets.choice(ALPHABET) for _ in range(_NUMBER_LENGTH - 1))
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
    actor: Actor,
    material_id: str,
    number: int,
    *,
    width_px: int,
    accept: str,
    now: datetime,
    copy: ForCopy | None = None,
) -> images.Rendered:
    """One page image, masked and marked for this reader, after the delivery was written down.

    width_px -- one of the widths of rendering.images; accept -- the request's Accept header.
    copy -- which copy it goes into, if it is to leave the house.
    Raises NotFound, Refused; Conflict when no viewing was opened in this sitting or the page was not read yet.
    """
    _count(actor, material_id, now)
    with transaction():  # pixels, boxes and right of one moment: a page may be read or masked anew meanwhile
        sent = readable.page(actor, material_id, number, at=now, copy=copy)
        page, rendition = sent.page, sent.decision.rendition
        boxes = masks.covers(page, rendition)
        _log("page:delivered", actor, sent, now, {"rendition": rendition.value, "width": width_px})
    return images.render(
        pieces.load(page.optimised if width_px > READING_PX else page.reading_copy),
        boxes=boxes,
        page_size=(page.width_px, page.height_px),
        mark=sent.mark(actor.person),
        width_px=width_px,
        media_type=images.negotiate(accept, width_px),
    )


def text(actor: Actor, material_id: str, number: int, *, now: datetime) -> tuple[str, ...]:
    """The rows a machine was sure of on one page, masked as its image would be, after the delivery was written down.

    Raises NotFound, Refused; Conflict when no viewing was opened in this sitting or the page was not read yet.
    """
    _count(actor, material_id, now)
    with transaction():
        sent = readable.page(actor, material_id, number, at=now)
        rendition = sent.decision.rendition
        rows = masks.read_text(sent.page, rendition).split("\n")
        _log("page:delivered", actor, sent, now, {"form": "text", "rendition": rendition.value})
    return tuple(row for row in rows if row.strip())


def looked_at(actor: Actor, material_id: str, number: int, *, seconds: int, now: datetime) -> None:
    """The reader's screen showed a page, for `seconds` in a row by the browser's word. Raises as deliver does."""
    _count(actor, material_id, now)
    with transaction():
        shown = readable.page(actor, material_id, number, at=now)
        _log("page:viewed", actor, shown, now, {"seconds": max(1, min(seconds, LONGEST_LOOK_S))})


def beat(actor: Actor, material_id: str, *, now: datetime) -> int | None:
    """An open viewer asks whether it may stay open: seconds left, or None where no grant is used up by reading.

    The time since the last contact is counted by the server's clock; nothing the browser says about time is
    believed. Raises NotFound; Refused when the right has ended, or the second officer has left.
    """
    _count(actor, material_id, now)
    opened = open_material(actor, material_id, at=now)
    if opened.awaits_second:
        raise Refused("须有第二位工作人员同阅", rule="second-awaited")
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
    material = readable.material(material_id)
    if not grants.in_force(actor, at=now, dossier=material.dossier):
        return
    grant = dossiers.rights(actor, material.dossier, at=now).grant_for(material)
    if grant is not None:
        with transaction():
            grants.count(grant.public_id, actor=actor, now=now)


def _log(action: str, actor: Actor, shown: Readable, now: datetime, details: dict[str, Any]) -> None:
    viewing, decision = shown.viewing, shown.decision
    audit.append(action, actor=actor, at=now, kind="page", record=shown.page.public_id, viewing=viewing.number,
                 purpose=viewing.purpose, reason=decision.rule, details=details | shown.ids)  # fmt: skip


def _tell_subject(viewing: Viewing, now: datetime) -> None:
    """Tell the person whose dossier it is, if they want it: of readers, not of those who keep it."""
    if viewing.purpose in (purposes.OWN, purposes.KEEPING):
        return
    if owner := wishing_subject(viewing.dossier):
        notices.notify(owner, NoticeKind.DOSSIER_VIEWED, viewing.public_id, now=now)
