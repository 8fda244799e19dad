"""Background work as rows (后台任务)."""

from peewee import CharField, IntegerField, TextField

from webapp.storage.database import Record, UtcField


class Job(Record):
    """One unit of work. Names a record by id, never a path or an object."""

    kind = CharField(max_length=16)  # decode (an Upload) | read (a Page) | index (a document of the index)
    record = CharField(max_length=40)  # id of what it is about; for index a document reference, "page:7"
    state = CharField(max_length=16, default="waiting")  # waiting | running | done | failed
    priority = IntegerField(default=0)  # larger first
    attempts = IntegerField(default=0)
    leased_until = UtcField(null=True)
    lease = CharField(
        max_length=16, default=""
    )  # who holds it; a job that was taken over is not finished twice
    error = TextField(default="")
    due_at = UtcField(null=True)  # waits until then; null: for nothing
    created_at = UtcField()
    done_at = UtcField(null=True)

    class Meta:
        indexes = ((("state", "kind", "priority"), False), (("kind", "record"), False))
