"""Sealed pieces of a dossier: originals, optimised images, transcriptions. File first, row after."""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from webapp.storage.archive import Dossier
from webapp.storage.pages import Blob
from webapp.vault.blobs import new_blob_id
from webapp.vault.keyring import Wrapped
from webapp.vault.vault import vault

_TEXT_BUCKET = 64  # bytes: the size of a sealed text says no more than this about its length
ORPHAN_AGE = timedelta(hours=1)  # longer than any upload: a file without a row older than this has no owner


def store(dossier: Dossier, kind: str, content: bytes, *, now: datetime) -> Blob:
    """Seal and publish one piece, then write its row. Call it before the transaction that refers to it.

    A crash in between leaves a file or a row that nothing refers to, which sweep() removes; never a
    reference without its piece. Raises OSError when the disk is full.
    """
    blob_id = new_blob_id()
    sealed = vault.seal_for(
        dossier.public_id, _data_key(dossier), content, context=_context(blob_id, kind, dossier)
    )
    vault.blobs.write(blob_id, sealed)
    sha256 = hashlib.sha256(content).hexdigest()
    return Blob.create(
        blob_id=blob_id, dossier=dossier, kind=kind, size=len(sealed), sha256=sha256, created_at=now
    )


def load(blob: Blob) -> bytes:
    """The piece, opened. Raises cipher.Tampered or blobs.BlobMissing."""
    dossier = blob.dossier
    return vault.unseal_for(
        dossier.public_id,
        _data_key(dossier),
        vault.blobs.read(blob.blob_id),
        context=_context(blob.blob_id, blob.kind, dossier),
    )


def store_text(dossier: Dossier, kind: str, text: bytes, *, now: datetime) -> Blob:
    """Like store, compressed and padded to hide the exact length."""
    packed = zlib.compress(text, 6)
    padded = len(packed).to_bytes(4, "big") + packed
    return store(dossier, kind, padded + b"\0" * (-len(padded) % _TEXT_BUCKET), now=now)


def load_text(blob: Blob) -> bytes:
    """Inverse of store_text."""
    padded = load(blob)
    return zlib.decompress(padded[4 : 4 + int.from_bytes(padded[:4], "big")])


def discard(blob: Blob | None) -> None:
    """Delete a piece that nothing refers to any more: row first, file after."""
    if blob is not None:
        blob.delete_instance()
        vault.blobs.delete(blob.blob_id)


def seal_field(dossier: Dossier, field: str, value: str) -> bytes:
    """Seal a short value of the dossier's subject, e.g. the ID number, for a column."""
    return vault.seal_for(
        dossier.public_id, _data_key(dossier), value.encode(), context=_field_context(dossier, field)
    )


def unseal_field(dossier: Dossier, field: str, sealed: bytes) -> str:
    """Inverse of seal_field. Raises cipher.Tampered."""
    return vault.unseal_for(
        dossier.public_id, _data_key(dossier), bytes(sealed), context=_field_context(dossier, field)
    ).decode()


def sweep(unreferred: Callable[[datetime], Iterable[Blob]], *, now: datetime) -> int:
    """Remove what killed processes left: files without a row, rows nothing refers to. Returns how many.

    unreferred -- gives the pieces made before a time that nothing refers to
    """
    deadline = now - ORPHAN_AGE
    swept = vault.blobs.sweep_parts(older_than=deadline.timestamp())
    for blob in unreferred(deadline):
        discard(blob)
        swept += 1
    known = {blob_id for (blob_id,) in Blob.select(Blob.blob_id).tuples()}
    for blob_id in vault.blobs.held(older_than=deadline.timestamp()):
        if blob_id not in known:
            vault.blobs.delete(blob_id)
            swept += 1
    return swept


def _data_key(dossier: Dossier) -> Wrapped:
    return Wrapped(dossier.root_id, bytes(dossier.data_key))


def _context(blob_id: str, kind: str, dossier: Dossier) -> bytes:
    """Binds a piece to its own id, kind and dossier; not to a page number, for pages move."""
    return f"blob|{blob_id}|{kind}|{dossier.public_id}".encode()


def _field_context(dossier: Dossier, field: str) -> bytes:
    return f"field|{field}|{dossier.public_id}".encode()
