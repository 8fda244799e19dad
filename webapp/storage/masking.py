"""What is remembered about checking masks: findings that a keeper took off, and pages that somebody waits for."""

from peewee import CharField, ForeignKeyField, IntegerField

from webapp.storage.accounts import Officer
from webapp.storage.database import Record, UtcField
from webapp.storage.pages import Page


class DismissedFinding(Record):
    """A box found by machine that a keeper took away (不必遮挡): found again there, it is no news."""

    page = ForeignKeyField(Page, on_delete="CASCADE")
    kind = CharField(max_length=16)  # Kind of findings
    left = IntegerField()
    top = IntegerField()
    right = IntegerField()
    bottom = IntegerField()
    officer = ForeignKeyField(Officer, on_delete="RESTRICT")
    dismissed_at = UtcField()


class AwaitedPage(Record):
    """A withheld page that a reader came for (有人等着看): it is checked before the others."""

    page = ForeignKeyField(Page, primary_key=True, on_delete="CASCADE")
    since = UtcField(index=True)  # when it was first asked for
