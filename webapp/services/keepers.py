"""Who keeps a dossier (保管人): those to be told of what concerns it."""

from webapp.domain.role import Role
from webapp.services import notices
from webapp.storage.accounts import Officer, Recusal, Scope
from webapp.storage.archive import Dossier, Unit

CUSTODY = "custody"  # kind of Scope


def of(dossier: Dossier) -> list[Officer]:
    """Archivists who may handle it: those who keep the unit's dossiers, without relatives and the person."""
    path = dossier.subject.unit.path
    custody = Scope.select(Scope.officer, Unit.path).join(Unit).where(Scope.kind == CUSTODY).tuples()
    keeping = {officer for officer, kept_path in custody if path.startswith(kept_path)}
    barred = {
        row for (row,) in Recusal.select(Recusal.officer).where(Recusal.subject == dossier.subject).tuples()
    }
    return [
        officer
        for officer in notices.officers_in(Role.ARCHIVIST)
        if officer.id in keeping - barred and officer.subject_id != dossier.subject_id
    ]
