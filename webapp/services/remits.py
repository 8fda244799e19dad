"""Where an approver decides (审批范围): in the units given to them, with all below; everywhere where none was given."""

from dataclasses import dataclass

from webapp.storage.accounts import Officer, Scope
from webapp.storage.archive import Unit

APPROVAL = "approval"  # kind of Scope


@dataclass(frozen=True, slots=True)
class Remit:
    """Paths of units; None is the whole organisation."""

    paths: tuple[str, ...] | None

    def covers(self, path: str) -> bool:
        """True for a unit at or below one of them."""
        return self.paths is None or path.startswith(self.paths)

    def __or__(self, other: "Remit") -> "Remit":
        """Both together."""
        return Remit(None if self.paths is None or other.paths is None else self.paths + other.paths)


def of(officer: Officer) -> Remit:
    """An approver's own."""
    mine = (Scope.officer == officer) & (Scope.kind == APPROVAL)
    return Remit(tuple(path for (path,) in Scope.select(Unit.path).join(Unit).where(mine).tuples()) or None)
