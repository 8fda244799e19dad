"""One page that may be sent now (可发页面): by which right, in which viewing, in whose company, under which mark."""

from dataclasses import dataclass, replace
from datetime import datetime

from webapp.domain.disclosure import FINAL, Decision, Level, Sensitivity
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.grant import Grant
from webapp.rendering.watermark import Mark
from webapp.services import companions, dossiers, grants
from webapp.services.actor import Actor
from webapp.services.rights import Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.vault.vault import vault


@dataclass(frozen=True, slots=True)
class ForCopy:
    """The copy a page goes into: its number, and the public id of the one grant it is made under."""

    number: str
    grant_id: str


@dataclass(frozen=True, slots=True)
class Readable:
    """A page, how it may be shown, and what the log and the mark say of it.

    grant -- by which it is open, None where the standing right suffices; second -- who reads along, if anybody does
    copy -- into which it goes, if it leaves the house
    """

    page: Page
    decision: Decision
    viewing: Viewing
    grant: Grant | None
    second: Officer | None
    copy: ForCopy | None = None

    @property
    def ids(self) -> dict[str, str]:
        """Grant, second officer and copy, for an entry of the log."""
        named = {
            "grant": self.grant.public_id if self.grant else "",
            "second": self.second.public_id if self.second else "",
            "copy": self.copy.number if self.copy else "",
        }
        return {name: value for name, value in named.items() if value}

    def mark(self, reader: Officer) -> Mark:
        """What is burned into its image."""
        viewing, page = self.viewing, self.page
        unit = reader.unit.name if reader.unit else ""
        code = vault.viewing_code(viewing.number, page.public_id)
        mark = Mark(reader.name, unit, viewing.opened_at, viewing.number, page.number, code)
        second = self.second.name if self.second else ""
        return replace(mark, second=second, copy=self.copy.number if self.copy else "")


def material(material_id: str) -> Material:
    """A material by its public id. Decides nothing. Raises NotFound."""
    found = Material.get_or_none(Material.public_id == material_id)
    if found is None:
        raise NotFound("没有这份材料")
    return found


def viewing_of(actor: Actor, dossier: Dossier) -> Viewing | None:
    """The viewing of this dossier in this sitting and role, if its purpose was stated already."""
    role = actor.role.value if actor.role else ""
    return Viewing.get_or_none(
        (Viewing.session == actor.session) & (Viewing.dossier == dossier) & (Viewing.role == role)
    )


def require_pages(actor: Actor, of: Material, decision: Decision, at: datetime) -> None:
    """Return only if pages may be shown. Raises Refused, with what became of the grant if there was one."""
    if decision.shows_pages:
        return
    words, rule = ("", "") if decision.rule in FINAL else grants.ended(actor, of, at=at)
    raise Refused(words or decision.reason, rule=rule or decision.rule)


def rights_by(actor: Actor, dossier: Dossier, grant_id: str, *, at: datetime) -> Rights:
    """What the actor may see of a dossier by one grant, as if they had no other. Raises Refused when it is over."""
    rights = dossiers.rights(actor, dossier, at=at)
    named = tuple(grant for grant in rights.grants if grant.public_id == grant_id)
    if not named:
        raise Refused("这项授权没有生效，或者已经结束", rule="grant-over")
    return replace(rights, grants=named)


def may_copy(rights: Rights, of: Material) -> bool:
    """True when the one grant in these rights lets pages of a material leave the house."""
    (grant,) = rights.grants
    sensitivity = Sensitivity(of.sensitivity)
    is_covered = grant.level_for(of.public_id, of.category, sensitivity) > Level.NOTHING
    return grant.may_copy and is_covered and rights.decide(of).shows_pages


def _require_may_copy(rights: Rights, of: Material) -> None:
    if not may_copy(rights, of):
        raise Refused("这项授权不包括制作这份材料的复制件", rule="copy:not-granted")
    if rights.wants_company:
        raise Refused("须有第二位工作人员同阅", rule="second-awaited")


def page(
    actor: Actor, material_id: str, number: int, *, at: datetime, copy: ForCopy | None = None
) -> Readable:
    """A page that may be delivered now.

    The right to the material comes first: who has none does not learn how many pages there are.
    copy -- for which it is meant: then its grant alone counts. Raises NotFound, Refused, Conflict.
    """
    its = material(material_id)
    rights = (
        rights_by(actor, its.dossier, copy.grant_id, at=at)
        if copy
        else dossiers.rights(actor, its.dossier, at=at)
    )
    require_pages(actor, its, rights.decide(its), at)
    if copy:
        _require_may_copy(rights, its)
    found = Page.get_or_none((Page.material == its) & (Page.number == number))
    if found is None:
        raise NotFound("没有这一页")
    decision = rights.decide(its, found)
    if not decision.shows_pages:
        raise Refused(decision.reason, rule=decision.rule)
    viewing = viewing_of(actor, its.dossier)
    if viewing is None:
        raise Conflict("请先说明查阅事由")
    if found.optimised is None:
        raise Conflict("这一页还在处理中，请稍后再看")
    second = companions.of(viewing, at=at) if rights.reader.is_accompanied else None
    grant = rights.grants[0] if copy else rights.grant_for(its)
    return Readable(found, decision, viewing, grant, second and second.session.officer, copy)
