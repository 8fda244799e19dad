"""The migrations and the models describe the same tables."""

import pytest

from webapp.storage.database import database, migrations
from webapp.storage.models import ALL

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
