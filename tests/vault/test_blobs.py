"""Sealed pieces as files: there as a whole or not at all."""

import os
from pathlib import Path

import pytest

from webapp.vault import blobs
from webapp.vault.blobs import BlobMissing, BlobStore, new_blob_id


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_written_is_read_and_deleted(store):
    blob_id = new_blob_id()
    store.write(blob_id, b"sealed")
    assert store.read(blob_id) == b"sealed"
    store.delete(blob_id)
    store.delete(blob_id)
    with pytest.raises(BlobMissing):
        store.read(blob_id)


@pytest.mark.parametrize(
    "name", ["../" + "a" * 30, "A" * 32, "a" * 31, "a" * 33, "", "a" * 32 + "\n", "\0" * 32, "/etc/passwd"]
)
def test_a_name_that_is_no_id_reaches_no_file(store, tmp_path, name):
    for act in (store.read, store.delete, lambda given: store.write(given, b"x")):
        with pytest.raises(BlobMissing):
            act(name)
    assert files(tmp_path) == []


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_write_that_fails_leaves_nothing(store, tmp_path, monkeypatch, step):
    def full(*_given, **_more):
        raise OSError(28, "No space left on device")

    target = {"open": (Path, "open"), "fsync": (blobs.os, "fsync"), "replace": (Path, "replace")}[step]
    blob_id = new_blob_id()
    (tmp_path / "blobs" / blob_id[:2]).mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(*target, full)
        with pytest.raises(OSError, match="No space"):
            store.write(blob_id, b"sealed")
    assert files(tmp_path) == []
    assert list(store.held()) == []


def test_a_piece_appears_only_after_its_bytes_are_on_the_disk(store, monkeypatch):
    seen, blob_id = [], new_blob_id()
    really = os.fsync

    def watched(handle: int) -> None:
        seen.append((os.path.isdir(f"/proc/self/fd/{handle}"), list(store.held())))
        really(handle)

    monkeypatch.setattr(blobs.os, "fsync", watched)
    store.write(blob_id, b"sealed")
    assert seen[-2:] == [(False, []), (True, [blob_id])]  # the file before it has its name, the folder after
    assert seen[0] == (
        True,
        [],
    )  # the new folder of its two digits, for a power cut would take it with all in it


def test_half_written_files_are_neither_listed_nor_kept_for_ever(store, tmp_path):
    blob_id = new_blob_id()
    store.write(blob_id, b"sealed")
    part = next((tmp_path / "blobs").glob("??")) / ("b" * 32 + ".part")
    part.write_bytes(b"half")
    os.utime(part, (1000, 1000))
    assert list(store.held()) == [blob_id]
    assert store.sweep_parts(older_than=1000) == 0
    assert store.sweep_parts(older_than=1001) == 1
    assert files(tmp_path) == [blob_id]


def test_pieces_are_listed_by_age(store, tmp_path):
    old, young = new_blob_id(), new_blob_id()
    for blob_id, written in ((old, 1000), (young, 2000)):
        store.write(blob_id, b"sealed")
        os.utime(tmp_path / "blobs" / blob_id[:2] / blob_id, (written, written))
    assert list(store.held(older_than=1500)) == [old]
    assert set(store.held()) == {old, young}
