"""Proposals to lift a recusal. Frozen: names columns in words and never imports the models."""

from peewee import DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Recusal(Model):
        class Meta:
            database = db
            table_name = "recusal"

    class RecusalLift(Model):
        recusal = ForeignKeyField(Recusal, primary_key=True, on_delete="CASCADE")
        reason = TextField()
        proposed_by = ForeignKeyField(Officer, on_delete="RESTRICT")
        proposed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "recusal_lift"

    db.create_tables([RecusalLift])


def down(migrator, db):
    # Loses proposals that nobody has confirmed; the recusals stay, and the log keeps that they were proposed.
    migrator.migrate(migrator.drop_table("recusal_lift"))
