"""Files that go with a correction or with a request: the tables of proofs, made anew for both. Frozen: never imports
the models.
"""

from peewee import CharField, Check, DateTimeField, ForeignKeyField, IntegerField, Model, TextField

COLUMNS = '"id", "public_id", "correction_id", "original_id", "file_name", "media_type", "state", "reason"'
COLUMNS += ', "received_at"'
PAGE_COLUMNS = '"number", "image_id", "width_px", "height_px"'


def up(migrator, db):
    class Correction(Model):
        class Meta:
            database = db
            table_name = "correction"

    class AccessRequest(Model):
        class Meta:
            database = db
            table_name = "access_request"

    class Blob(Model):
        class Meta:
            database = db
            table_name = "blob"

    class Attachment(Model):
        public_id = CharField(unique=True, max_length=16)
        correction = ForeignKeyField(Correction, null=True, on_delete="CASCADE")
        request = ForeignKeyField(AccessRequest, null=True, on_delete="CASCADE")
        file_name = CharField(max_length=200)
        media_type = CharField(max_length=40)
        original = ForeignKeyField(Blob, on_delete="RESTRICT")
        state = CharField(max_length=16)
        reason = TextField(default="")
        received_at = DateTimeField()

        class Meta:
            database = db
            table_name = "attachment"
            constraints = [Check("(correction_id IS NULL) <> (request_id IS NULL)")]  # noqa: RUF012

    class AttachmentPage(Model):
        attachment = ForeignKeyField(Attachment, on_delete="CASCADE")
        number = IntegerField()
        image = ForeignKeyField(Blob, on_delete="RESTRICT")
        width_px = IntegerField()
        height_px = IntegerField()

        class Meta:
            database = db
            table_name = "attachment_page"
            indexes = ((("attachment", "number"), True),)

    db.create_tables([Attachment, AttachmentPage])
    db.execute_sql(f'INSERT INTO "attachment" ({COLUMNS}) SELECT {COLUMNS} FROM "proof"')  # noqa: S608
    db.execute_sql(
        f'INSERT INTO "attachment_page" ("id", "attachment_id", {PAGE_COLUMNS}) '  # noqa: S608
        f'SELECT "id", "proof_id", {PAGE_COLUMNS} FROM "proof_page"'
    )
    migrator.migrate(migrator.drop_table("proof_page"))
    migrator.migrate(migrator.drop_table("proof"))


def down(migrator, db):
    # Loses the letters of requests; their sealed pieces are swept as orphans. Proofs of corrections stay.
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
    db.execute_sql(
        f'INSERT INTO "proof" ({COLUMNS}) '  # noqa: S608
        f'SELECT {COLUMNS} FROM "attachment" WHERE "correction_id" IS NOT NULL'
    )
    db.execute_sql(
        f'INSERT INTO "proof_page" ("id", "proof_id", {PAGE_COLUMNS}) '  # noqa: S608
        f'SELECT "id", "attachment_id", {PAGE_COLUMNS} FROM "attachment_page" '
        'WHERE "attachment_id" IN (SELECT "id" FROM "proof")'
    )
    migrator.migrate(migrator.drop_table("attachment_page"))
    migrator.migrate(migrator.drop_table("attachment"))
