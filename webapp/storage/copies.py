"""Copies that left the house under a grant."""

from peewee import CharField, ForeignKeyField, IntegerField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Material
from webapp.storage.database import PublicIdField, Record, UtcField
from webapp.storage.reading import Viewing
from webapp.storage.requests import Grant


class Copy(Record):
    """One copy (复制件): a PDF that was made of pages under a grant. Its code stands on the paper alone."""

    public_id = PublicIdField()
    number = CharField(max_length=12, unique=True)  # 复制件编号, e.g. F7K3M9Q2
    seal = CharField(max_length=32, unique=True)  # keyed fingerprint of number and code
    grant = ForeignKeyField(Grant, backref="copies", on_delete="RESTRICT")
    viewing = ForeignKeyField(Viewing, on_delete="RESTRICT")
    pages = IntegerField()
    made_at = UtcField()
    settled_as = CharField(max_length=16, default="")  # End of domain.copy_end; "" while it is out
    settled_at = UtcField(null=True)
    settled_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")


class CopyPart(Record):
    """The pages of one material in a copy."""

    copy = ForeignKeyField(Copy, backref="parts", on_delete="CASCADE")
    material = ForeignKeyField(Material, null=True, on_delete="SET NULL")
    numbers = CharField(max_length=200)  # of the pages, as domain.page_choice writes them: 1-3,5
