"""The migrations and the models describe the same tables."""

from datetime import UTC, datetime

import pytest

from tests.asking import DAY, granted, make_draft
from tests.builders import ELSEWHERE, make_dossier, make_material, make_officer, picture
from tests.moment import NOW
from webapp.domain.role import Role
from webapp.services import attachments, corrections, jobs, letters, proofs
from webapp.services.corrections import Aim
from webapp.storage.attachments import Attachment
from webapp.storage.database import database, migrations
from webapp.storage.models import ALL
from webapp.storage.requests import Grant

TABLES = {model._meta.table_name for model in ALL}


def shape():
    """Columns (name, type, not null, primary key) and indexes of every table; names of indexes left out."""
    found = {}
    for table in sorted(set(database.get_tables()) - {"schema_migration"}):
        columns = database.execute_sql(f'PRAGMA table_info("{table}")').fetchall()
        indexes = database.get_indexes(table)
        keys = database.execute_sql(f'PRAGMA foreign_key_list("{table}")').fetchall()
        checks = database.execute_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        found[table] = (
            sorted((c[1], c[2].upper(), c[3], c[5]) for c in columns),
            sorted((tuple(i.columns), i.unique) for i in indexes),
            sorted((k[2], k[3], k[4], k[6]) for k in keys),
            checks.upper().count("CHECK"),
        )
    return found


def test_migrated_tables_equal_the_models(archive):
    migrated = shape()
    migrations().down("0001_initial")
    assert set(database.get_tables()) <= {"schema_migration"}
    database.create_tables(ALL)
    assert migrated == shape()
    assert set(migrated) == TABLES


@pytest.mark.parametrize("event", ["UPDATE audit_entry SET body = ''", "DELETE FROM audit_entry"])
def test_an_audit_entry_is_neither_changed_nor_deleted(archive, event):
    with pytest.raises(Exception, match="never changed"):
        database.execute_sql(event)


def test_what_was_asked_and_granted_survives_the_one_right_to_copies_in_both_directions(archive):
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    granted(asker, make_material(make_dossier("张三"), "4-1", "学历材料"), may_copy=True)

    def held(column):
        asked = database.execute_sql(f'SELECT {column} FROM "access_request"').fetchall()  # noqa: S608
        given = database.execute_sql(f'SELECT {column} FROM "grant"').fetchall()  # noqa: S608
        scopes = database.execute_sql("SELECT count(*) FROM grant_scope").fetchone()[0]
        return asked, given, scopes

    migrations().down("0013_two_viewers")
    assert held("may_print, may_export") == ([(1, 0)], [(1, 0)], 1)
    migrations().up()
    assert held("may_copy") == ([(1,)], [(1,)], 1)
    assert Grant.get().is_for_two is False


def test_grants_for_two_end_where_nothing_says_any_more_that_they_are(archive):
    now = datetime.now(UTC)  # a migration asks no clock of ours
    asker, material = (
        make_officer(Role.OFFICIAL, lookup=ELSEWHERE),
        make_material(make_dossier("张三"), "1", "履历"),
    )
    alone, two, over = (granted(asker, material, now=when) for when in (now, now, now - 9 * DAY))
    Grant.update(is_for_two=True).where(Grant.id.in_([two.id, over.id])).execute()
    migrations().down("0013_two_viewers")
    migrations().up()
    assert [one.revoked_at is None for one in (Grant.get_by_id(each.id) for each in (alone, two, over))] == [
        True,
        False,
        True,
    ]
    assert Grant.get_by_id(two.id).revoked_at >= now


def test_proofs_outlive_the_tables_they_were_in_both_ways(archive):
    dossier = make_dossier("张三")
    owner = make_officer(Role.INDIVIDUAL, subject=dossier.subject)
    asked = corrections.ask(owner, Aim("birth"), "应当是 1970 年 3 月，见户口簿", now=NOW)
    proof = proofs.attach(owner, asked.public_id, "户口簿.jpg", picture("proof"), now=NOW)
    job = jobs.claim((attachments.OPEN,), now=NOW)
    attachments.decoded(job, proof, [attachments.Picture(picture("side"), 10, 14)], now=NOW)
    asker = make_officer(Role.OFFICIAL, lookup=ELSEWHERE)
    draft = make_draft(asker, make_material(dossier, "1", "履历表"))
    letters.attach(asker, draft.public_id, "公函.jpg", picture("letter"), now=NOW)
    held = database.execute_sql("SELECT * FROM attachment_page").fetchall()
    migrations().down("0018_letters")
    assert database.execute_sql("SELECT public_id, file_name FROM proof").fetchall() == [
        (proof.public_id, "户口簿.jpg")
    ]
    assert len(database.execute_sql("SELECT * FROM proof_page").fetchall()) == 1
    migrations().up()
    assert [one.public_id for one in Attachment.select()] == [proof.public_id]
    assert database.execute_sql("SELECT * FROM attachment_page").fetchall() == held
    assert proofs.picture(owner, proof.public_id, 1, now=NOW).content
