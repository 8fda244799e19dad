"""The key ring file (密钥环): root keys that only wrap, and the keys of each purpose wrapped by them.

Rotation adds a root key and rewraps; no wrapped key changes, so nothing sealed is written again.
The file is readable by its owner only (0600) and replaced whole: a power cut leaves the old or the new one.
"""

import base64
import copy
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from webapp.vault.cipher import new_key, seal, unseal


class Purpose(StrEnum):
    """What a long-lived key is for."""

    DATABASE = "database"
    INDEX = "index"
    BLIND_INDEX = "blind_index"
    CREDENTIALS = "credentials"  # TOTP secrets
    SESSION = "session"  # signs the short-lived tokens of forms
    WATERMARK = "watermark"
    PUSH = "push"  # signs what is sent to push hubs


class KeyRingUnusable(Exception):
    """The key ring is missing, readable by others, or not a key ring."""


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that only the root key named `root_id` can unwrap."""

    root_id: str
    sealed: bytes


class KeyProvider(Protocol):
    """Wraps and unwraps keys without ever giving away a root key: a file here, an HSM or a KMS elsewhere."""

    def wrap(self, key: bytes, *, context: bytes) -> Wrapped:
        """Seal a key under the active root key."""

    def unwrap(self, wrapped: Wrapped, *, context: bytes) -> bytes:
        """Open a wrapped key. Raises cipher.Tampered."""


class KeyRing:
    """The key provider of an instance on one machine."""

    def __init__(self, path: Path, content: dict[str, Any]):
        self._path = path
        self._seen: tuple[int, int] | None = None  # which file `content` was read from
        self._take(content)

    @classmethod
    def create(cls, path: Path, *, now: datetime) -> "KeyRing":
        """Make a new ring with a key for every purpose. Refuses to replace an existing file."""
        if path.exists():
            raise KeyRingUnusable(f"{path} exists already")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        ring = cls(path, {"version": 1, "roots": [], "purposes": {}})
        ring._add_root(now)
        for purpose in Purpose:
            ring._put(purpose, new_key())
        ring._save()
        return ring

    @classmethod
    def open(cls, path: Path) -> "KeyRing":
        """Read the ring. Raises KeyRingUnusable when it is missing, not one, or readable by others."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise KeyRingUnusable(f"{path} may be read by others (mode {mode:o}); run: chmod 600 {path}")
            return cls(path, json.loads(path.read_bytes()))
        except FileNotFoundError as error:
            raise KeyRingUnusable(f"{path} is missing") from error
        except (ValueError, KeyError, TypeError) as error:
            raise KeyRingUnusable(f"{path} is not a key ring") from error

    @classmethod
    def from_bytes(cls, raw: bytes, path: Path) -> "KeyRing":
        """A ring restored from a backup, written to `path` at once."""
        if path.exists():
            raise KeyRingUnusable(f"{path} exists already")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        ring = cls(path, json.loads(raw))
        ring._save()
        return ring

    def to_bytes(self) -> bytes:
        """The whole ring, root keys included: only ever to be sealed to a recovery key."""
        self._refresh()
        return json.dumps(self._content, indent=1).encode()

    @property
    def active_root_id(self) -> str:
        """The root key that wraps from now on."""
        self._refresh()
        return str(self._content["roots"][-1]["id"])

    def key(self, purpose: Purpose) -> bytes:
        """The key of one purpose. Raises KeyRingUnusable where the ring is older than the purpose: see provide()."""
        held = self._content["purposes"].get(purpose.value)
        if held is None:
            raise KeyRingUnusable(f"{self._path} holds no key for {purpose}")
        wrapped = Wrapped(held["root"], base64.b64decode(held["wrapped"]))
        return self.unwrap(wrapped, context=_purpose_context(purpose))

    def wrap(self, key: bytes, *, context: bytes) -> Wrapped:
        """Seal a key under the active root key, also when another process has made it so meanwhile."""
        self._refresh()
        return self._wrap(key, context)

    def unwrap(self, wrapped: Wrapped, *, context: bytes) -> bytes:
        """Open a wrapped key. Raises cipher.Tampered, and KeyRingUnusable for a root key that is not held."""
        if wrapped.root_id not in self._roots:
            self._refresh()
        root = self._roots.get(wrapped.root_id)
        if root is None:
            raise KeyRingUnusable(f"root key {wrapped.root_id} is not in {self._path}")
        return unseal(root, wrapped.sealed, context=wrapped.root_id.encode() + b"|" + context)

    def provide(self, purpose: Purpose) -> None:
        """Add the key of a purpose that came after the ring was made; one that is there stays."""
        if purpose.value in self._content["purposes"]:
            return
        with _held_alone(self._path.parent):
            self._refresh()
            if purpose.value not in self._content["purposes"]:
                completed = KeyRing(self._path, copy.deepcopy(self._content))
                completed._put(purpose, new_key())
                completed._save()
        self._refresh()

    def rotate(self, *, now: datetime) -> str:
        """Add a root key, make it the active one and rewrap the purpose keys. Returns its id.

        Data keys of dossiers are rewrapped by the caller; until then the older root keys still open them.
        One process at a time, from the ring as it is on the disk: whoever saved an older one would lose a root
        key for ever. Built aside: a root key that could not be saved must never have wrapped anything.
        """
        with _held_alone(self._path.parent):
            self._refresh()
            renewed = KeyRing(self._path, copy.deepcopy(self._content))
            root_id = renewed._add_root(now)
            for purpose in Purpose:
                if purpose.value in self._content["purposes"]:
                    renewed._put(purpose, self.key(purpose))
            renewed._save()
        self._refresh()
        return root_id

    def _refresh(self) -> None:
        """Take in what another process has saved. A ring that was put away under a running process still serves."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return
        if (seen := (status.st_ino, status.st_mtime_ns)) != self._seen:
            self._take(json.loads(self._path.read_bytes()))
            self._seen = seen

    def _wrap(self, key: bytes, context: bytes) -> Wrapped:
        root_id = str(self._content["roots"][-1]["id"])
        return Wrapped(root_id, seal(self._roots[root_id], key, context=root_id.encode() + b"|" + context))

    def _take(self, content: dict[str, Any]) -> None:
        self._roots: dict[str, bytes] = {
            r["id"]: base64.b64decode(r["key"], validate=True) for r in content["roots"]
        }
        self._content = content

    def _add_root(self, now: datetime) -> str:
        root_id, key = "r" + secrets.token_hex(6), new_key()
        row = {"id": root_id, "created": now.isoformat(), "key": base64.b64encode(key).decode()}
        self._content["roots"].append(row)
        self._roots[root_id] = key
        return root_id

    def _put(self, purpose: Purpose, key: bytes) -> None:
        wrapped = self._wrap(key, _purpose_context(purpose))
        sealed = base64.b64encode(wrapped.sealed).decode()
        self._content["purposes"][purpose.value] = {"root": wrapped.root_id, "wrapped": sealed}

    def _save(self) -> None:
        part = self._path.with_suffix(".part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(self._content, indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        with _opened(self._path.parent) as folder:  # else a power cut may bring the old ring back
            os.fsync(folder)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _held_alone(folder: Path) -> Iterator[None]:
    """Wait until no other process is within; a killed one lets go."""
    with _opened(folder) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _purpose_context(purpose: Purpose) -> bytes:
    return b"purpose|" + purpose.value.encode()
