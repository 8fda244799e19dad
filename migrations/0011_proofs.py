"""Files that go with a correction, and the pictures made of them. Frozen: never imports the models."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Correction(Model):
        class Meta:
            database = db
            table_name = "correction"

    class Blob(Model):
        class Meta:
            database = db
            table_name = "blob"

    class Proof(Model):
        public_id = CharField(unique=True, max_length=16)
        correction = ForeignKeyField(Correction, on_delete="CASCADE")
        file_name = CharField(max_length=200)
        media_type = CharField(max_length=40)
        original = ForeignKeyField(Blob, on_delete="RESTRICT")
        state = CharField(max_length=16)
        reason = TextField(default="")
        received_at = DateTimeField()

        class Meta:
            database = db
            table_name = "proof"

    class ProofPage(Model):
        proof = ForeignKeyField(Proof, on_delete="CASCADE")
        number = IntegerField()
        image = ForeignKeyField(Blob, on_delete="RESTRICT")
        width_px = IntegerField()
        height_px = IntegerField()

        class Meta:
            database = db
            table_name = "proof_page"
            indexes = ((("proof", "number"), True),)

    db.create_tables([Proof, ProofPage])


def down(migrator, db):
    # Loses the proofs; their sealed pieces are swept as orphans.
    migrator.migrate(migrator.drop_table("proof_page"))
    migrator.migrate(migrator.drop_table("proof"))
