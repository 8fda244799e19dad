"""What people ask to have corrected in their own dossier."""

from peewee import BlobField, CharField, ForeignKeyField, IntegerField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.pages import Blob, Page


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


class Proof(Record):
    """A file that goes with a correction (证明), kept sealed as it came; shown as the pictures made of it."""

    public_id = PublicIdField()
    correction = ForeignKeyField(Correction, backref="proofs", on_delete="CASCADE")
    file_name = CharField(max_length=200)
    media_type = CharField(max_length=40)
    original = ForeignKeyField(Blob, on_delete="RESTRICT")
    state = CharField(max_length=16)  # received | decoded | refused
    reason = TextField(default="")  # why it was refused, for the person who sent it
    received_at = UtcField()


class ProofPage(Record):
    """One side of a proof, as wide as a phone reads it."""

    proof = ForeignKeyField(Proof, backref="pages", on_delete="CASCADE")
    number = IntegerField()  # from 1
    image = ForeignKeyField(Blob, on_delete="RESTRICT")
    width_px = IntegerField()
    height_px = IntegerField()

    class Meta:
        indexes = ((("proof", "number"), True),)
