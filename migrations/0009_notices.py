"""Notices and how officers want to be told. Frozen: names columns in words and never imports the models."""

from peewee import BlobField, BooleanField, CharField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Notice(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        kind = CharField(max_length=32)
        record = CharField(max_length=16)
        at = DateTimeField()
        read_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "notice"
            indexes = ((("officer", "read_at"), False),)

    class NoticeWish(Model):
        officer = ForeignKeyField(Officer, primary_key=True, on_delete="CASCADE")
        wants_viewings = BooleanField(default=False)
        mail = BlobField(null=True)

        class Meta:
            database = db
            table_name = "notice_wish"

    db.create_tables([Notice, NoticeWish])


def down(migrator, db):
    # Loses what officers were told and their mail addresses; nothing else refers to them.
    migrator.migrate(migrator.drop_table("notice_wish"))
    migrator.migrate(migrator.drop_table("notice"))
