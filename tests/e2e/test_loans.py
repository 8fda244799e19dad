"""Paper goes out and comes back on a phone, without scripts; and the register says so."""

from playwright.sync_api import expect

from tests.e2e import visits
from tests.e2e.browsing import Browsing
from tests.e2e.papers import OTHER
from tests.e2e.service import Service


def test_paper_is_lent_and_brought_back_without_scripts(service: Service, browsing: Browsing) -> None:
    context = browsing.scriptless("dangan")
    page = context.new_page()
    page.goto(f"/desk/dossiers/{visits.dossier_id(OTHER.dossier_number)}/catalogue")
    page.get_by_role("link", name="借阅登记").click()
    page.get_by_role("link", name="登记借阅、摘录、复制").click()
    page.get_by_label("纸质审批表的编号").fill("云组查〔2026〕12号")
    page.get_by_label("事由").select_option("2")
    page.get_by_label("借阅人", exact=True).fill("查无此人")
    page.get_by_label("已核对").check()
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("alert")).to_contain_text("没有叫“查无此人”的账号")
    page.get_by_label("借阅人", exact=True).fill("caizheng")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("definition").filter(has_text="温疏桐")).to_be_visible()
    page.goto("/desk/loans")
    expect(page.get_by_role("listitem").filter(has_text=OTHER.name)).to_contain_text("温疏桐")
    page.get_by_role("link", name=OTHER.name).click()
    page.get_by_label("齐全、完好").check()
    page.get_by_role("button", name="确认归还").click()
    expect(page.get_by_role("definition").filter(has_text="已归还")).to_be_visible()
    page.goto("/desk/loans")
    expect(page.get_by_role("listitem").filter(has_text=OTHER.name)).to_have_count(0)
    context.close()
