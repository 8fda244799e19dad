"""The log as the auditor sees it: acts in words, no names and no search words, and the chain whole."""

from playwright.sync_api import expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OWN
from tests.e2e.service import Service


def test_the_auditor_sees_what_happened_and_that_the_log_is_whole(read: Service, browsing: Browsing) -> None:
    reader = browsing.officer("chadang")
    visits.read(reader, visits.material_id(OWN.dossier_number, "思想汇报"))
    visits.search(reader, "不该留在日志里的词")
    reader.close()
    page = browsing.officer("shenji")
    page.goto("/desk/audit")
    log = page.get_by_role("list", name="日志，最新在前")
    first = log.get_by_role("listitem").count()
    assert first >= 50
    page.get_by_role("link", name="更早的记录").click()
    expect(log.get_by_role("listitem").nth(first + 5)).to_be_visible()
    for secret in (OWN.name, OWN.id_number, "不该留在日志里的词", "思想汇报"):
        expect(log).not_to_contain_text(secret)
    page.get_by_role("button", name="核验全部日志").click()
    expect(page.get_by_role("main")).to_contain_text("条记录完整，顺序无误")
    page.close()


def test_only_the_auditor_reads_the_log(read: Service, browsing: Browsing) -> None:
    for login in ("chadang", "dangan", "xitong", "baomi"):
        page = browsing.officer(login)
        assert page.request.get("/desk/audit").status == 403, login
        page.close()
