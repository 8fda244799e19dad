"""Backup and recovery: both halves together bring everything back, and nothing less does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import ID_NUMBER, index_all, make_dossier, make_material, make_officer, make_page, send
from tests.moment import NOW
from webapp.domain.disclosure import Policy, Preset
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.services import audit, backup, enrolment, instance, keys, pieces, policy
from webapp.services.backup import DATABASE, MANIFEST
from webapp.settings import Settings
from webapp.storage.accounts import Session
from webapp.storage.archive import Dossier
from webapp.storage.database import database, transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Page
from webapp.vault.keyring import KeyRing
from webapp.vault.recovery import new_pair
from webapp.vault.vault import vault

LINES = ("姓名 张三 性别 男", f"身份证号 {ID_NUMBER}", "籍贯 云梧 政治面貌 党员")


@dataclass
class Sets:
    """A backup that was made, and what opens it."""

    data: Path
    keys: Path
    private: str

    def restore(self, to: Settings, **other: object) -> backup.Restored:
        given = {"data": self.data, "keys": self.keys, "private": self.private} | other
        return backup.restore(to, *given.values(), now=NOW, progress=silent)


def silent(_done: int, _of: int) -> None:
    pass


def create(folder: Path, keys_folder: Path) -> backup.Made:
    return backup.create(folder, keys_folder, now=NOW, progress=silent)


@pytest.fixture
def archive(settings) -> Iterator[Settings]:
    """An empty instance; here the handles move on to the restored one, so the connection is closed by hand."""
    instance.create(settings, policy.Instance("云梧市", Policy(Preset.STANDARD, True, True), False), now=NOW)
    database.connect()
    yield settings
    if not database.is_closed():
        database.close()


@pytest.fixture
def page(archive):
    return make_page(make_material(make_dossier("张三"), "1", "干部履历表"), *LINES)


@pytest.fixture
def sets(page, tmp_path) -> Sets:
    make_officer()
    private = backup.set_recovery_key(now=NOW)
    made = create(tmp_path / "a", tmp_path / "b")
    return Sets(made.data, made.keys, private)


@pytest.fixture
def elsewhere(tmp_path) -> Settings:
    return Settings(
        instance=tmp_path / "new" / "instance", keyring=tmp_path / "new" / "keys" / "keyring.json"
    )


def is_empty(settings: Settings) -> bool:
    held = [path for path in settings.instance.rglob("*") if path.is_file()]
    return not held and not settings.keyring.exists()


def test_both_sets_and_the_recovery_key_bring_everything_back(sets, page, elsewhere):
    entries = audit.verify().entries
    done = sets.restore(elsewhere)
    assert (done.blobs, done.dossiers_opened) == (4, 1)
    assert done.entries == entries - 1  # the entry of the backup itself came after
    with database.connection_context():
        assert database.database == str(elsewhere.database)
        restored = Page.get(Page.public_id == page.public_id)
        assert ID_NUMBER.encode() in pieces.load_text(restored.transcription)
        assert audit.verify().broken_seq is None
        assert next(audit.entries(limit=1))["action"] == "index:rebuilt"
        assert index_all() == 3


def test_nobody_stays_signed_in_and_interrupted_work_waits_again(sets, elsewhere):
    sets.restore(elsewhere)
    with database.connection_context():
        assert Session.select().count() > 0
        assert not Session.select().where(Session.ended_at.is_null()).exists()
        assert not Job.select().where(Job.state == "running").exists()


def test_a_link_of_the_time_of_the_backup_enrols_nobody(page, tmp_path, elsewhere):
    officer = make_officer().person
    with transaction():
        token = enrolment.issue(officer, now=NOW)
    private = backup.set_recovery_key(now=NOW)
    made = create(tmp_path / "a", tmp_path / "b")
    assert enrolment.find(token, now=NOW)
    Sets(made.data, made.keys, private).restore(elsewhere)
    with database.connection_context(), pytest.raises(NotFound):
        enrolment.find(token, now=NOW)


def test_neither_set_holds_anything_readable(sets):
    whole = b"".join(path.read_bytes() for path in (*sets.data.rglob("*"), sets.keys) if path.is_file())
    roots = [row["key"] for row in json.loads(vault.ring.to_bytes())["roots"]]
    for readable in ("张三", ID_NUMBER, "干部履历表", "SQLite format", *roots):
        assert readable.encode() not in whole
    assert sets.keys.stat().st_mode & 0o777 == 0o600


def test_an_instance_is_never_replaced(sets, archive):
    with pytest.raises(Conflict):
        sets.restore(archive)


def test_another_recovery_key_opens_nothing(sets, elsewhere):
    for private in (new_pair()[0], "ABCD", ""):
        with pytest.raises(Invalid, match="恢复密钥"):
            sets.restore(elsewhere, private=private)
    assert is_empty(elsewhere)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_every_damaged_or_missing_file_of_a_set_is_noticed_and_nothing_stays(sets, elsewhere, damage):
    files = [path for path in sets.data.rglob("*") if path.is_file()]
    for path in files:
        kept = path.read_bytes()
        if damage == "flip":
            path.write_bytes(kept[:30] + bytes([kept[30] ^ 1]) + kept[31:])
        elif damage == "cut":
            path.write_bytes(kept[: len(kept) // 2])
        else:
            path.unlink()
        if path.name == MANIFEST and damage == "flip":
            path.write_bytes(kept.replace(b"sha256", b"sha255"))
        with pytest.raises(Invalid):
            sets.restore(elsewhere)
        assert is_empty(elsewhere)
        path.write_bytes(kept)
    assert sets.restore(elsewhere).blobs == 4


def test_a_damaged_key_set_is_noticed(sets, elsewhere):
    sealed = sets.keys.read_bytes()
    for damaged in (b"", sealed[:-1], sealed[:40] + b"x" + sealed[41:]):
        sets.keys.write_bytes(damaged)
        with pytest.raises(Invalid, match="恢复密钥"):
            sets.restore(elsewhere)
    assert is_empty(elsewhere)


@pytest.mark.parametrize(
    "name",
    [
        "../../evil",
        "/etc/evil",
        "blobs/aa/../../evil",
        "blobs/aa/evil",
        "keyring.json",
        "blobs/ab/" + "a" * 32,
    ],
)
def test_a_set_cannot_write_outside_the_instance(sets, elsewhere, name):
    manifest = sets.data / MANIFEST
    held = json.loads(manifest.read_bytes())
    held["sha256"][name] = held["sha256"][DATABASE]
    manifest.write_text(json.dumps(held))
    with pytest.raises(Invalid):
        sets.restore(elsewhere)
    assert is_empty(elsewhere)


def test_keys_and_data_of_different_instances_do_not_go_together(sets, elsewhere, tmp_path):
    other = Settings(instance=tmp_path / "other" / "instance", keyring=tmp_path / "other" / "keyring.json")
    database.close()
    instance.create(other, policy.Instance("别处", Policy(Preset.STANDARD, False, False), False), now=NOW)
    with database.connection_context():
        private = backup.set_recovery_key(now=NOW)
        foreign = create(tmp_path / "c", tmp_path / "d")
    with pytest.raises(Invalid, match="不是同一个实例"):
        sets.restore(elsewhere, keys=foreign.keys, private=private)
    assert is_empty(elsewhere)
    assert sets.restore(elsewhere).blobs == 4


def test_a_log_that_was_changed_before_the_backup_is_noticed(page, tmp_path, elsewhere):
    private = backup.set_recovery_key(now=NOW)
    database.execute_sql("DROP TRIGGER audit_entry_keeps_update")
    database.execute_sql(
        "UPDATE audit_entry SET body = replace(body, 'upload:received', 'upload:retried') WHERE seq > 1"
    )
    made = create(tmp_path / "a", tmp_path / "b")
    with pytest.raises(Invalid, match="审计日志"):
        Sets(made.data, made.keys, private).restore(elsewhere)
    assert is_empty(elsewhere)


def test_the_sets_are_made_apart_and_only_with_a_recovery_key(page, tmp_path):
    with pytest.raises(Invalid, match="恢复密钥"):
        create(tmp_path / "a", tmp_path / "b")
    backup.set_recovery_key(now=NOW)
    for data, keys_folder in (("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a", "x/../a")):
        with pytest.raises(Invalid, match="放在一起"):
            create(tmp_path / data, tmp_path / keys_folder)
    create(tmp_path / "a", tmp_path / "b")
    with pytest.raises(Conflict):
        create(tmp_path / "a", tmp_path / "b")


def test_what_comes_and_goes_while_a_backup_runs_leaves_it_whole(page, tmp_path, elsewhere, monkeypatch):
    """A page is taken out after its blobs were listed, others come after the copying and before the database."""
    private, material = backup.set_recovery_key(now=NOW), page.material
    really, moments = backup._copy_database, []

    def copy_database(target: Path) -> list[str]:
        if not moments:
            make_page(material, *LINES)
        listed = really(target)
        if len(moments) == 1:
            moments.append("settled")
        if not moments:  # between the copy of the database and that of what came meanwhile
            newest = Page.select().order_by(Page.id.desc()).first()
            pieces_of_page = [newest.optimised, newest.reading_copy, newest.transcription]
            for blob in [newest.upload.original, *pieces_of_page]:
                vault.blobs.delete(blob.blob_id)
            Page.delete_by_id(newest.id)
            Blob.delete().where(Blob.id.in_(pieces_of_page)).execute()
            type(newest.upload).delete_by_id(newest.upload.id)
            Blob.delete_by_id(newest.upload.original.id)
            moments.append("withdrawn")
        return listed

    monkeypatch.setattr(backup, "_copy_database", copy_database)
    made = create(tmp_path / "a", tmp_path / "b")
    assert moments == ["withdrawn", "settled"]
    assert Sets(made.data, made.keys, private).restore(elsewhere).blobs == 4


def test_a_backup_made_while_another_process_rotates_opens(page, tmp_path, elsewhere):
    private = backup.set_recovery_key(now=NOW)
    KeyRing.open(vault.ring._path).rotate(now=NOW)  # the other process; its dossiers follow here
    keys.rewrap(now=NOW)
    assert Dossier.get().root_id == vault.ring.active_root_id
    made = create(tmp_path / "a", tmp_path / "b")
    assert Sets(made.data, made.keys, private).restore(elsewhere).dossiers_opened == 1


def test_a_lost_page_file_stops_the_backup_in_words(page, tmp_path):
    backup.set_recovery_key(now=NOW)
    vault.blobs.delete(page.optimised.blob_id)
    with pytest.raises(Invalid, match="丢失"):
        create(tmp_path / "a", tmp_path / "b")
    assert not list((tmp_path / "a").glob("lantai-data-*Z"))


def test_a_dossier_without_pages_is_restored_too(archive, tmp_path, elsewhere):
    make_dossier("李四")
    private = backup.set_recovery_key(now=NOW)
    made = create(tmp_path / "a", tmp_path / "b")
    done = Sets(made.data, made.keys, private).restore(elsewhere)
    assert (done.blobs, done.dossiers_opened) == (0, 0)
    with database.connection_context():
        material = make_material(Dossier.get(), "1", "干部履历表")
        assert send(material).material == material
