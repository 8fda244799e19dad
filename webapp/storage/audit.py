"""The chained log (审计日志)."""

from peewee import CharField, IntegerField, TextField

from webapp.storage.database import Record


class AuditEntry(Record):
    """One entry: canonical JSON and its SHA-256. The JSON names the hash before it."""

    seq = IntegerField(primary_key=True)
    body = TextField()
    hash = CharField(max_length=64)
