"""Requests to read, their steps, and grants. Frozen: names columns in words and never imports the models."""

from peewee import (
    BooleanField,
    CharField,
    Check,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


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

    class AccessRequest(Model):
        public_id = CharField(unique=True, max_length=16)
        asker = ForeignKeyField(Officer, on_delete="RESTRICT")
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        occasion = CharField(index=True, max_length=16)
        earlier = ForeignKeyField("self", null=True, on_delete="SET NULL")
        state = CharField(index=True, max_length=16)
        version = IntegerField(default=0)
        approvals = IntegerField(default=0)
        approvals_needed = IntegerField(default=1)
        purpose = CharField(max_length=4)
        details = TextField(default="")
        with_guarded = BooleanField(default=False)
        level = CharField(max_length=8, default="masked")
        may_print = BooleanField(default=False)
        may_export = BooleanField(default=False)
        not_before = DateTimeField(null=True)
        not_after = DateTimeField(null=True)
        minutes = IntegerField(default=60)
        created_at = DateTimeField()
        submitted_at = DateTimeField(null=True)
        decided_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "access_request"
            indexes = ((("asker", "state"), False), (("dossier", "asker"), False))

    class RequestScope(Model):
        request = ForeignKeyField(AccessRequest, on_delete="CASCADE")
        material = ForeignKeyField(Material, null=True, on_delete="CASCADE")
        category = CharField(max_length=4, default="")

        class Meta:
            database = db
            table_name = "request_scope"

    class RequestStep(Model):
        request = ForeignKeyField(AccessRequest, on_delete="CASCADE")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        kind = CharField(max_length=16)
        words = TextField(default="")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "request_step"

    class Grant(Model):
        public_id = CharField(unique=True, max_length=16)
        request = ForeignKeyField(AccessRequest, on_delete="RESTRICT")
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        level = CharField(max_length=8)
        may_print = BooleanField()
        may_export = BooleanField()
        with_guarded = BooleanField()
        is_double = BooleanField()
        in_force_at = DateTimeField(null=True)
        not_before = DateTimeField()
        not_after = DateTimeField()
        allowed_ms = IntegerField()
        used_ms = IntegerField(default=0, constraints=[Check("used_ms >= 0")])
        contact_at = DateTimeField(null=True)
        created_at = DateTimeField()
        revoked_at = DateTimeField(null=True)
        revoked_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "grant"
            indexes = ((("officer", "dossier"), False),)

    class GrantScope(Model):
        grant = ForeignKeyField(Grant, on_delete="CASCADE")
        material = ForeignKeyField(Material, null=True, on_delete="CASCADE")
        category = CharField(max_length=4, default="")

        class Meta:
            database = db
            table_name = "grant_scope"

    db.create_tables([AccessRequest, RequestScope, RequestStep, Grant, GrantScope])


def down(migrator, db):
    # Loses who asked, who decided and what was granted; the log keeps that they did. Nothing else refers to them.
    for table in ("grant_scope", "grant", "request_step", "request_scope", "access_request"):
        migrator.migrate(migrator.drop_table(table))
