"""Queries for single facts, their answers and certificates. Frozen: never imports the models."""

from peewee import BlobField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model


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

    class FactQuery(Model):
        public_id = CharField(unique=True, max_length=16)
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        asker = ForeignKeyField(Officer, on_delete="RESTRICT")
        role = CharField(max_length=32)
        version = IntegerField(default=0)
        fact_list = CharField(max_length=16)
        state = CharField(max_length=16)
        purpose = CharField(max_length=4)
        details = BlobField()
        wants_certificate = BooleanField(default=False)
        asked_at = DateTimeField()
        approved_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        approved_at = DateTimeField(null=True)
        decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        words = BlobField(null=True)
        revoked_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        revoked_at = DateTimeField(null=True)
        revocation = CharField(max_length=16, default="")
        revocation_words = BlobField(null=True)

        class Meta:
            database = db
            table_name = "fact_query"
            indexes = ((("dossier", "state"), False), (("asker", "state"), False))

    class FactLine(Model):
        query = ForeignKeyField(FactQuery, on_delete="CASCADE")
        fact = CharField(max_length=16)
        outcome = CharField(max_length=16, default="")
        value = BlobField(null=True)
        material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
        page = ForeignKeyField(Page, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "fact_line"
            indexes = ((("query", "fact"), True),)

    class Certificate(Model):
        public_id = CharField(unique=True, max_length=16)
        number = CharField(unique=True, max_length=16)
        query = ForeignKeyField(FactQuery, unique=True, on_delete="RESTRICT")
        content = BlobField()
        issued_at = DateTimeField()

        class Meta:
            database = db
            table_name = "certificate"

    db.create_tables([FactQuery, FactLine, Certificate])


def down(migrator, db):
    # Loses what was asked and answered, and with it every certificate: none can be checked any more.
    migrator.migrate(migrator.drop_table("certificate"))
    migrator.migrate(migrator.drop_table("fact_line"))
    migrator.migrate(migrator.drop_table("fact_query"))
