"""`masks`: what is checked, what is searched by the rules of now, and an exit code that tells of pages left behind."""

from click.testing import CliRunner, Result

from tests.builders import ID_NUMBER, make_dossier, make_material, make_page
from webapp.commands.masks import group
from webapp.services import masks
from webapp.storage.pages import Mask, Page
from webapp.vault.vault import vault


def run(command: str) -> Result:
    return CliRunner().invoke(group, [command])


def old_page(archive: object) -> Page:
    """A page that rules before those of now have found nothing on."""
    page = make_page(
        make_material(make_dossier("张三"), "1", "干部履历表"), f"身份证号 {ID_NUMBER}", "籍贯 云梧 很好"
    )
    Mask.delete().execute()
    Page.update(mask_rules=0).execute()
    return page


def test_the_search_by_new_rules_is_told_before_and_after(archive):
    page = old_page(archive)
    assert "0 / 1 页" in run("status").output
    done = run("recheck")
    assert done.exit_code == 0
    assert "按现行规则检查过 1 / 1 页" in done.output
    assert "机器遮挡  1 页" in run("status").output
    assert len(masks.findings_of(page)) == 1


def test_a_page_that_cannot_be_searched_is_one(archive):
    page = old_page(archive)
    vault.blobs.delete(page.transcription.blob_id)
    done = run("recheck")
    assert done.exit_code == 1
    assert "0 / 1 页，1 页打不开" in done.output
    assert "待核对  1 页" in run("status").output
