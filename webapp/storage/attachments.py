"""Files that people send along with a correction or with a request."""

from peewee import CharField, Check, ForeignKeyField, IntegerField, TextField

from webapp.storage.archive import Dossier
from webapp.storage.corrections import Correction
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.pages import Blob
from webapp.storage.requests import AccessRequest


class Attachment(Record):
    """A proof of a correction (证明) or a letter of a request (公函), kept sealed as it came, shown as pictures."""

    public_id = PublicIdField()
    correction = ForeignKeyField(Correction, null=True, backref="attachments", on_delete="CASCADE")
    request = ForeignKeyField(AccessRequest, null=True, backref="attachments", on_delete="CASCADE")
    file_name = CharField(max_length=200)
    media_type = CharField(max_length=40)
    original = ForeignKeyField(Blob, on_delete="RESTRICT")
    state = CharField(max_length=16)  # received | decoded | refused
    reason = TextField(default="")  # why it was refused, for the person who sent it
    received_at = UtcField()

    class Meta:
        constraints = [Check("(correction_id IS NULL) <> (request_id IS NULL)")]  # noqa: RUF012

    @property
    def dossier(self) -> Dossier:
        """Whose key seals it."""
        owner = self.correction if self.correction_id else self.request
        dossier: Dossier = owner.dossier
        return dossier

    @property
    def kind(self) -> str:
        """What it is, in the names of acts and of sealed pieces."""
        return "proof" if self.correction_id else "letter"


class AttachmentPage(Record):
    """One side of an attachment, as wide as a phone reads it."""

    attachment = ForeignKeyField(Attachment, backref="pages", on_delete="CASCADE")
    number = IntegerField()  # from 1
    image = ForeignKeyField(Blob, on_delete="RESTRICT")
    width_px = IntegerField()
    height_px = IntegerField()

    class Meta:
        indexes = ((("attachment", "number"), True),)
