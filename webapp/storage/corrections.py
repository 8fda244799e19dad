"""What people ask to have corrected in their own dossier."""

from peewee import BlobField, CharField, ForeignKeyField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.pages import Page


class Correction(Record):
    """A person contests something of their own dossier (更正申请): a field, a material, or one page of it."""

    public_id = PublicIdField()
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
    page = ForeignKeyField(Page, null=True, on_delete="SET NULL")  # with `material`: this page of it
    field = CharField(max_length=16, default="")  # of domain.correction.FIELDS; empty for a material
    words = BlobField()  # sealed under the dossier's data key, as `answer`
    state = CharField(max_length=16)  # State of domain.correction
    asker = ForeignKeyField(Officer, on_delete="RESTRICT")
    asked_at = UtcField()
    decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)  # or withdrawn at
    answer = BlobField(null=True)

    class Meta:
        indexes = ((("dossier", "state"), False),)
