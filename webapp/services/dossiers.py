"""What a reader is to a dossier and may see of it (可见范围): every service that shows content asks here."""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.domain.category import Category
from webapp.domain.disclosure import (
    Decision,
    MaskState,
    Policy,
    Reader,
    Sensitivity,
    Sought,
    Standing,
    decide,
)
from webapp.domain.errors import NotFound, Refused
from webapp.domain.role import Role
from webapp.services import policy
from webapp.services.actor import SYSTEM, Actor
from webapp.services.units import within
from webapp.storage.accounts import Recusal, Scope
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.pages import Page

LOOKUP, CUSTODY = "lookup", "custody"  # kinds of Scope
_SCOPED = {Role.OFFICIAL: (LOOKUP, Standing.SCOPE), Role.ARCHIVIST: (CUSTODY, Standing.CUSTODY)}


@dataclass(frozen=True, slots=True)
class Standings:
    """What an actor is to every dossier: those in `by_dossier` by row id, all others `default`."""

    by_dossier: dict[int, Standing]
    default: Standing = Standing.ORGANISATION

    def of(self, dossier_id: int) -> Standing:
        """The standing to the dossier with this row id."""
        return self.by_dossier.get(dossier_id, self.default)


@dataclass(frozen=True, slots=True)
class Rights:
    """One reader before one dossier, loaded once for many decisions."""

    reader: Reader
    policy: Policy

    def decide(self, material: Material | None = None, page: Page | None = None) -> Decision:
        """How much of the dossier, of one material, or of one page of it, may be seen."""
        if material is None:
            return decide(self.reader, Sought(), self.policy)
        mask = MaskState(page.mask_state) if page is not None else None
        sought = Sought(material.category, Sensitivity(material.sensitivity), mask)
        return decide(self.reader, sought, self.policy)

    def decide_category(self, category: Category, sensitivity: Sensitivity) -> Decision:
        """The same for any material of a category, whether or not there is one."""
        return decide(self.reader, Sought(category.code, sensitivity), self.policy)


def find(public_id: str) -> Dossier:
    """The dossier with its subject and unit. Decides nothing. Raises NotFound."""
    query = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit)
    dossier = query.where(Dossier.public_id == public_id).get_or_none()
    if dossier is None:
        raise NotFound("没有找到这份档案")
    return dossier


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
        rows = Dossier.select(Dossier.id).join(Subject).join(Unit).where(within(paths)).tuples()
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


def rights(actor: Actor, dossier: Dossier) -> Rights:
    """Who reads, and by which policy. For more than one decision about the same dossier."""
    return Rights(Reader(_role(actor), standing_of(actor, dossier)), policy.current().policy)


def decide_for(
    actor: Actor, dossier: Dossier, material: Material | None = None, page: Page | None = None
) -> Decision:
    """How much of a dossier, a material or a page the actor may see, and why. Never raises for lack of a right."""
    return rights(actor, dossier).decide(material, page)


def require_custody(actor: Actor, dossier: Dossier) -> None:
    """Return only if the actor keeps this dossier, or is SYSTEM. Raises Refused."""
    if actor == SYSTEM:
        return
    standing = standing_of(actor, dossier)
    if _role(actor) is not Role.ARCHIVIST or standing is not Standing.CUSTODY:
        raise Refused(
            _NOT_KEPT.get(standing, "只有保管这份档案的管理员可以这样做"), rule=f"custody:{standing}"
        )


def require_custody_of(actor: Actor, paths: Iterable[str]) -> None:
    """Return only if the actor keeps the dossiers of all units at these paths, or is SYSTEM. Raises Refused."""
    if actor == SYSTEM:
        return
    kept = tuple(scope_paths(actor, CUSTODY)) if _role(actor) is Role.ARCHIVIST else ()
    if not all(path.startswith(kept) for path in paths):
        raise Refused("有的单位不在您的保管范围内", rule="custody:units")


_NOT_KEPT = {
    Standing.OWN: "任何人不得经手本人的档案，请由其他管理员处理",
    Standing.RECUSED: "您与该干部存在回避关系，请由其他管理员处理",
}


def _role(actor: Actor) -> Role:
    if actor.role is None:
        raise RuntimeError("this act needs a role")
    return actor.role
