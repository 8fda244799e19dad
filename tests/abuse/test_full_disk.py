"""A full disk in the middle of things: a plain answer, nothing torn, nothing shown unlogged, no restart needed."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Protocol

import pytest

from tests.builders import UNIT, keeper_of, make_dossier, make_material, make_officer, make_page, picture
from tests.desk import browser_of
from tests.site import Site, opened, token_in
from webapp.services import audit, keys, pieces
from webapp.settings import Settings
from webapp.storage.archive import Dossier
from webapp.storage.database import database
from webapp.storage.pages import Blob, Page, Upload
from webapp.vault.vault import vault

DISK_MB = 12


class Disk(Protocol):
    """Where the instance lies, and a way to have it full for a while."""

    folder: Path

    def full(self) -> AbstractContextManager[None]: ...


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path):
        self.folder = folder

    @contextmanager
    def full(self) -> Iterator[None]:
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                os.fsync(file.fileno())
        try:
            yield
        finally:
            filler.unlink()


class LimitedFiles:
    """No file of this process may grow: what a machine without the right to mount can do."""

    def __init__(self, folder: Path):
        self.folder = folder

    @contextmanager
    def full(self) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(params=["small disk", "limited files"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "limited files":
        yield LimitedFiles(tmp_path)
        return
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


@pytest.fixture
def site(disk: Disk) -> Iterator[Site]:
    settings = Settings(instance=disk.folder / "instance", keyring=disk.folder / "keyring.json")
    with opened(settings) as made:
        yield made


@pytest.fixture
def page(site: Site) -> Page:
    return make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), "姓名 张三 性别 男", "籍贯 云梧 很好"
    )


def assert_whole() -> None:
    assert {blob.blob_id for blob in Blob.select()} <= set(vault.blobs.held())
    for blob in Blob.select():
        pieces.load(blob)
    assert audit.verify().broken_seq is None


def send(browser, material, content: bytes, token: str):
    """The answer to one file. Opens no connection of the test's own: it could not while the disk is full."""
    path = f"/desk/intake/{material.public_id}"
    form = {"csrf_token": token, "files": (BytesIO(content), "扫描.jpg")}
    return browser.client.post(path, data=form, headers={"Accept": "text/html"})


def test_an_upload_to_a_full_disk_keeps_nothing_and_succeeds_later(site, disk, page):
    browser = browser_of(site, keeper_of(page.material.dossier))
    content = picture("more") + bytes(300_000)
    before = Upload.select().count(), Blob.select().count(), set(vault.blobs.held())
    token = token_in(browser.get(f"/desk/intake/{page.material.public_id}").text)
    database.close()
    with disk.full():
        answer = send(browser, page.material, content, token)
    database.connect()
    assert answer.status_code == 507
    assert "存储空间不足" in answer.text
    assert (Upload.select().count(), Blob.select().count(), set(vault.blobs.held())) == before
    assert_whole()
    assert send(browser, page.material, content, token).status_code == 303
    database.connect(reuse_if_open=True)
    assert Upload.select().count() == before[0] + 1
    assert_whole()


def test_no_page_is_shown_that_cannot_be_logged(site, disk, page):
    browser = browser_of(site, make_officer(lookup=UNIT))
    address = f"/materials/{page.material.public_id}"
    browser.post(address, {"purpose": "2"}, seen=address)
    entries = audit.verify().entries
    database.close()
    with disk.full():
        answers = [browser.client.get(f"{address}/pages/1/{what}") for what in ("image", "text", "image")]
    database.connect()
    for answer in answers:
        assert answer.status_code == 507
        assert not answer.mimetype.startswith("image/")
        assert "云梧" not in answer.text
    assert audit.verify().entries == entries
    assert browser.get(f"{address}/pages/1/image").status_code == 200
    assert_whole()


def test_a_rotation_on_a_full_disk_changes_nothing(site, disk, page):
    root = vault.ring.active_root_id
    with disk.full(), pytest.raises(OSError, match=r"No space|File too large"):
        keys.rotate(now=site.now)
    assert {dossier.root_id for dossier in Dossier.select()} == {vault.ring.active_root_id} == {root}
    assert_whole()
    assert keys.rotate(now=site.now).rewrapped == 1
    assert_whole()
