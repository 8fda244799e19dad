"""Versions of the policy and what is proposed. Frozen: names columns in words and never imports the models."""

import json
import secrets

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Officer(Model):
        class Meta:
            database = db
            table_name = "officer"

    class PolicyChange(Model):
        public_id = CharField(unique=True, max_length=16)
        version = IntegerField(null=True, unique=True)
        state = CharField(max_length=8)
        rules = TextField()
        reason = TextField(default="")
        proposed_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        proposed_at = DateTimeField()
        decided_by = ForeignKeyField(Officer, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "policy_change"

    db.create_tables([PolicyChange])
    decided = db.execute_sql(
        "SELECT name, value, decided_at FROM setting WHERE name IN ('preset', 'own_dossier', 'auto_masks')"
    ).fetchall()
    if decided:  # an instance that was made before: what it was made with is its first version
        at = min(row[2] for row in decided)
        db.execute_sql(
            "INSERT INTO policy_change (public_id, version, state, rules, reason, proposed_at, decided_at)"
            " VALUES (?, 1, 'made', ?, '', ?, ?)",
            (secrets.token_urlsafe(12), json.dumps({name: value for name, value, _ in decided}), at, at),
        )


def down(migrator, db):
    # Loses the versions and what waits. The rules in force stay, those that came with this table without effect.
    migrator.migrate(migrator.drop_table("policy_change"))
