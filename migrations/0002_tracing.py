"""Leaked pictures that are traced to the viewing they came from."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Trace(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        picture = BlobField(null=True)
        media_type = CharField(max_length=40)
        sha256 = CharField(max_length=64)
        page = CharField(max_length=16, default="")
        dossier = CharField(max_length=40, default="")
        state = CharField(max_length=16)
        reason = TextField(default="")
        answer = TextField(default="")
        asked_at = DateTimeField()
        answered_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "trace"

    db.create_tables([Trace])


def down(migrator, db):
    # Loses what was traced; the log keeps that it was, and how it ended.
    migrator.migrate(migrator.drop_table("trace"))
