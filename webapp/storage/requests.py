"""Requests to read, what was decided about them, and the grants that came of it."""

from peewee import BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import PublicIdField, Record, UtcField


class AccessRequest(Record):
    """An officer asks to read in one dossier (查阅申请). Only a draft or a returned one is changed by its asker."""

    public_id = PublicIdField()
    asker = ForeignKeyField(Officer, on_delete="RESTRICT")
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    occasion = CharField(max_length=16, index=True)  # shared by requests for one matter (同一事项)
    earlier = ForeignKeyField("self", null=True, on_delete="SET NULL")  # asked again from
    state = CharField(max_length=16, index=True)  # State of domain.access_request, as people left it
    version = IntegerField(default=0)  # counts up at every change: what is decided is what was seen
    approvals = IntegerField(default=0)
    approvals_needed = IntegerField(default=1)
    purpose = CharField(max_length=4)  # code of 条例 Art. 31
    details = TextField(default="")
    with_guarded = BooleanField(default=False)
    level = CharField(max_length=8, default="masked")  # masked | clear
    may_copy = BooleanField(default=False)  # also a copy to take along (复制件)
    not_before = UtcField(null=True)
    not_after = UtcField(null=True)
    minutes = IntegerField(default=60)
    created_at = UtcField()
    submitted_at = UtcField(null=True)
    decided_at = UtcField(null=True)

    class Meta:
        indexes = ((("asker", "state"), False), (("dossier", "asker"), False))


class RequestScope(Record):
    """One thing a request names: a material, or a category by leaf code."""

    request = ForeignKeyField(AccessRequest, backref="scopes", on_delete="CASCADE")
    material = ForeignKeyField(Material, null=True, on_delete="CASCADE")
    category = CharField(max_length=4, default="")


class RequestStep(Record):
    """One step of a request's way (办理过程): who did what, with which words for the other side."""

    request = ForeignKeyField(AccessRequest, backref="steps", on_delete="CASCADE")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    absent = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")  # in whose name a deputy did it
    kind = CharField(max_length=16)  # Step of domain.access_request
    words = TextField(default="")
    at = UtcField()

    @property
    def by(self) -> str:
        """Who did it, as it is told and printed."""
        return (
            f"{self.officer.name}（代 {self.absent.name} 审批）" if self.absent_id else str(self.officer.name)
        )


class Grant(Record):
    """What was approved (授权). Its state is read off its times and counts, never stored."""

    public_id = PublicIdField()
    request = ForeignKeyField(AccessRequest, backref="grants", on_delete="RESTRICT")
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    dossier = ForeignKeyField(Dossier, on_delete="RESTRICT")
    level = CharField(max_length=8)  # masked | clear
    may_copy = BooleanField()
    is_for_two = BooleanField(default=False)  # read only with a second officer present (双人查阅)
    with_guarded = BooleanField()
    is_double = BooleanField()  # two approvers
    in_force_at = UtcField(null=True)  # end of the undo window; null while the second approver is awaited
    not_before = UtcField()
    not_after = UtcField()
    allowed_ms = IntegerField()
    used_ms = IntegerField(default=0, constraints=[Check("used_ms >= 0")])
    contact_at = UtcField(null=True)  # last delivery or heartbeat
    created_at = UtcField()
    revoked_at = UtcField(null=True)
    revoked_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

    class Meta:
        indexes = ((("officer", "dossier"), False),)


class GrantScope(Record):
    """One thing a grant opens: a material, or a category by leaf code."""

    grant = ForeignKeyField(Grant, backref="scopes", on_delete="CASCADE")
    material = ForeignKeyField(Material, null=True, on_delete="CASCADE")
    category = CharField(max_length=4, default="")
