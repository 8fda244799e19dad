"""Keys of the instance (密钥): rotation rewraps the data keys and writes no sealed piece again."""

from dataclasses import dataclass
from datetime import datetime

from webapp.services import audit
from webapp.services.actor import SYSTEM
from webapp.storage.archive import Dossier
from webapp.storage.database import transaction
from webapp.vault.keyring import Wrapped
from webapp.vault.vault import vault

BATCH = 500  # dossiers in one transaction: readers and writers get their turn in between


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    root_id: str
    rewrapped: int


def rotate(*, now: datetime) -> Rotation:
    """Add a root key, make it the active one and rewrap every data key. May be stopped and run again at any point."""
    root_id = vault.ring.rotate(now=now)
    with transaction():
        audit.append("keys:rotated", actor=SYSTEM, at=now, kind="root-key", record=root_id)
    return Rotation(root_id, rewrap(now=now))


def rewrap(*, now: datetime) -> int:
    """Rewrap the data keys that an older root key wraps. Returns how many."""
    root_id, total = vault.ring.active_root_id, 0
    while True:
        with transaction():
            batch = list(Dossier.select().where(Dossier.root_id != root_id).limit(BATCH))
            for dossier in batch:
                held = Wrapped(dossier.root_id, bytes(dossier.data_key))
                fresh = vault.rewrapped(dossier.public_id, held)
                Dossier.update(data_key=fresh.sealed, root_id=fresh.root_id).where(
                    Dossier.id == dossier.id
                ).execute()
            if batch:
                audit.append("keys:rewrapped", actor=SYSTEM, at=now, kind="root-key", record=root_id,
                             details={"dossiers": len(batch)})  # fmt: skip
        total += len(batch)
        if not batch:
            return total
