"""`audit verify` ends with a number that means something."""

import pytest
from click.testing import CliRunner, Result

from tests.conftest import NOW
from webapp.commands.audit import group
from webapp.services import audit
from webapp.services.actor import SYSTEM
from webapp.storage.database import database, transaction


@pytest.fixture
def log(archive):
    for _ in range(3):
        with transaction():
            audit.append("page:delivered", actor=SYSTEM, at=NOW)
    for event in ("update", "delete"):
        database.execute_sql(f"DROP TRIGGER audit_entry_keeps_{event}")


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["verify", *arguments])


def test_a_whole_log_is_zero_and_shows_the_head_to_note_down(log):
    done = verify()
    assert done.exit_code == 0
    assert audit.verify().head in done.output
    assert verify("--head", audit.verify().head).exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET body = replace(body, 'page', 'text') WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
    ],
)
def test_a_changed_or_missing_entry_is_two(log, change):
    database.execute_sql(change)
    assert verify().exit_code == 2


def test_a_log_cut_off_before_the_noted_head_is_three(log):
    head = audit.verify().head
    database.execute_sql("DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)")
    assert verify().exit_code == 0
    assert verify("--head", head).exit_code == 3
