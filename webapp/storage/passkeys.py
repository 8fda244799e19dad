"""Passkeys of officers, what they were asked to sign, and the devices officers have signed in on."""

from peewee import BigIntegerField, BlobField, BooleanField, CharField, ForeignKeyField

from webapp.storage.accounts import Officer, Session
from webapp.storage.database import PublicIdField, Record, UtcField


class Passkey(Record):
    """A key pair on a phone or a security key (通行密钥), of which this is the public half."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, backref="passkeys", on_delete="CASCADE")
    credential_id = CharField(max_length=1400, unique=True)  # base64url; up to 1023 bytes (WebAuthn 4)
    public_key = BlobField()  # COSE
    sign_count = BigIntegerField()  # of the last use; stays 0 where the authenticator does not count
    transports = CharField(max_length=64)  # space-separated: internal, hybrid, usb, …
    is_synced = BooleanField()  # may be copied to other devices of its owner through their cloud
    name = CharField(max_length=32)
    device_hash = CharField(max_length=64)  # of the sitting it was added in
    created_at = UtcField()
    used_at = UtcField(null=True)
    suspended_at = UtcField(null=True)  # its counter went backwards: perhaps there is a copy


class PasskeyChallenge(Record):
    """Random bytes that one browser may have signed, once."""

    challenge = CharField(max_length=64, unique=True)  # base64url
    act = CharField(max_length=16)  # ceremonies.Act
    holder = CharField(max_length=64)  # the browser and sitting it was given to, as a keyed hash
    expires_at = UtcField(index=True)


class Device(Record):
    """A browser on which an officer has completed a sign-in. It says which one only to who holds its cookie."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, backref="devices", on_delete="CASCADE")
    device_hash = CharField(max_length=64)  # keyed, of cookie and officer: two officers' rows do not match
    session = ForeignKeyField(Session, on_delete="CASCADE")  # the first sitting there
    seen_at = UtcField()  # last sign-in
    settled_at = UtcField(null=True)  # null while the officer is asked whether it was them

    class Meta:
        indexes = ((("officer", "device_hash"), True),)
