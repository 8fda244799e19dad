"""Approvers who stand in for others."""

from datetime import datetime, timedelta

from peewee import ForeignKeyField, TextField

from webapp.storage.accounts import Officer
from webapp.storage.database import PublicIdField, Record, UtcField


class Delegation(Record):
    """An approver who is away names a deputy for a while (审批代理). Its state is read off its times."""

    public_id = PublicIdField()
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")  # who is away
    deputy = ForeignKeyField(Officer, on_delete="RESTRICT")
    reason = TextField()
    begins_at = UtcField()
    ends_at = UtcField()
    created_at = UtcField()
    ended_at = UtcField(null=True)  # before its time, by either of the two
    ended_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")

    @property
    def last_moment(self) -> datetime:
        """On its last day: it ends with that day."""
        ends: datetime = self.ends_at
        return ends - timedelta(microseconds=1)
