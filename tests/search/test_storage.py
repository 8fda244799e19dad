"""What lies on the disk: sealed files and nothing else, and none that opens when it was touched."""

import io
import os
import pickle
import stat
import tempfile
from pathlib import Path

import pytest

from tests.search.corpus import KEY, entries, everywhere, page_texts, verifier
from webapp.domain.errors import ArchiveError
from webapp.search import index as index_module
from webapp.search import sealing
from webapp.search.entry import Entry
from webapp.search.errors import IndexDamaged
from webapp.search.index import Index
from webapp.search.reader import Reader
from webapp.search.sealing import seal, unseal
from webapp.search.sight import Level
from webapp.search.storage import MemoryFile, SealedStorage

FRAME = 1 << 20


def put(index, texts):
    with index.writing() as batch:
        for entry in entries(texts):
            batch.put(entry)


def written(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sealed_file(folder, content, name="a.seg"):
    (folder / name).write_bytes(b"".join(seal(KEY, name, content)))
    return folder / name


def opened(path, key=KEY, name=None):
    with path.open("rb") as stream:
        return unseal(key, name or path.name, stream)


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
def test_what_was_sealed_is_unsealed(tmp_path, size):
    content = bytes(i % 251 for i in range(251)) * (size // 251 + 1)
    assert opened(sealed_file(tmp_path, content[:size])) == content[:size]


def test_every_touched_byte_and_every_cut_is_noticed(tmp_path):
    path = sealed_file(tmp_path, b"x" * 50)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(IndexDamaged):
            opened(path)
        path.write_bytes(whole[:place])
        with pytest.raises(IndexDamaged):
            opened(path)
    path.write_bytes(whole + b"x")
    with pytest.raises(IndexDamaged):
        opened(path)


def test_frames_cannot_be_left_away_or_swapped_nor_a_file_renamed(tmp_path):
    path = sealed_file(tmp_path, b"a" * FRAME + b"b" * FRAME)
    whole, head, frame = path.read_bytes(), sealing._HEADER.size, FRAME + 16
    first, second = whole[head : head + frame], whole[head + frame :]
    for altered in (whole[:head] + first, whole[:head] + second, whole[:head] + second + first):
        path.write_bytes(altered)
        with pytest.raises(IndexDamaged):
            opened(path)
    path.write_bytes(whole)
    with pytest.raises(IndexDamaged):
        opened(path, name="b.seg")


def test_a_wrong_key_is_told_from_damage(tmp_path):
    with pytest.raises(IndexDamaged, match="密钥"):
        opened(sealed_file(tmp_path, b""), key=bytes(32))


def test_no_text_and_no_other_file_reaches_the_disk_even_while_runs_are_sorted(tmp_path, monkeypatch):
    monkeypatch.setattr(index_module, "_SORTING_MB", 0.05)  # many sorting runs
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    folder, texts = tmp_path / "index", page_texts(80)
    texts["page:81"] = "金丝雀 canary7391"
    index = Index(folder, KEY)
    put(index, texts)
    put(index, page_texts(40, seed=2))
    index.merge()
    found = Reader(index).search("canary7391 金丝", sight=everywhere(Level.CLEAR), verify=verifier(texts))
    assert [hit.ref for hit in found.hits] == ["page:81"]
    files = written(folder)
    assert {name.rpartition(".")[2] for name in files} == {"seg", "toc", "MAIN_WRITELOCK"}
    assert files.pop("MAIN_WRITELOCK") == b""
    for content in files.values():
        assert content.startswith(b"LTIX")
        for canary in ("金丝雀", "canary7391", "金丝", "丝雀"):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                assert canary.encode(encoding) not in content
        assert b"whoosh" not in content
    assert not list(elsewhere.iterdir())


def test_an_index_opened_with_another_key_is_damaged(tmp_path):
    Index(tmp_path, KEY)
    with pytest.raises(IndexDamaged) as caught:
        Index(tmp_path, bytes(32))
    assert isinstance(caught.value, ArchiveError)


@pytest.mark.parametrize("suffix", [".seg", ".toc"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove", "swap"])
def test_a_harmed_file_is_noticed_before_anything_is_unpickled(tmp_path, monkeypatch, suffix, harm):
    index = Index(tmp_path, KEY)
    put(index, page_texts(5))
    path = next(path for path in tmp_path.iterdir() if path.suffix == suffix)
    content = path.read_bytes()
    if harm == "remove":
        path.unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
        other = b"".join(seal(KEY, "MAIN_other.seg", pickle.dumps(print)))
        path.write_bytes({"flip": flipped, "cut": content[:-1], "swap": other}[harm])

    def must_not(*_):
        raise RuntimeError("unpickled")

    if suffix == ".toc":
        monkeypatch.setattr(pickle, "loads", must_not)
        monkeypatch.setattr(MemoryFile, "read_pickle", must_not)
    with pytest.raises(IndexDamaged):
        Reader(Index(tmp_path, KEY)).search("张", sight=everywhere(Level.CLEAR), verify=verifier({}))


def test_an_index_of_an_older_form_asks_to_be_rebuilt(tmp_path, monkeypatch):
    Index(tmp_path, KEY)
    monkeypatch.setattr(sealing, "FORM", sealing.FORM + 1)
    with pytest.raises(IndexDamaged, match="格式"):
        Index(tmp_path, KEY)


def test_the_part_of_a_dead_writer_is_swept_and_never_listed(tmp_path):
    index = Index(tmp_path, KEY)
    stale = tmp_path / "MAIN_dead.seg.part"
    stale.write_bytes(b"half")
    assert stale.name not in SealedStorage(tmp_path, KEY).list()
    with index.writing() as batch:
        assert not stale.exists()
        batch.remove("page:1")


def test_what_a_commit_names_is_on_the_disk_before_it_is_named(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, Path.replace

    def noting_fsync(handle):
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        fsync(handle)

    def noting_replace(path, target):
        steps.append(f"name {target.suffix}")
        return replace(path, target)

    index = Index(tmp_path, KEY)
    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(Path, "replace", noting_replace)
    put(index, page_texts(3))
    assert steps == ["sync file", "name .seg", "sync folder", "sync file", "name .toc", "sync folder"]


def test_a_memory_file_reads_like_a_file():
    content = pickle.dumps(["张" * 3000, 1]) + b"\n\x01\x02\x03\x04rest"
    file, plain = MemoryFile(content), io.BytesIO(content)
    assert file.read_pickle() == pickle.load(plain)  # noqa: S301
    assert file.tell() == plain.tell()
    assert (file.readline(), file.read_int()) == (plain.readline(), 0x01020304)
    assert (file.read(2), file.seek(-2, 2), file.read(), file.read(5)) == (
        b"re",
        len(content) - 2,
        b"st",
        b"",
    )
    assert MemoryFile(content).subset(len(content) - 4, 4).read() == b"rest"


def test_the_fingerprint_shows_an_index_put_back(tmp_path):
    index = Index(tmp_path, KEY)
    before, fingerprint = written(tmp_path), index.fingerprint
    put(index, page_texts(3))
    assert index.fingerprint != fingerprint
    for path in tmp_path.iterdir():
        path.unlink()
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    assert Index(tmp_path, KEY).fingerprint == fingerprint


def test_an_entry_out_of_range_is_refused():
    for wrong in ({"ref": "page"}, {"ref": "book:1"}, {"ref": "page:-1"}, {"category": 17}, {"dossier": -1}):
        with pytest.raises(ArchiveError):
            Entry(**{"ref": "page:1", "dossier": 1, "clear": "", "masked": ""} | wrong)
