"""Sealed pieces: file first, row after; bound to their dossier; orphans swept and nothing else."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import make_dossier, make_material, make_page
from tests.moment import NOW
from webapp.services import pages, pieces
from webapp.services.pieces import ORPHAN_AGE
from webapp.storage.pages import Blob
from webapp.vault.blobs import BlobMissing, BlobStore, new_blob_id
from webapp.vault.cipher import Tampered
from webapp.vault.vault import vault

LATER = NOW + ORPHAN_AGE + timedelta(seconds=1)


def path_of(archive, blob_id: str) -> Path:
    return archive.blobs / blob_id[:2] / blob_id


def age(archive, blob_id: str) -> None:
    """As if the file had been written at NOW."""
    os.utime(path_of(archive, blob_id), (NOW.timestamp(), NOW.timestamp()))


def test_a_piece_is_kept_sealed_and_opens_again(archive):
    blob = pieces.store(make_dossier("张三"), "original", "身份证号".encode(), now=NOW)
    assert pieces.load(Blob.get_by_id(blob.id)) == "身份证号".encode()
    assert "身份证号".encode() not in path_of(archive, blob.blob_id).read_bytes()


def test_a_piece_does_not_open_for_another_dossier_id_or_kind(archive):
    one, other = make_dossier("张三"), make_dossier("李四")
    moved = pieces.store(one, "original", b"content", now=NOW)
    Blob.update(dossier=other).where(Blob.id == moved.id).execute()
    renamed = pieces.store(one, "original", b"content", now=NOW)
    Blob.update(kind="optimised").where(Blob.id == renamed.id).execute()
    copied = pieces.store(one, "original", b"content", now=NOW)
    sealed = path_of(archive, copied.blob_id).read_bytes()
    elsewhere = Blob.create(
        blob_id=new_blob_id(), dossier=one, kind="original", size=1, sha256="", created_at=NOW
    )
    vault.blobs.write(elsewhere.blob_id, sealed)
    for blob in (moved, renamed, elsewhere):
        with pytest.raises(Tampered):
            pieces.load(Blob.get_by_id(blob.id))


def test_two_files_exchanged_on_the_disk_are_noticed(archive):
    dossier = make_dossier("张三")
    one, other = (pieces.store(dossier, "original", content, now=NOW) for content in (b"1", b"2"))
    first, second = path_of(archive, one.blob_id), path_of(archive, other.blob_id)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)
    for blob in (one, other):
        with pytest.raises(Tampered):
            pieces.load(blob)


def test_a_lost_file_is_called_missing(archive):
    blob = pieces.store(make_dossier("张三"), "original", b"content", now=NOW)
    path_of(archive, blob.blob_id).unlink()
    with pytest.raises(BlobMissing):
        pieces.load(blob)


def test_a_text_is_read_back_and_its_size_says_little_about_its_length(archive):
    dossier = make_dossier("张三")
    blobs = [pieces.store_text(dossier, "transcription", b"x" * length, now=NOW) for length in range(40)]
    assert [pieces.load_text(blob) for blob in blobs] == [b"x" * length for length in range(40)]
    assert len({blob.size for blob in blobs}) == 1


def test_a_sealed_value_of_one_column_does_not_open_in_another_or_elsewhere(archive):
    one, other = make_dossier("张三"), make_dossier("李四")
    sealed = pieces.seal_field(one, "id_number", "110101199003074610")
    assert pieces.unseal_field(one, "id_number", sealed) == "110101199003074610"
    for dossier, field in ((one, "clear:p"), (other, "id_number")):
        with pytest.raises(Tampered):
            pieces.unseal_field(dossier, field, sealed)


def test_a_full_disk_leaves_no_row(archive, monkeypatch):
    def full(_store: BlobStore, _blob_id: str, _sealed: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BlobStore, "write", full)
    with pytest.raises(OSError, match="No space"):
        pieces.store(make_dossier("张三"), "original", b"content", now=NOW)
    assert Blob.select().count() == 0


def test_a_sweep_removes_orphans_and_nothing_else(archive):
    dossier = make_dossier("张三")
    page = make_page(make_material(dossier, "1", "干部履历表"))
    needed = {
        page.upload.original.blob_id,
        page.optimised.blob_id,
        page.reading_copy.blob_id,
        page.transcription.blob_id,
    }
    unreferred = pieces.store(dossier, "original", b"half", now=NOW).blob_id
    rowless = new_blob_id()
    vault.blobs.write(rowless, b"sealed")
    for blob_id in (*needed, unreferred, rowless):
        age(archive, blob_id)
    young = pieces.store(dossier, "original", b"young", now=LATER).blob_id
    assert pieces.sweep(pages.unreferred, now=NOW + ORPHAN_AGE) == 0
    assert pieces.sweep(pages.unreferred, now=LATER) == 2
    assert set(vault.blobs.held()) == {*needed, young}
    assert {blob.blob_id for blob in Blob.select()} == {*needed, young}
    assert pieces.sweep(pages.unreferred, now=LATER) == 0
