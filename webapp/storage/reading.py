"""Sittings of reading, and the searches officers made."""

from peewee import CharField, ForeignKeyField, TextField

from webapp.storage.accounts import Officer, Session
from webapp.storage.archive import Dossier
from webapp.storage.database import PublicIdField, Record, UtcField


class Viewing(Record):
    """One officer, one dossier, one sitting (查阅). Its number stands in the watermark and in the log."""

    public_id = PublicIdField()
    number = CharField(max_length=12, unique=True)  # 查阅号, e.g. V7K3M9Q2
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    session = ForeignKeyField(Session, on_delete="RESTRICT")
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    role = CharField(max_length=32)
    purpose = CharField(max_length=4)  # code of 条例 Art. 31, or "own" / "keep"
    opened_at = UtcField()

    class Meta:
        indexes = ((("session", "dossier", "role"), True),)


class Companion(Record):
    """The second officer of a viewing (同阅人), or the place that was made for one and is free for some minutes."""

    public_id = PublicIdField()
    viewing = ForeignKeyField(Viewing, backref="companions", on_delete="CASCADE")
    invited_at = UtcField()
    officer = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    session = ForeignKeyField(Session, null=True, on_delete="RESTRICT")  # their own sitting
    joined_at = UtcField(null=True)
    left_at = UtcField(null=True)


class RecordedSearch(Record):
    """A query an officer made, so that Back and reload work without search words in any address."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, on_delete="CASCADE")
    query = TextField()
    at = UtcField()
