"""Sealed pieces as files: written whole or not at all, named by a random id, spread over 256 folders."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

_ID = re.compile(r"[0-9a-f]{32}")


class BlobMissing(Exception):
    """There is no file for this blob id."""


def new_blob_id() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


class BlobStore:
    """Files below one folder. What it holds is already sealed; it neither sees nor keeps a key."""

    def __init__(self, folder: Path):
        self._folder = folder

    def write(self, blob_id: str, sealed: bytes) -> None:
        """Publish one piece: temporary file, fsync, rename, fsync of the folder. Raises OSError when full."""
        path = self._path(blob_id)
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync_folder(self._folder)
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def read(self, blob_id: str) -> bytes:
        """The sealed bytes. Raises BlobMissing."""
        try:
            return self._path(blob_id).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(blob_id) from error

    def delete(self, blob_id: str) -> None:
        """Remove one piece; no error when it is gone already."""
        self._path(blob_id).unlink(missing_ok=True)

    def held(self, *, older_than: float = float("inf")) -> Iterator[str]:
        """Ids of the published pieces last written before `older_than` (POSIX seconds)."""
        for path in self._folder.glob("??/*"):
            if _ID.fullmatch(path.name) and _written(path) < older_than:
                yield path.name

    def sweep_parts(self, *, older_than: float) -> int:
        """Delete temporary files left before `older_than` (POSIX seconds) by dead writers; how many."""
        stale = [p for p in self._folder.glob("??/*.part") if _written(p) < older_than]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def _path(self, blob_id: str) -> Path:
        if not _ID.fullmatch(blob_id):
            raise BlobMissing(blob_id)
        return self._folder / blob_id[:2] / blob_id


def _written(path: Path) -> float:
    """When a file was last written; for ever from now when it has just gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
