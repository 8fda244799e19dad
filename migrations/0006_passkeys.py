"""Passkeys, their challenges and known devices. Frozen: names columns in words and never imports the models."""

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    Model,
)


def up(migrator, db):
    # Not by migrator.add_column(): it makes the table anew, and with the old one go all rows that refer to it.
    db.execute_sql('ALTER TABLE "session" ADD COLUMN "device_hash" VARCHAR(64) NOT NULL DEFAULT \'\'')

    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class Session(Model):
        class Meta:
            database = db
            table_name = "session"

    class Passkey(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        credential_id = CharField(max_length=1400, unique=True)
        public_key = BlobField()
        sign_count = BigIntegerField()
        transports = CharField(max_length=64)
        is_synced = BooleanField()
        name = CharField(max_length=32)
        device_hash = CharField(max_length=64)
        created_at = DateTimeField()
        used_at = DateTimeField(null=True)
        suspended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "passkey"

    class PasskeyChallenge(Model):
        challenge = CharField(max_length=64, unique=True)
        act = CharField(max_length=16)
        holder = CharField(max_length=64)
        expires_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "passkey_challenge"

    class Device(Model):
        public_id = CharField(unique=True, max_length=16)
        officer = ForeignKeyField(Officer, on_delete="CASCADE")
        device_hash = CharField(max_length=64)
        session = ForeignKeyField(Session, on_delete="CASCADE")
        seen_at = DateTimeField()
        settled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "device"
            indexes = ((("officer", "device_hash"), True),)

    db.create_tables([Passkey, PasskeyChallenge, Device])


def down(migrator, db):
    # Loses the passkeys: everybody signs in by password and code again. Nothing else refers to them.
    for table in ("device", "passkey_challenge", "passkey"):
        migrator.migrate(migrator.drop_table(table))
    db.execute_sql('ALTER TABLE "session" DROP COLUMN "device_hash"')
