"""What an instance decided about itself."""

from peewee import CharField, TextField

from webapp.storage.database import Record, UtcField


class Setting(Record):
    """One recorded decision: preset, own_dossier, auto_masks, organisation, demonstration, recovery_key."""

    name = CharField(max_length=40, primary_key=True)
    value = TextField()
    decided_at = UtcField()
