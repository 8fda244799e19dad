"""Backup and recovery (备份与恢复): the data and the keys apart, proven by a restore into an empty folder.

The data set holds the database and the blobs, all still sealed. The key set is the key ring sealed to a recovery
key. Neither is worth anything without the other; they belong on different media with different people.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from peewee import DatabaseError, fn
from sqlcipher3 import dbapi2 as sqlcipher

from webapp.domain.errors import Conflict, Invalid
from webapp.services import audit, indexing, pieces
from webapp.services.actor import SYSTEM
from webapp.services.instance import open_instance
from webapp.settings import Settings
from webapp.storage.accounts import Enrolment, Session
from webapp.storage.database import database, transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob
from webapp.storage.policy import Setting
from webapp.vault import recovery
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered
from webapp.vault.keyring import KeyRing, KeyRingUnusable, Purpose
from webapp.vault.vault import vault

DATABASE, BLOBS, MANIFEST = "lantai.db", "blobs", "manifest.json"
_NAME = re.compile(rf"{DATABASE}|{BLOBS}/([0-9a-f]{{2}})/\1[0-9a-f]{{30}}")  # what a data set may hold
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup consists of."""

    data: Path
    keys: Path
    blobs: int
    size: int  # bytes of the data set


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back and checked."""

    blobs: int
    dossiers_opened: int
    entries: int  # of the log, chain verified


def set_recovery_key(*, now: datetime) -> str:
    """Make a new recovery key, record its public half and return the private one, which is shown once."""
    private, public = recovery.new_pair()
    with transaction():
        Setting.insert(name="recovery_key", value=public, decided_at=now).on_conflict_replace().execute()
        audit.append("backup:recovery-key-set", actor=SYSTEM, at=now, kind="instance")
    return private


def create(folder: Path, keys_folder: Path, *, now: datetime, progress: Progress) -> Made:
    """Write a data set below `folder` and a key set below `keys_folder`; progress(done, all) counts blobs.

    Raises Invalid without a recovery key or when both folders are one, Conflict when this second's set exists.
    """
    recorded = Setting.get_or_none(Setting.name == "recovery_key")
    if recorded is None:
        raise Invalid("还没有恢复密钥。请先运行 backup recovery-key，把显示的密钥交专人保管")
    apart = folder.resolve(), keys_folder.resolve()
    if any(one == other or one in other.parents for one, other in (apart, apart[::-1])):
        raise Invalid("密钥备份不能和数据备份放在一起，请另选介质上的文件夹")
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    data, keys = folder / f"lantai-data-{stamp}", keys_folder / f"lantai-keys-{stamp}.sealed"
    if data.exists() or keys.exists():
        raise Conflict(f"{data} 已经存在，请稍后再试")
    part = data.with_suffix(".part")
    (part / BLOBS).mkdir(parents=True, mode=0o700)
    hashes = _copy(part, progress)
    (part / MANIFEST).write_text(json.dumps({"made": stamp, "sha256": hashes}, indent=1))
    keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys.write_bytes(recovery.seal_to(recorded.value, vault.ring.to_bytes()))
    keys.chmod(0o600)
    os.sync()
    part.rename(data)  # last: a set without its final name is no backup
    with transaction():
        audit.append(
            "backup:created", actor=SYSTEM, at=now, kind="instance", details={"blobs": len(hashes) - 1}
        )
    size = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    return Made(data, keys, len(hashes) - 1, size)


def restore(
    settings: Settings, data: Path, keys: Path, private: str, *, now: datetime, progress: Progress
) -> Restored:
    """Bring an instance back into an empty folder and prove it: hashes, chain, one piece of every dossier.

    Everybody has to sign in again, links not used yet are dead, and the index is built anew. Raises Conflict when
    there is an instance already, Invalid when the sets are damaged or do not belong together; what was brought is
    then taken away again.
    """
    if settings.database.exists() or settings.keyring.exists():
        raise Conflict(f"{settings.instance} 里已有一个实例，不会覆盖")
    hashes = _checked_manifest(data)
    try:
        ring = recovery.unseal_with(private, keys.read_bytes())
    except (Tampered, recovery.BadRecoveryKey) as error:
        raise Invalid("恢复密钥与这份密钥备份不符，或者文件已损坏") from error
    try:
        settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        for done, name in enumerate(sorted(hashes), start=1):
            _copy_checked(data / name, settings.instance / name, hashes[name])
            progress(done, len(hashes))
        KeyRing.from_bytes(ring, settings.keyring)
        open_instance(settings)
        with database.connection_context():
            return _prove(now=now)
    except (Tampered, BlobMissing, KeyRingUnusable, DatabaseError) as error:
        _take_away(settings, hashes)
        raise Invalid("数据备份与密钥备份不是同一个实例的，或者已损坏") from error
    except (Invalid, OSError):
        _take_away(settings, hashes)
        raise


def _take_away(settings: Settings, hashes: Iterable[str]) -> None:
    """Undo a restore that failed, so that it can be tried again with the right sets."""
    for name in (*hashes, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (settings.instance / name).unlink(missing_ok=True)
    settings.keyring.unlink(missing_ok=True)


def _prove(*, now: datetime) -> Restored:
    """Check the restored instance and make it ready to start."""
    verdict = audit.verify()
    opened = _open_one_each()
    if verdict.broken_seq is not None:
        raise Invalid(f"审计日志从第 {verdict.broken_seq} 条起不完整，备份可能被改动过")
    with transaction():
        Session.update(ended_at=now).where(Session.ended_at.is_null()).execute()
        # A link of then may have been used since: whoever kept it could take the account over.
        Enrolment.update(used_at=now).where(Enrolment.used_at.is_null()).execute()
        Job.update(state="waiting", leased_until=None).where(Job.state == "running").execute()
        audit.append(
            "instance:restored", actor=SYSTEM, at=now, kind="instance", details={"entries": verdict.entries}
        )
    indexing.rebuild(now=now)
    return Restored(Blob.select().count(), opened, verdict.entries)


def _open_one_each() -> int:
    """Decrypt the newest piece of every dossier; how many dossiers have one."""
    newest = Blob.select(fn.MAX(Blob.id)).group_by(Blob.dossier)
    blobs = list(Blob.select().where(Blob.id.in_(newest)))
    for blob in blobs:
        pieces.load(blob)
    return len(blobs)


def _copy(part: Path, progress: Progress) -> dict[str, str]:
    """Blobs and database, with the SHA-256 of every file by relative path.

    The blobs first, which takes long, then the database, then the blobs that came meanwhile: a piece withdrawn
    while the copying goes on is then superfluous in the set, never missing from it. One that came and went within
    the last step would be: the last step is taken again.
    """
    held = [blob_id for (blob_id,) in Blob.select(Blob.blob_id).tuples()]
    hashes: dict[str, str] = {}
    for done, blob_id in enumerate(held, start=1):
        if (sealed := _sealed(blob_id)) is not None:
            _put(part, blob_id, sealed, hashes)
        progress(done, len(held))
    while True:
        newer = [b for b in _copy_database(part / DATABASE) if _name(b) not in hashes]
        found = {blob_id: _sealed(blob_id) for blob_id in newer}
        for blob_id, sealed in found.items():
            if sealed is not None:
                _put(part, blob_id, sealed, hashes)
        if None not in found.values():
            return hashes | {DATABASE: _sha256(part / DATABASE)}


def _copy_database(target: Path) -> list[str]:
    """A consistent copy while others write, under the same key. Returns the ids of the blobs it names."""
    target.unlink(missing_ok=True)
    with closing(sqlcipher.connect(str(target))) as copy:
        copy.execute(f"PRAGMA key = \"x'{vault.ring.key(Purpose.DATABASE).hex()}'\"")
        database.connection().backup(copy)
        return [blob_id for (blob_id,) in copy.execute("SELECT blob_id FROM blob")]


def _sealed(blob_id: str) -> bytes | None:
    """The sealed bytes; None when the piece was withdrawn meanwhile. Raises Invalid when it was lost."""
    try:
        return vault.blobs.read(blob_id)
    except BlobMissing as error:
        if Blob.select().where(Blob.blob_id == blob_id).exists():
            raise Invalid(f"页面文件 {blob_id} 丢失，备份没有完成。请先从上一份备份找回它") from error
        return None


def _put(part: Path, blob_id: str, sealed: bytes, hashes: dict[str, str]) -> None:
    path = part / _name(blob_id)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    path.write_bytes(sealed)
    hashes[_name(blob_id)] = hashlib.sha256(sealed).hexdigest()


def _name(blob_id: str) -> str:
    return f"{BLOBS}/{blob_id[:2]}/{blob_id}"


def _checked_manifest(data: Path) -> dict[str, str]:
    """Hashes by name. The set comes from outside: a name may lead nowhere but into the instance."""
    try:
        hashes: dict[str, str] = json.loads((data / MANIFEST).read_text())["sha256"]
        is_whole = DATABASE in hashes and all(_NAME.fullmatch(name) for name in hashes)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(f"{data} 不是一份完整的数据备份") from error
    if not is_whole:
        raise Invalid(f"{data} 不是一份完整的数据备份")
    return hashes


def _copy_checked(source: Path, target: Path, sha256: str) -> None:
    if not source.is_file() or _sha256(source) != sha256:
        raise Invalid(f"备份里的 {source.name} 缺失或已损坏")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
