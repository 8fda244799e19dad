"""Taking one's own dossier along (本人档案导出): catalogue, viewings, uses of the paper, facts that were told, and
chosen pages, marked.

Each page goes out by the same door as in the viewer: decided, masked, marked, and written down before it is drawn.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.page_width import READING_PX
from webapp.services import audit, corrections, dossiers, facts, readable, viewers, viewings
from webapp.services.actor import Actor
from webapp.services.dossiers import Catalogue
from webapp.services.facts import Learnt
from webapp.services.loan_register import Told
from webapp.services.viewers import Viewed
from webapp.storage.archive import Material
from webapp.storage.database import transaction

MOST_PAGES = 40  # of one file: some 12 MB, and some ten seconds of a core that others wait for


@dataclass(frozen=True, slots=True)
class Exported:
    """One page in the file: a JPEG of READING_PX; or why it is not there."""

    material: Material
    number: int
    jpeg: bytes = b""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into the file. `number` is the viewing's, which every page carries."""

    catalogue: Catalogue
    viewed: list[Viewed]
    lent: list[Told]
    learnt: list[Learnt]
    pages: list[Exported]
    number: str = ""


def offered(actor: Actor, *, at: datetime) -> Catalogue:
    """The own catalogue, to choose from; logged. Raises NotFound, Refused."""
    return dossiers.catalogue(actor, corrections.own_dossier(actor).public_id, at=at)


def export(actor: Actor, material_ids: Collection[str], *, now: datetime) -> Export:
    """The catalogue, who learnt what of it, and the pages of the chosen materials, by public id.

    Raises Invalid for more than MOST_PAGES; NotFound, Refused for a material whose pages are not open to the person.
    """
    catalogue = offered(actor, at=now)
    by_id = {line.material.public_id: line for line in catalogue.lines}
    if unknown := set(material_ids) - by_id.keys():
        raise NotFound("没有这份材料", rule=f"own-export:{len(unknown)}-unknown")
    chosen = [line for public_id, line in by_id.items() if public_id in set(material_ids)]
    for line in chosen:
        if not line.decision.shows_pages:
            raise Refused(line.decision.reason, rule=line.decision.rule)
    count = sum(line.scanned_pages for line in chosen)
    if count > MOST_PAGES:
        raise Invalid(f"一次最多导出 {MOST_PAGES} 页，您选了 {count} 页，请分几次导出")
    with transaction():
        audit.append("own:exported", actor=actor, at=now, kind="dossier", record=catalogue.dossier.public_id,
                     details={"materials": sorted(material_ids), "pages": count})  # fmt: skip
    pages = [page for line in chosen for page in _pages(actor, line.material, now)]
    viewed, _ = viewers.listed(actor, now=now)
    lent = viewers.lent(actor, now=now)
    learnt = facts.told_about(actor, now=now)
    viewing = readable.viewing_of(actor, catalogue.dossier)
    return Export(catalogue, viewed, lent, learnt, pages, viewing.number if viewing and pages else "")


def _pages(actor: Actor, material: Material, now: datetime) -> list[Exported]:
    viewings.begin(actor, material.public_id, "", now=now)
    found = []
    for sheet in viewings.open_material(actor, material.public_id, at=now).sheets:
        number = sheet.page.number
        if not sheet.is_ready or not sheet.decision.shows_pages:
            reason = sheet.decision.reason if sheet.is_ready else "这一页还在处理中"
            found.append(Exported(material, number, reason=reason))
            continue
        rendered = viewings.deliver(
            actor, material.public_id, number, width_px=READING_PX, accept="image/jpeg", now=now
        )
        found.append(Exported(material, number, rendered.content))
    return found
