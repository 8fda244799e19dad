"""Approvers who stand in for others, and in whose name a step was done. Frozen: never imports the models."""

from peewee import CharField, DateTimeField, ForeignKeyField, Model, TextField

DECIDED = ("request_step", "fact_query")


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Delegation(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="RESTRICT")
        deputy = ForeignKeyField(Officer, on_delete="RESTRICT")
        reason = TextField()
        begins_at = DateTimeField()
        ends_at = DateTimeField()
        created_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        ended_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "delegation"

    db.create_tables([Delegation])
    # Not by migrator.add_column(): it makes the table anew.
    for table in DECIDED:
        db.execute_sql(
            f'ALTER TABLE "{table}" ADD COLUMN "absent_id" INTEGER REFERENCES "officer" ("id") ON DELETE RESTRICT'
        )
        db.execute_sql(f'CREATE INDEX "{table}_absent_id" ON "{table}" ("absent_id")')


def down(migrator, db):
    # Loses who stood in for whom; the log keeps it, and who did each step stays.
    for table in DECIDED:
        db.execute_sql(f'DROP INDEX "{table}_absent_id"')
        db.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN "absent_id"')
    migrator.migrate(migrator.drop_table("delegation"))
