"""Complaints of individuals."""

from peewee import BlobField, CharField, ForeignKeyField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.reading import Viewing


class Complaint(Record):
    """An individual complains (投诉). Words and answer are sealed under the data key of their dossier."""

    public_id = PublicIdField()
    complainant = ForeignKeyField(Officer, on_delete="RESTRICT")
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    about = CharField(max_length=16)  # About of domain.complaint
    viewing = ForeignKeyField(Viewing, null=True, on_delete="RESTRICT")  # the one complained of
    earlier = ForeignKeyField("self", null=True, on_delete="RESTRICT")  # whose answer is complained of
    handler = CharField(max_length=32)  # the Role that handles it; empty where it concerns all who could
    words = BlobField()
    state = CharField(max_length=16)  # State of domain.complaint
    made_at = UtcField()
    answer = BlobField(null=True)
    answered_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    closed_at = UtcField(null=True)  # answered or withdrawn

    class Meta:
        indexes = ((("handler", "state"), False),)
