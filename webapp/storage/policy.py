"""What an instance decided about itself, and how its rules changed."""

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.database import PublicIdField, Record, UtcField


class Setting(Record):
    """One decision as it stands: organisation, demonstration, recovery_key, and each rule of the policy by its key."""

    name = CharField(max_length=40, primary_key=True)
    value = TextField()
    decided_at = UtcField()


class PolicyChange(Record):
    """A whole policy as somebody proposed it (规则变更): it waits for a second person, is in the list of versions, or
    was dropped. The first version was made with the instance, by nobody who signs in.
    """

    public_id = PublicIdField()
    version = IntegerField(
        null=True, unique=True
    )  # its number, also while it waits; null once it was dropped
    state = CharField(max_length=8)  # ChangeState of domain.policy
    rules = TextField()  # JSON: codes by key, as domain.policy writes them
    reason = TextField(default="")
    proposed_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    proposed_at = UtcField()
    decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
    decided_at = UtcField(null=True)
