"""Leaked pictures that were asked about, and what was found."""

from peewee import BlobField, CharField, ForeignKeyField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.database import PublicIdField, Record, UtcField


class Trace(Record):
    """One leaked picture (追查). Its bytes stay until it was compared, then only their SHA-256 does."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")  # null: asked on the console
    picture = BlobField(
        null=True
    )  # the database is encrypted whole, and no dossier's key fits what may be anybody's
    media_type = CharField(max_length=40)
    sha256 = CharField(max_length=64)  # of the picture
    page = CharField(max_length=16, default="")  # public id of the one page to compare with
    dossier = CharField(max_length=40, default="")  # number of the one dossier to compare with
    state = CharField(max_length=16)  # waiting | answered | refused
    reason = TextField(default="")  # why it was refused, for the person who asked
    answer = TextField(default="")  # JSON of services.tracing.Answer: ids and figures only
    asked_at = UtcField()
    answered_at = UtcField(null=True)
