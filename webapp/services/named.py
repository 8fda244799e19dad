"""The materials a request names (所申请的材料), as far as its asker may know of them.

A material is named by its id alone where a page refused it. What it is called, the asker learns where the catalogue
says so, by a standing right or a grant, and nowhere before.
"""

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.disclosure import Decision
from webapp.services import dossiers
from webapp.services.actor import Actor
from webapp.storage.archive import Material
from webapp.storage.requests import AccessRequest, RequestScope

UNTOLD = "您打开过的那份材料（经批准后显示名称）"


@dataclass(frozen=True, slots=True)
class Named:
    """One material of a request. `title` is UNTOLD and `year` None where its asker may not know them."""

    public_id: str
    title: str
    year: int | None = None


def told(actor: Actor, request: AccessRequest, *, at: datetime) -> list[Named]:
    """What the actor's own request names one by one, in the order it was named."""
    held = dossiers.rights(actor, request.dossier, at=at)
    parts = Material.select().join(RequestScope, on=RequestScope.material == Material.id)
    chosen = parts.where(RequestScope.request == request).order_by(RequestScope.id)
    return [_named(material, held.decide(material)) for material in chosen]


def _named(material: Material, decision: Decision) -> Named:
    if not decision.shows_catalogue:
        return Named(material.public_id, UNTOLD)
    return Named(material.public_id, material.title, material.year)
