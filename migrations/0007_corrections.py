"""Corrections that people ask for in their own dossier. Frozen: never imports the models."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Dossier(Model):
        class Meta:
            database = db
            table_name = "dossier"

    class Material(Model):
        class Meta:
            database = db
            table_name = "material"

    class Page(Model):
        class Meta:
            database = db
            table_name = "page"

    class Correction(Model):
        public_id = CharField(unique=True, max_length=16)
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
        page = ForeignKeyField(Page, null=True, on_delete="SET NULL")
        field = CharField(max_length=16, default="")
        words = BlobField()
        state = CharField(max_length=16)
        asker = ForeignKeyField(Officer, on_delete="RESTRICT")
        asked_at = DateTimeField()
        decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        answer = BlobField(null=True)

        class Meta:
            database = db
            table_name = "correction"
            indexes = ((("dossier", "state"), False),)

    db.create_tables([Correction])


def down(migrator, db):
    # Loses what people asked to have corrected, and the answers.
    migrator.migrate(migrator.drop_table("correction"))
