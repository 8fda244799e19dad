"""The search by new rules killed at any moment: it goes on where it was, and every page gains its boxes once."""

import random
import time
from pathlib import Path

from tests.abuse.processes import reconnect, started
from tests.abuse.test_killed_worker import time_passes
from tests.builders import ID_NUMBER, make_dossier, make_material, make_page
from webapp.domain.disclosure import Rendition
from webapp.services import audit, mask_rechecks, masks
from webapp.settings import Settings
from webapp.storage.pages import Mask, Page

KILLS, PAGES = 3, 120
SEED = 20261122
COMMAND = ("flask", "--app", "webapp.wsgi", "masks", "recheck")


def test_every_page_is_searched_once_however_often_the_command_is_killed(archive: Settings, tmp_path: Path):
    material = make_material(make_dossier("张三"), "1", "干部履历表")
    for _ in range(PAGES):
        make_page(material, "姓名 张三 性别 男", f"身份证号 {ID_NUMBER}", "籍贯 云梧 政治面貌 党员")
    Mask.delete().execute()
    Page.update(mask_rules=0).execute()
    chance, log, done = random.Random(SEED), tmp_path / "recheck.log", []
    for _ in range(KILLS):
        with started(*COMMAND, settings=archive, log=log) as command:
            done.append(_killed_after(command, chance.randint(3, 25)))
        reconnect(archive)
        time_passes()
        _assert_none_is_half_searched()
    assert 0 < done[0] < done[-1] < PAGES, "it was killed in between, and went on"
    with started(*COMMAND, settings=archive, log=log) as command:
        assert command.running.wait(timeout=60) == 0, log.read_text()
    reconnect(archive)
    assert mask_rechecks.progress() == mask_rechecks.Progress(total=PAGES, done=PAGES, failed=0)
    _assert_none_is_half_searched()
    searched = [e["record"] for e in audit.entries(limit=10_000) if e["action"] == "mask:rechecked"]
    assert sorted(searched) == sorted(page.public_id for page in Page.select())
    assert audit.verify().broken_seq is None


def _killed_after(command, pages: int) -> int:
    """Kill it once so many more pages are done. Returns how many are."""
    before = mask_rechecks.progress().done
    while mask_rechecks.progress().done < before + pages:
        assert command.running.poll() is None
        time.sleep(0.005)
    command.kill()
    return mask_rechecks.progress().done


def _assert_none_is_half_searched() -> None:
    """A page by the new rules has its box, in the text too; one by the old has none."""
    for page in Page.select():
        is_new = page.mask_rules > 0
        assert len(masks.findings_of(page)) == is_new
        assert (page.mask_revision == 2) == is_new
        assert not is_new or ID_NUMBER not in masks.read_text(page, Rendition.MASKED)
