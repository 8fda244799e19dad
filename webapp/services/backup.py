"""Backup and recovery (备份与恢复): the data and the keys apart, proven by a restore into an empty folder.

The data set holds the database and the blobs, all still sealed. The key set is the key ring sealed to a recovery
key. Neither is worth anything without the other; they belong on different media with different people.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from webapp.domain.errors import Conflict, Invalid
from webapp.services import audit, indexing, pieces
from webapp.services.actor import SYSTEM
from webapp.services.instance import open_instance
from webapp.settings import Settings
from webapp.storage.accounts import Session
from webapp.storage.database import database, transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob
from webapp.storage.policy import Setting
from webapp.vault import recovery
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered
from webapp.vault.keyring import KeyRing, Purpose
from webapp.vault.vault import vault

DATABASE, BLOBS, MANIFEST = "lantai.db", "blobs", "manifest.json"
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
    if keys_folder.resolve() == folder.resolve() or folder.resolve() in keys_folder.resolve().parents:
        raise Invalid("密钥备份不能和数据备份放在一起，请另选介质上的文件夹")
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    data, keys = folder / f"lantai-data-{stamp}", keys_folder / f"lantai-keys-{stamp}.sealed"
    if data.exists() or keys.exists():
        raise Conflict(f"{data} 已经存在，请稍后再试")
    part = data.with_suffix(".part")
    (part / BLOBS).mkdir(parents=True, mode=0o700)
    _copy_database(part / DATABASE)
    hashes = _copy_blobs(part, progress)
    hashes[DATABASE] = _sha256(part / DATABASE)
    (part / MANIFEST).write_text(json.dumps({"made": stamp, "sha256": hashes}, indent=1))
    keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys.write_bytes(recovery.seal_to(recorded.value, vault.ring.to_bytes()))
    keys.chmod(0o600)
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

    Everybody has to sign in again and the index is built anew. Raises Conflict when the folder is not empty,
    Invalid when the sets are damaged or do not belong together.
    """
    if settings.database.exists() or settings.keyring.exists():
        raise Conflict(f"{settings.instance} 里已有一个实例，不会覆盖")
    hashes = _checked_manifest(data)
    try:
        ring = recovery.unseal_with(private, keys.read_bytes())
    except (Tampered, recovery.BadRecoveryKey) as error:
        raise Invalid("恢复密钥与这份密钥备份不符，或者文件已损坏") from error
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    for done, name in enumerate(sorted(hashes), start=1):
        _copy_checked(data / name, settings.instance / name, hashes[name])
        progress(done, len(hashes))
    KeyRing.from_bytes(ring, settings.keyring)
    open_instance(settings)
    with database.connection_context():
        return _prove(now=now)


def _prove(*, now: datetime) -> Restored:
    """Check the restored instance and make it ready to start."""
    try:
        verdict = audit.verify()
        opened = _open_one_each()
    except (Tampered, BlobMissing, sqlcipher.DatabaseError) as error:
        raise Invalid("数据备份与密钥备份不是同一个实例的，或者已损坏") from error
    if verdict.broken_seq is not None:
        raise Invalid(f"审计日志从第 {verdict.broken_seq} 条起不完整，备份可能被改动过")
    with transaction():
        Session.update(ended_at=now).where(Session.ended_at.is_null()).execute()
        Job.update(state="waiting", leased_until=None).where(Job.state == "running").execute()
        audit.append(
            "instance:restored", actor=SYSTEM, at=now, kind="instance", details={"entries": verdict.entries}
        )
    indexing.rebuild(now=now)
    return Restored(Blob.select().count(), opened, verdict.entries)


def _open_one_each() -> int:
    """Decrypt the newest piece of every dossier; how many dossiers have one."""
    seen: set[int] = set()
    for blob in Blob.select().order_by(Blob.id.desc()):
        if blob.dossier_id not in seen:
            seen.add(blob.dossier_id)
            pieces.load(blob)
    return len(seen)


def _copy_database(target: Path) -> None:
    """A consistent copy while others write, under the same key."""
    copy = sqlcipher.connect(str(target))
    try:
        copy.execute(f"PRAGMA key = \"x'{vault.ring.key(Purpose.DATABASE).hex()}'\"")
        database.connection().backup(copy)
    finally:
        copy.close()


def _copy_blobs(part: Path, progress: Progress) -> dict[str, str]:
    """Every blob that has a row, with the SHA-256 of its sealed bytes by relative path."""
    held, hashes = [blob_id for (blob_id,) in Blob.select(Blob.blob_id).tuples()], {}
    for done, blob_id in enumerate(held, start=1):
        try:
            sealed = vault.blobs.read(blob_id)
        except BlobMissing:
            if Blob.select().where(Blob.blob_id == blob_id).exists():
                raise
            continue  # withdrawn since the list was made
        name = f"{BLOBS}/{blob_id[:2]}/{blob_id}"
        path = part / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.write_bytes(sealed)
        hashes[name] = hashlib.sha256(sealed).hexdigest()
        progress(done, len(held))
    return hashes


def _checked_manifest(data: Path) -> dict[str, str]:
    try:
        hashes: dict[str, str] = json.loads((data / MANIFEST).read_text())["sha256"]
    except (OSError, ValueError, KeyError) as error:
        raise Invalid(f"{data} 不是一份完整的数据备份") from error
    return hashes


def _copy_checked(source: Path, target: Path, sha256: str) -> None:
    if not source.is_file() or _sha256(source) != sha256:
        raise Invalid(f"备份里的 {source.name} 缺失或已损坏")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
