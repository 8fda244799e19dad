"""The register of paper that was borrowed, extracted from and copied."""

from peewee import SQL, BlobField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.requests import AccessRequest


class Loan(Record):
    """A line of the register (借阅登记簿): who took which paper, what for, until when, and how it ended."""

    public_id = PublicIdField()
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    kind = CharField(max_length=8)  # Kind of domain.loan
    is_whole = BooleanField()  # the whole dossier; else the materials in LoanMaterial
    taker = ForeignKeyField(
        Officer, null=True, on_delete="RESTRICT"
    )  # null: somebody without an account, in `words`
    second = ForeignKeyField(
        Officer, null=True, on_delete="RESTRICT"
    )  # who came along, if they have an account
    request = ForeignKeyField(
        AccessRequest, null=True, on_delete="RESTRICT"
    )  # approved; null: on paper, in `words`
    purpose = CharField(max_length=4)  # code of 条例 Art. 31
    pages = IntegerField(null=True)  # extracted from or copied
    words = BlobField()  # Words of services.loan_words, sealed under the dossier's data key, as `end_words`
    out_on = DateField(index=True)
    due_on = DateField(null=True)  # of borrowed paper
    due_set_at = UtcField()  # reminders before this were of an earlier day
    entered_by = ForeignKeyField(Officer, on_delete="RESTRICT")
    entered_at = UtcField()
    ending = CharField(max_length=16, default="")  # Ending of domain.loan
    is_complete = BooleanField(null=True)  # borrowed paper, checked against the catalogue when it came back
    ended_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    ended_at = UtcField(null=True)
    end_words = BlobField(null=True)

    class Meta:
        indexes = ((("dossier", "ended_at"), False), (("taker", "ended_at"), False))


class LoanMaterial(Record):
    """One material that an entry names."""

    loan = ForeignKeyField(Loan, backref="parts", on_delete="CASCADE")
    material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
    is_out = BooleanField()  # borrowed and not back yet


class LoanExtension(Record):
    """The day on which borrowed paper is due was moved (延期)."""

    loan = ForeignKeyField(Loan, backref="extensions", on_delete="CASCADE")
    due_before = DateField()
    due_after = DateField()
    reason = BlobField()  # sealed
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    at = UtcField()


# No paper is out twice, whatever was overlooked before.
Loan.add_index(
    Loan.index(
        Loan.dossier,
        unique=True,
        name="loan_whole_out",
        where=SQL("kind = 'borrow' AND is_whole AND ended_at IS NULL"),
    )
)
LoanMaterial.add_index(
    LoanMaterial.index(LoanMaterial.material, unique=True, name="loan_material_out", where=SQL("is_out"))
)
