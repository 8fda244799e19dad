"""Queries for single facts of a dossier, the answers to them, and the certificates issued on them."""

from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.pages import Page


class FactQuery(Record):
    """Somebody asks for facts of one dossier (事实查询): an official, or the person it is about."""

    public_id = PublicIdField()
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    asker = ForeignKeyField(Officer, on_delete="RESTRICT")
    role = CharField(max_length=32)  # in which they asked: official | individual
    version = IntegerField(default=0)  # counts up at every change: what is answered is what was seen
    fact_list = CharField(max_length=16)  # version of domain.fact.LISTS
    state = CharField(max_length=16)  # State of domain.fact
    purpose = CharField(max_length=4)  # code of 条例 Art. 31, or "own"
    details = BlobField()  # sealed under the dossier's data key, as all words here
    wants_certificate = BooleanField(default=False)
    asked_at = UtcField()
    approved_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    approved_at = UtcField(null=True)
    absent = ForeignKeyField(
        Officer, null=True, on_delete="RESTRICT"
    )  # in whose name a deputy approved or declined
    decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")  # answered or declined
    decided_at = UtcField(null=True)  # or withdrawn at
    words = BlobField(null=True)  # why it was declined
    revoked_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    revoked_at = UtcField(null=True)
    revocation = CharField(max_length=16, default="")  # code of domain.fact.REVOCATIONS
    revocation_words = BlobField(null=True)

    class Meta:
        indexes = ((("dossier", "state"), False), (("asker", "state"), False))


class FactLine(Record):
    """One fact of a query, and what the keeper found: a draft until the query is answered."""

    query = ForeignKeyField(FactQuery, backref="lines", on_delete="CASCADE")
    fact = CharField(max_length=16)  # code in the query's list
    outcome = CharField(max_length=16, default="")  # Outcome of domain.fact; empty until the keeper looked
    value = BlobField(null=True)  # Value of domain.fact, sealed
    material = ForeignKeyField(Material, null=True, on_delete="SET NULL")  # where it was found
    page = ForeignKeyField(Page, null=True, on_delete="SET NULL")

    class Meta:
        indexes = ((("query", "fact"), True),)


class Certificate(Record):
    """A certificate on the confirmed facts of a query (证明). It is void when the answer is taken back.

    Its code is kept nowhere: it follows from the number and a key of the vault.
    """

    public_id = PublicIdField()
    number = CharField(max_length=16, unique=True)  # 2026-7K3M9Q2X
    query = ForeignKeyField(FactQuery, unique=True, on_delete="RESTRICT")
    content = BlobField()  # Content of domain.certificate, sealed under the dossier's data key
    issued_at = UtcField()
