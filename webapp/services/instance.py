"""An instance: make one, open one. The composition roots (web, worker, command line) start here."""

from datetime import datetime

from webapp.domain.errors import Conflict
from webapp.services import audit, policy
from webapp.services.actor import SYSTEM
from webapp.services.indexing import open_index
from webapp.settings import Settings
from webapp.storage.database import database, migrations, open_database, transaction
from webapp.vault.keyring import KeyRing, Purpose
from webapp.vault.vault import vault


def create(settings: Settings, decided: policy.Instance, *, now: datetime) -> None:
    """Make the key ring, the encrypted database and its tables, and record what was decided.

    Raises Conflict when the folder holds an instance or a key ring already; nothing is replaced.
    """
    if settings.database.exists() or settings.keyring.exists():
        raise Conflict(f"{settings.instance} 里已有一个实例，不会覆盖")
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.instance.chmod(0o700)
    settings.blobs.mkdir(exist_ok=True, mode=0o700)
    KeyRing.create(settings.keyring, now=now)
    open_instance(settings)
    with database.connection_context():
        migrations().up()
        with transaction():
            policy.record(decided, at=now)
            audit.append("instance:created", actor=SYSTEM, at=now, kind="instance")


def open_instance(settings: Settings) -> None:
    """Point the handles of vault, database and index at an instance. Opens no connection.

    Raises KeyRingUnusable when the key ring is missing or readable by others.
    """
    ring = KeyRing.open(settings.keyring)
    if settings.web_push:
        ring.provide(Purpose.PUSH)
    vault.open(ring, settings.blobs)
    open_database(settings.database, ring.key(Purpose.DATABASE))
    open_index.at(settings.index)
