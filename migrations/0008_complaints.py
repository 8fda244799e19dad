"""Complaints of individuals. Frozen: names columns in words and never imports the models."""

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

    class Viewing(Model):
        class Meta:
            database = db
            table_name = "viewing"

    class Complaint(Model):
        public_id = CharField(unique=True, max_length=16)
        complainant = ForeignKeyField(Officer, on_delete="RESTRICT")
        dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
        about = CharField(max_length=16)
        viewing = ForeignKeyField(Viewing, null=True, on_delete="RESTRICT")
        earlier = ForeignKeyField("self", null=True, on_delete="RESTRICT")
        handler = CharField(max_length=32)
        words = BlobField()
        state = CharField(max_length=16)
        made_at = DateTimeField()
        answer = BlobField(null=True)
        answered_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "complaint"
            indexes = ((("handler", "state"), False),)

    db.create_tables([Complaint])


def down(migrator, db):
    # Loses all complaints and the answers to them.
    migrator.migrate(migrator.drop_table("complaint"))
