"""Messenger addresses, devices that are pushed to, and jobs that wait for a time. Frozen: never imports the models."""

from peewee import BlobField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Session(Model):
        class Meta:
            database = db
            table_name = "session"

    class PushSubscription(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        session = ForeignKeyField(Session, on_delete="CASCADE")
        fingerprint = CharField(unique=True, max_length=64)
        sealed = BlobField()
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "push_subscription"

    db.create_tables([PushSubscription])
    # As written, not by migrator.add_column(), which makes the tables anew.
    db.execute_sql('ALTER TABLE "notice_wish" ADD COLUMN "messenger" BLOB')
    db.execute_sql('ALTER TABLE "job" ADD COLUMN "due_at" DATETIME')


def down(migrator, db):
    # Loses messenger addresses and subscriptions; jobs that wait for a time are worked at once.
    db.execute_sql('ALTER TABLE "job" DROP COLUMN "due_at"')
    db.execute_sql('ALTER TABLE "notice_wish" DROP COLUMN "messenger"')
    migrator.migrate(migrator.drop_table("push_subscription"))
