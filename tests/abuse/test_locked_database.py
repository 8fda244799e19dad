"""Somebody else holds the database: an answer in seconds, nothing half done, and on as soon as it is free."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from tests.builders import UNIT, keeper_of, make_dossier, make_material, make_officer, make_page, picture
from tests.desk import browser_of
from tests.site import Browser, Site, token_in
from webapp.services import audit
from webapp.settings import Settings
from webapp.storage.database import database
from webapp.storage.pages import Blob, Page, Upload
from webapp.vault.vault import vault

LONGEST_S = 6.5  # 5 s for a writer to wait, and some for a busy machine


@pytest.fixture
def page(site: Site) -> Page:
    return make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), "姓名 张三 性别 男", "籍贯 云梧 很好"
    )


@pytest.fixture
def elsewhere(site: Site, settings: Settings) -> Iterator[sqlcipher.Connection]:
    """Another program with the database open."""
    with closing(sqlcipher.connect(str(settings.database), isolation_level=None)) as other:
        other.execute(f'PRAGMA key = "{database.connect_params["passphrase"]}"')
        yield other


def timed(act) -> tuple[int, str, float]:
    began = time.monotonic()
    answer = act()
    return answer.status_code, answer.headers.get("Retry-After", ""), time.monotonic() - began


def upload(browser: Browser, page: Page, token: str):
    files = {"csrf_token": token, "files": (BytesIO(picture("late")), "扫描.jpg")}
    return browser.client.post(f"/desk/intake/{page.material.public_id}", data=files)


def test_while_somebody_else_writes_for_long_every_change_is_refused_and_reading_goes_on(
    site, page, elsewhere
):
    official, keeper = (
        browser_of(site, make_officer(lookup=UNIT)),
        browser_of(site, keeper_of(page.material.dossier)),
    )
    address = f"/materials/{page.material.public_id}"
    official.post(address, {"purpose": "2"}, seen=address)
    search_token = token_in(official.get("/search").text)
    upload_token = token_in(keeper.get(f"/desk/intake/{page.material.public_id}").text)
    before = audit.verify(), Upload.select().count()
    database.close()
    elsewhere.execute("BEGIN EXCLUSIVE")
    acts = [
        lambda: official.client.post("/search", data={"csrf_token": search_token, "q": "张三"}),
        lambda: official.client.get(f"{address}/pages/1/image"),
        lambda: official.client.get("/desk/audit"),
        lambda: upload(keeper, page, upload_token),
    ]
    with ThreadPoolExecutor(len(acts) + 1) as pool:
        reading = pool.submit(timed, lambda: site.app.test_client().get("/healthz"))
        answers = list(pool.map(timed, acts))
    assert [answer[:2] for answer in answers] == [(503, "5")] * len(acts)
    assert max(seconds for *_, seconds in answers) < LONGEST_S
    assert reading.result()[0] == 200
    assert reading.result()[2] < 2
    elsewhere.execute("ROLLBACK")
    database.connect()
    assert (audit.verify(), Upload.select().count()) == before
    assert {blob.blob_id for blob in Blob.select()} <= set(vault.blobs.held())
    assert official.get(f"{address}/pages/1/image").status_code == 200
    assert timed(lambda: upload(keeper, page, upload_token))[0] == 303
    database.connect(reuse_if_open=True)
    assert Upload.select().count() == before[1] + 1


def test_a_short_wait_is_not_noticed(site, page, elsewhere):
    official = browser_of(site, make_officer(lookup=UNIT))
    official.get("/search")
    database.close()
    elsewhere.execute("BEGIN EXCLUSIVE")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(timed, lambda: official.client.get("/desk/audit"))
        time.sleep(0.5)  # the moment at which the other lets go; nothing waits for it
        elsewhere.execute("COMMIT")
        assert asked.result()[0] == 403
    database.connect()
    assert next(audit.entries(limit=1))["action"] == "access:refused"
