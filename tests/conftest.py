"""Fixtures of every test: an instance in a temporary folder, made by the migrations, with real encryption."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from webapp.domain.disclosure import Policy, Preset
from webapp.services import instance, policy
from webapp.settings import Settings
from webapp.storage.database import database

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path / "instance", keyring=tmp_path / "keys" / "keyring.json")


@pytest.fixture
def archive(settings: Settings) -> Iterator[Settings]:
    """An open, empty instance (preset standard, own dossiers open, machine masks shown) with a live connection."""
    decided = policy.Instance("云梧市", Policy(Preset.STANDARD, own_dossier=True, auto_masks=True), False)
    instance.create(settings, decided, now=NOW)
    with database.connection_context():
        yield settings
