"""What officers are told, and how they want to be told beyond the app."""

from peewee import BlobField, BooleanField, CharField, ForeignKeyField

from webapp.storage.accounts import Officer, Session
from webapp.storage.database import PublicIdField, Record, UtcField


class Notice(Record):
    """Something an officer is told (消息): a kind and the id it leads to. Its words are made when it is read."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, on_delete="CASCADE")
    kind = CharField(max_length=32)  # NoticeKind
    record = CharField(max_length=16)  # public id of what it is about
    at = UtcField()
    read_at = UtcField(null=True)

    class Meta:
        indexes = ((("officer", "read_at"), False),)


class NoticeWish(Record):
    """How one officer wants to be told. Without a row: in the app alone, and not of single viewings."""

    officer = ForeignKeyField(Officer, primary_key=True, on_delete="CASCADE")
    wants_viewings = BooleanField(default=False)  # an individual: whenever somebody opens the own dossier
    mail = BlobField(null=True)  # sealed address; null: no mail
    messenger = BlobField(null=True)  # sealed number or account; null: no message


class PushSubscription(Record):
    """A device of an officer that is pushed to (推送), as long as its sitting was not ended."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, on_delete="CASCADE")
    session = ForeignKeyField(Session, on_delete="CASCADE")  # the last one on the device
    fingerprint = CharField(max_length=64, unique=True)  # keyed, of the address to push to: a device has one
    sealed = BlobField()  # the address to push to, and the keys of the browser
    created_at = UtcField()
