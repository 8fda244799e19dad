"""What was scanned: uploads, pages, their sealed pieces, and the boxes that hide values."""

from peewee import BlobField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField


class Blob(Record):
    """A sealed piece in the blob store. The row is written after the file, so every row has its file."""

    blob_id = CharField(max_length=32, unique=True)
    dossier = ForeignKeyField(Dossier, backref="blobs", on_delete="RESTRICT")
    kind = CharField(max_length=16)  # original | optimised | reading_copy | transcription
    size = IntegerField()  # bytes, sealed
    sha256 = CharField(max_length=64)  # of the unsealed bytes, lowercase hex
    created_at = UtcField()


class Upload(Record):
    """One file that came in at the desk, kept untouched as `original`."""

    public_id = PublicIdField()
    material = ForeignKeyField(Material, backref="uploads", on_delete="RESTRICT")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    file_name = CharField(max_length=200)
    media_type = CharField(max_length=40)
    sha256 = CharField(max_length=64, index=True)  # of the file's bytes
    original = ForeignKeyField(Blob, on_delete="RESTRICT")
    state = CharField(max_length=16)  # received | decoded | refused
    reason = TextField(default="")  # why it was refused, for the person who sent it
    frame_count = IntegerField(null=True)  # known once decoded
    received_at = UtcField()

    class Meta:
        indexes = ((("material", "sha256"), True),)  # the same file is not filed twice in one material


class Page(Record):
    """One scanned side of one sheet (页). `number` counts from 1 within its material."""

    public_id = PublicIdField()
    material = ForeignKeyField(Material, backref="pages", on_delete="RESTRICT")
    upload = ForeignKeyField(Upload, backref="pages", on_delete="RESTRICT")
    frame = IntegerField()  # from 1, within the upload
    number = IntegerField(constraints=[Check("number >= 1")])
    state = CharField(max_length=16)  # received | prepared | read | indexed | damaged
    mask_state = CharField(max_length=16)  # MaskState
    mask_revision = IntegerField(default=0)  # counts up whenever the boxes change; part of every render's key
    mask_rules = IntegerField(default=0)  # revision of domain.mask_rules by which it was searched last
    unsure = TextField(default="")  # why a person must look, one reason a row
    width_px = IntegerField(null=True)  # of the optimised image
    height_px = IntegerField(null=True)
    optimised = ForeignKeyField(Blob, null=True, on_delete="RESTRICT")
    reading_copy = ForeignKeyField(
        Blob, null=True, on_delete="RESTRICT"
    )  # the same, as wide as a phone reads it
    transcription = ForeignKeyField(Blob, null=True, on_delete="RESTRICT")
    verified_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    verified_at = UtcField(null=True)

    class Meta:
        indexes = (
            (("material", "number"), True),
            (("upload", "frame"), True),
            (("mask_state",), False),
            (("mask_rules",), False),
        )


class PageText(Record):
    """The trusted text of a page in both renditions, each sealed under the dossier's data key.

    Derived from transcription and masks: what search proves phrases by and cuts snippets from.
    """

    page = ForeignKeyField(Page, primary_key=True, on_delete="CASCADE")
    clear = BlobField()
    masked = BlobField()


class Mask(Record):
    """A rectangle of a page that is burned out (遮挡框), in pixels of the optimised image."""

    page = ForeignKeyField(Page, backref="masks", on_delete="CASCADE")
    kind = CharField(max_length=16)  # Kind of findings
    left = IntegerField()
    top = IntegerField()
    right = IntegerField()
    bottom = IntegerField()
    rule = CharField(max_length=60)  # what found it, or "drawn"
    is_own = BooleanField(default=False)  # hides the subject's own ID number, which they may see
    drawn_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
