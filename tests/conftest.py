"""Fixtures of every test: an instance in a temporary folder, made by the migrations, with real encryption."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask

from tests.accounts import cheap_hashing
from tests.answers import CheckedClient
from tests.moment import NOW
from tests.site import Site
from webapp.domain.disclosure import Policy, Preset
from webapp.services import instance, policy
from webapp.settings import Settings
from webapp.storage.database import database

Flask.test_client_class = CheckedClient
# A crowded machine is no failure. What else the machine of the checks is given (no chance draws) stays.
hypothesis.settings.register_profile("lantai", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("lantai")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(instance=tmp_path / "instance", keyring=tmp_path / "keys" / "keyring.json")


@pytest.fixture(scope="session")
def empty_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one empty instance, made once by the real steps and copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    made = Settings(instance=folder / "instance", keyring=folder / "keys" / "keyring.json")
    decided = policy.Instance("云梧市", Policy(Preset.STANDARD, own_dossier=True, auto_masks=True), False)
    instance.create(made, decided, now=NOW)
    return folder


@pytest.fixture
def archive(settings: Settings, empty_instance: Path, tmp_path: Path) -> Iterator[Settings]:
    """An open, empty instance (preset standard, own dossiers open, machine masks shown) with a live connection."""
    shutil.copytree(empty_instance, tmp_path, dirs_exist_ok=True)
    instance.open_instance(settings)
    database.connect()
    yield settings
    if not database.is_closed():  # a request of the application closes the connection it used
        database.close()


@pytest.fixture
def site(archive: Settings, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The whole application on an empty instance, with a clock that stands still and cheap passwords."""
    cheap_hashing(monkeypatch)
    return Site(archive)
