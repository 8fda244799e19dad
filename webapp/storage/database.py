"""The one database handle: SQLCipher, opened by the composition roots only."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from peewee import CharField, DateTimeField, Model
from playhouse.migrations import Runner
from playhouse.sqlcipher_ext import SqlCipherDatabase

Work = TypeVar("Work", bound=Callable[..., Any])
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"

PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    "busy_timeout": 5000,  # ms a writer waits for another
    "synchronous": "full",  # an audit entry that was acknowledged survives a power cut
    "temp_store": "memory",  # nothing decrypted touches the disk
    "secure_delete": 1,
    "trusted_schema": 0,
    "recursive_triggers": 1,  # without it INSERT OR REPLACE deletes an audit entry past its trigger
}


class ArchiveDatabase(SqlCipherDatabase):
    """SQLCipher as this archive uses it."""

    def rollback(self) -> None:
        """Undo the transaction. SQLite has done so itself when the disk was full: then that error is the one told."""
        if self.connection().in_transaction:
            super().rollback()


database = ArchiveDatabase(None)  # the path is not known until open_database()


def open_database(path: Path, key: bytes) -> None:
    """Point the handle at a file and its raw 32-byte key. Connections open per request or per job.

    The key goes in as x'…': a text passphrase would cost a key derivation at every connection.
    """
    if not database.is_closed():
        database.close()
    database.init(str(path), pragmas=PRAGMAS, passphrase=f"x'{key.hex()}'")


class Transaction(Protocol):
    """A unit of work: entered as a context, or put on a function as a decorator."""

    def __enter__(self) -> object: ...
    def __exit__(self, *raised: object) -> bool | None: ...
    def __call__(self, function: Work) -> Work: ...  # noqa: D102


def transaction() -> Transaction:
    """One unit of work, as a context manager or a decorator: all of it is kept or nothing.

    IMMEDIATE, because a deferred transaction that reads first fails as soon as two write at once.
    """
    unit: Transaction = database.atomic("IMMEDIATE")
    return unit


def migrations() -> Runner:
    """The runner of migrations/NNNN_*.py against the open database."""
    return Runner(database, str(MIGRATIONS))


def new_public_id() -> str:
    """A random id for addresses: 96 bits, 16 characters, says nothing about what it names."""
    return secrets.token_urlsafe(12)


class UtcField(DateTimeField):
    """An aware UTC time, stored as ISO 8601 text in seconds and microseconds; naive times are refused."""

    def db_value(self, value: datetime | None) -> str | None:
        """Text that sorts as time does."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time for {self.name}: {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def python_value(self, value: str | None) -> datetime | None:
        """The aware time back."""
        return datetime.fromisoformat(value) if value else None


class Record(Model):
    """Base of every stored record."""

    class Meta:
        database = database
        legacy_table_names = False


class PublicIdField(CharField):
    """The id of a record in addresses."""

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=16, unique=True, default=new_public_id, **kwargs)
