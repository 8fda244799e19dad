"""Rotation: every dossier under the new root key, no sealed piece written again, resumable at any point."""

from datetime import timedelta

import pytest

from tests.builders import make_dossier, make_material, make_page
from tests.moment import NOW
from webapp.services import audit, keys, pieces
from webapp.storage.archive import Dossier
from webapp.storage.pages import Blob, Page
from webapp.vault.vault import vault

LATER = NOW + timedelta(days=90)


@pytest.fixture
def dossiers(archive, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    made = [make_dossier(f"某{n}") for n in range(5)]
    make_page(make_material(made[0], "1", "干部履历表"), "姓名 某某 性别 男 民族 汉族")
    return made


def files(archive) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in archive.blobs.rglob("*") if p.is_file()}


def roots() -> set[str]:
    return {dossier.root_id for dossier in Dossier.select()}


def everything_opens() -> bool:
    page = Page.get()
    texts = [
        pieces.load_text(page.transcription),
        pieces.load(page.optimised),
        pieces.load(page.upload.original),
    ]
    return all(texts) and all(pieces.seal_field(dossier, "f", "x") for dossier in Dossier.select())


def test_rotation_rewraps_every_dossier_and_writes_no_piece(dossiers, archive):
    before, former = files(archive), vault.ring.active_root_id
    done = keys.rotate(now=LATER)
    assert (done.rewrapped, roots()) == (5, {done.root_id})
    assert done.root_id != former
    assert files(archive) == before
    assert everything_opens()
    assert [e["details"]["dossiers"] for e in audit.entries() if e["action"] == "keys:rewrapped"] == [1, 2, 2]


def test_a_rotation_that_was_interrupted_is_finished_later(dossiers, monkeypatch):
    really, left = vault.rewrapped, 3

    def interrupted(*given):
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return really(*given)

    monkeypatch.setattr(vault, "rewrapped", interrupted)
    with pytest.raises(KeyboardInterrupt):
        keys.rotate(now=LATER)
    assert len(roots()) == 2  # one batch is done, the other was rolled back whole
    assert everything_opens()
    monkeypatch.undo()
    assert keys.rewrap(now=LATER) == 3
    assert roots() == {vault.ring.active_root_id}
    assert everything_opens()
    assert keys.rewrap(now=LATER) == 0


def test_rotations_may_follow_one_another(dossiers):
    for _ in range(3):
        keys.rotate(now=LATER)
    assert len(roots()) == 1
    assert everything_opens()
    assert Blob.select().count() == 4
    assert audit.verify().broken_seq is None
