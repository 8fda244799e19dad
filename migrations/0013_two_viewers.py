"""Copies made under a grant, and second officers who join a viewing. Frozen: never imports the models.

One right takes the place of two that were never offered: a browser cannot tell printing a file from keeping it.
Back again nothing says that a grant is for two, and one alone could read by it: `down` revokes those that still run.
"""

from datetime import UTC, datetime

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    # As written, not by the migrator: it may make a table anew, and with the old one go all rows that refer to it.
    for table in ("access_request", "grant"):
        db.execute_sql(f'ALTER TABLE "{table}" RENAME COLUMN "may_print" TO "may_copy"')
        db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "may_export"')
    db.execute_sql('ALTER TABLE "grant" ADD COLUMN "is_for_two" INTEGER NOT NULL DEFAULT 0')

    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Session(Model):
        class Meta:
            database = db
            table_name = "session"

    class Material(Model):
        class Meta:
            database = db
            table_name = "material"

    class Viewing(Model):
        class Meta:
            database = db
            table_name = "viewing"

    class Grant(Model):
        class Meta:
            database = db
            table_name = "grant"

    class Copy(Model):
        public_id = CharField(unique=True, max_length=16)
        number = CharField(max_length=12, unique=True)
        seal = CharField(max_length=32, unique=True)
        grant = ForeignKeyField(Grant, on_delete="RESTRICT")
        viewing = ForeignKeyField(Viewing, on_delete="RESTRICT")
        pages = IntegerField()
        made_at = DateTimeField()
        settled_as = CharField(max_length=16, default="")
        settled_at = DateTimeField(null=True)
        settled_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "copy"

    class CopyPart(Model):
        copy = ForeignKeyField(Copy, on_delete="CASCADE")
        material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
        numbers = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "copy_part"

    class Companion(Model):
        public_id = CharField(unique=True, max_length=16)
        viewing = ForeignKeyField(Viewing, on_delete="CASCADE")
        invited_at = DateTimeField()
        officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        session = ForeignKeyField(Session, null=True, on_delete="RESTRICT")
        joined_at = DateTimeField(null=True)
        left_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "companion"

    db.create_tables([Copy, CopyPart, Companion])


def down(migrator, db):
    # Loses the register of copies, whose codes then prove nothing, and who was the second officer of which viewing;
    # the log keeps that they were made and that they joined.
    for table in ("companion", "copy_part", "copy"):
        db.execute_sql(f'DROP TABLE "{table}"')
    now = datetime.now(UTC).isoformat(timespec="microseconds")  # as times are stored
    db.execute_sql(
        'UPDATE "grant" SET "revoked_at" = ? WHERE "is_for_two" = 1 AND "revoked_at" IS NULL AND "not_after" > ?',
        (now, now),
    )
    db.execute_sql('ALTER TABLE "grant" DROP COLUMN "is_for_two"')
    for table in ("access_request", "grant"):
        db.execute_sql(f'ALTER TABLE "{table}" RENAME COLUMN "may_copy" TO "may_print"')
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "may_export" INTEGER NOT NULL DEFAULT 0')
