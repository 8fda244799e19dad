"""What was proposed about the register of recusals."""

from peewee import ForeignKeyField, TextField

from webapp.storage.accounts import Officer, Recusal
from webapp.storage.database import Record, UtcField


class RecusalLift(Record):
    """A security officer proposes to lift a recusal (解除回避); a second one confirms it, and both rows are gone."""

    recusal = ForeignKeyField(Recusal, primary_key=True, backref="lifts", on_delete="CASCADE")
    reason = TextField()
    proposed_by = ForeignKeyField(Officer, on_delete="RESTRICT")
    proposed_at = UtcField()
