"""What a reader is to a dossier and may see of it (可见范围): every service that shows content asks here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from webapp.domain import partial_date
from webapp.domain.catalogue import Entry, sections
from webapp.domain.category import Category, sensitivity_of
from webapp.domain.disclosure import Decision, Level, Policy, Reader, Sensitivity, Standing
from webapp.domain.errors import NotFound, Refused
from webapp.domain.grant import Grant
from webapp.domain.partial_date import PartialDate
from webapp.domain.role import Role
from webapp.services import audit, companions, contested, grants, keepers, policy, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.rights import Rights
from webapp.storage.accounts import Recusal, Scope
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.pages import Page

LOOKUP, CUSTODY = "lookup", keepers.CUSTODY  # kinds of Scope
_SCOPED = {Role.OFFICIAL: (LOOKUP, Standing.SCOPE), Role.ARCHIVIST: (CUSTODY, Standing.CUSTODY)}


@dataclass(frozen=True, slots=True)
class Standings:
    """What an actor is to every dossier: those in `by_dossier` by row id, all others `default`."""

    by_dossier: dict[int, Standing]
    default: Standing = Standing.ORGANISATION

    def of(self, dossier_id: int) -> Standing:
        """The standing to the dossier with this row id."""
        return self.by_dossier.get(dossier_id, self.default)


def find(public_id: str) -> Dossier:
    """The dossier with its subject and unit. Decides nothing. Raises NotFound."""
    query = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit)
    dossier = query.where(Dossier.public_id == public_id).get_or_none()
    if dossier is None:
        raise NotFound("没有找到这份档案")
    return dossier


def own(actor: Actor) -> Dossier | None:
    """The dossier about the officer themselves; None when there is none."""
    subject_id = actor.person.subject_id
    return Dossier.get_or_none(Dossier.subject == subject_id) if subject_id else None


def standing_of(actor: Actor, dossier: Dossier) -> Standing:
    """The strongest that holds in the role of this sitting. Raises RuntimeError for SYSTEM, which reads nothing."""
    officer, subject = actor.person, dossier.subject
    if officer.subject_id == subject.id:
        return Standing.OWN
    if Recusal.select().where((Recusal.officer == officer) & (Recusal.subject == subject)).exists():
        return Standing.RECUSED
    kind, standing = _SCOPED.get(_role(actor), ("", Standing.ORGANISATION))
    if kind and any(subject.unit.path.startswith(path) for path in scope_paths(actor, kind)):
        return standing
    return Standing.ORGANISATION


def standings(actor: Actor) -> Standings:
    """standing_of for every dossier at once: three queries, whatever their number."""
    officer, found = actor.person, {}
    kind, standing = _SCOPED.get(_role(actor), ("", Standing.ORGANISATION))
    if kind and (paths := scope_paths(actor, kind)):
        rows = Dossier.select(Dossier.id).join(Subject).join(Unit).where(units.within(paths)).tuples()
        found = {row: standing for (row,) in rows}
    recused = Recusal.select(Recusal.subject).where(Recusal.officer == officer)
    kept_from = Dossier.select(Dossier.id, Dossier.subject).where(
        Dossier.subject.in_(recused) | (Dossier.subject == officer.subject_id)
    )
    for row, subject_id in kept_from.tuples():
        found[row] = Standing.OWN if subject_id == officer.subject_id else Standing.RECUSED
    return Standings(found)


def scope_paths(actor: Actor, kind: str) -> list[str]:
    """Paths of the units an officer looks up in (LOOKUP) or keeps the dossiers of (CUSTODY)."""
    query = Scope.select(Unit.path).join(Unit).where((Scope.officer == actor.person) & (Scope.kind == kind))
    return [path for (path,) in query.tuples()]


def rights(actor: Actor, dossier: Dossier, *, at: datetime | None = None) -> Rights:
    """Who reads, by which policy and grants. For more than one decision about the same dossier.

    at -- the moment for which grants are looked up; without it the standing right counts alone.
    """
    held = grants.in_force(actor, at=at, dossier=dossier).get(dossier.id, ()) if at else ()
    is_accompanied = bool(held) and at is not None and dossier.id in companions.accompanied(actor, at=at)
    return rights_of(actor, standing_of(actor, dossier), policy.current().policy, held, is_accompanied)


def rights_of(
    actor: Actor,
    standing: Standing,
    decided: Policy,
    held: tuple[Grant, ...] = (),
    is_accompanied: bool = False,
) -> Rights:
    """The same where standing, grants and company are known already, as for many dossiers at once."""
    return Rights(Reader(_role(actor), standing, is_accompanied), decided, held)


def decide_for(
    actor: Actor,
    dossier: Dossier,
    material: Material | None = None,
    page: Page | None = None,
    *,
    at: datetime | None = None,
) -> Decision:
    """How much of a dossier, a material or a page the actor may see, and why. Never raises for lack of a right."""
    return rights(actor, dossier, at=at).decide(material, page)


def require_custody(actor: Actor, dossier: Dossier) -> None:
    """Return only if the actor keeps this dossier, or is SYSTEM. Raises Refused."""
    if actor == SYSTEM:
        return
    standing = standing_of(actor, dossier)
    if _role(actor) is not Role.ARCHIVIST or standing is not Standing.CUSTODY:
        raise Refused(
            _NOT_KEPT.get(standing, "只有保管这份档案的管理员可以这样做"), rule=f"custody:{standing}"
        )


_NOT_KEPT = {
    Standing.OWN: "任何人不得经手本人的档案，请由其他管理员处理",
    Standing.RECUSED: "您与该干部存在回避关系，请由其他管理员处理",
}


def _role(actor: Actor) -> Role:
    if actor.role is None:
        raise RuntimeError("this act needs a role")
    return actor.role


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the catalogue. `decision` says whether its pages may be opened as well."""

    material: Material
    serial: int
    scanned_pages: int
    decision: Decision
    is_contested: bool = False  # 本人有异议

    @property
    def formed(self) -> PartialDate | None:
        """形成时间."""
        return formed_of(self.material)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the catalogue and what this reader may see under it.

    closed -- why nothing is listed here (须经批准), the same whether or not the category holds anything; else ""
    """

    category: Category | None
    mark: str
    title: str
    lines: tuple[Line, ...] = ()
    closed: str = ""

    @property
    def pages(self) -> int:
        """Scanned pages of the materials listed."""
        return sum(line.scanned_pages for line in self.lines)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A dossier as far as one reader may see it.

    parts -- every heading in order; empty when the reader may see no titles
    is_partial -- restricted materials are left out of ordinary categories too, if there are any
    contested -- names of the fields that the subject contests
    """

    dossier: Dossier
    unit_name: str
    decision: Decision
    parts: tuple[Part, ...] = ()
    is_partial: bool = False
    contested: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """All lines, in order."""
        return [line for part in self.parts for line in part.lines]


def summary(actor: Actor, public_id: str, *, at: datetime) -> Catalogue:
    """Whose dossier it is, and what is in it as far as the actor may see titles; logged.

    Raises NotFound, also for an individual's look at another's dossier; Refused.
    """
    return _opened(actor, public_id, "dossier:opened", Level.ROSTER, at)


def catalogue(actor: Actor, public_id: str, *, at: datetime) -> Catalogue:
    """The catalogue in its prescribed order, restricted categories as headings only; logged.

    Raises NotFound; Refused when the actor may not see titles.
    """
    return _opened(actor, public_id, "catalogue:read", Level.CATALOGUE, at)


def kept_catalogue(actor: Actor, public_id: str, *, at: datetime) -> Catalogue:
    """The whole catalogue, for the keeper to work on; logged. Raises NotFound; Refused unless the actor keeps it."""
    require_custody(actor, find(public_id))
    return _opened(actor, public_id, "catalogue:read", Level.CLEAR, at)


def printed_catalogue(actor: Actor, public_id: str, *, at: datetime) -> Catalogue:
    """The whole catalogue, for paper; logged as such. Raises NotFound; Refused unless the actor keeps the dossier."""
    require_custody(actor, find(public_id))
    return _opened(actor, public_id, "catalogue:printed", Level.CLEAR, at)


def formed_of(material: Material) -> PartialDate | None:
    """The date in a material's three columns."""
    return partial_date.of(material.year, material.month, material.day)


def _opened(actor: Actor, public_id: str, action: str, needed: Level, at: datetime) -> Catalogue:
    dossier = find(public_id)
    held = rights(actor, dossier, at=at)
    decision = held.decide()
    if decision.rule == "not-own":
        raise NotFound("没有找到这份档案", rule=decision.rule)
    if decision.level < needed:
        raise Refused(decision.reason, rule=decision.rule)
    with transaction():
        audit.append(action, actor=actor, at=at, kind="dossier", record=public_id, reason=decision.rule)
    unit_name = units.full_name(dossier.subject.unit)
    doubted = contested.of(dossier)
    if not decision.shows_catalogue:
        return Catalogue(dossier, unit_name, decision, contested=doubted.fields)
    hidden = held.decide_category(Category("10"), Sensitivity.RESTRICTED)
    parts = tuple(_parts(held, dossier, doubted))
    return Catalogue(dossier, unit_name, decision, parts, not hidden.shows_catalogue, doubted.fields)


def _parts(held: Rights, dossier: Dossier, doubted: contested.Contested) -> Iterator[Part]:
    """Serials count what is listed: a gap would tell of a material that is not."""
    by_id = {m.id: m for m in Material.select().where(Material.dossier == dossier)}
    scanned = dict(
        Page.select(Page.material, fn.COUNT(Page.id))
        .where(Page.material.in_(list(by_id)))
        .group_by(Page.material)
        .tuples()
    )
    decisions = {key: held.decide(material) for key, material in by_id.items()}
    listed = [_entry(by_id[key]) for key, decision in decisions.items() if decision.shows_catalogue]
    for section in sections(listed):
        lines = tuple(
            Line(by_id[key], serial, scanned.get(key, 0), decisions[key], key in doubted.materials)
            for serial, key in enumerate((entry.key for entry in section.entries), start=1)
        )
        yield Part(section.category, section.mark, section.title, lines, _closed(held, section.category))


def _closed(held: Rights, category: Category | None) -> str:
    if category is None:
        return ""
    decision = held.decide_category(category, sensitivity_of(category, ""))
    return "" if decision.shows_catalogue else decision.reason


def _entry(material: Material) -> Entry:
    category = Category(material.category)
    return Entry(material.id, category, material.title, formed_of(material), material.goes_with_id)
