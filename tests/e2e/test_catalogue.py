"""Paper work at the desk: a roster tried and taken in, a title that tells its category, the catalogue printed."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import visits
from tests.e2e.papers import OTHER, OWN
from tests.e2e.service import Service
from webapp.services import spreadsheets
from webapp.storage.archive import Subject
from webapp.storage.database import database

COLUMNS = ("姓名", "性别", "出生日期", "身份证号", "单位", "职务", "档案号")
UNIT = "云梧市财政局/预算科"
NEW = ("顾西楼", "女", "1981.4.2", "", UNIT, "馆员", "YW-9001")
FAULTY = ("", "男", "1979.13", "", UNIT, "馆员", "YW-9002")


def sheet(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "roster.xlsx"
    path.write_bytes(spreadsheets.workbook("花名册", COLUMNS, rows))
    return path


def people_of(name: str) -> int:
    with database.connection_context():
        return int(Subject.select().where(Subject.name == name).count())


def test_a_roster_is_tried_first_and_taken_in_whole_or_not_at_all(
    service: Service, archivist: Page, tmp_path: Path
) -> None:
    archivist.goto("/desk/people")
    archivist.get_by_role("link", name="导入花名册").click()
    archivist.get_by_label("花名册文件").set_input_files(sheet(tmp_path, NEW, FAULTY))
    archivist.get_by_role("button", name="先试一遍").click()
    report = archivist.locator("#report")
    expect(report).to_contain_text("有 1 行有误")
    expect(report).to_contain_text("第 3 行")
    expect(archivist.get_by_role("button", name="导入", exact=True)).to_have_count(0)

    archivist.get_by_label("花名册文件").set_input_files(sheet(tmp_path, NEW))
    archivist.get_by_role("button", name="先试一遍").click()
    expect(report).to_contain_text("新建 1 人")
    expect(report).to_contain_text(f"会新建 1 个单位：{UNIT}")
    assert people_of("顾西楼") == 0
    archivist.get_by_role("button", name="导入", exact=True).click()
    expect(report).to_contain_text("已导入：新建 1 人")
    assert people_of("顾西楼") == 1


def test_a_title_says_which_category_it_belongs_to(service: Service, archivist: Page) -> None:
    dossier = visits.dossier_id(OWN.dossier_number)
    archivist.goto(f"/desk/dossiers/{dossier}/catalogue/new")
    archivist.get_by_role("button", name="保存", exact=True).click()
    expect(archivist.get_by_label("材料名称")).to_be_focused()
    archivist.get_by_label("材料名称").fill("中国共产党入党志愿书")
    archivist.get_by_role("button", name="按名称建议类别").click()
    expect(archivist.get_by_role("status").filter(has_text="六")).to_be_visible()
    expect(archivist.get_by_label("类别")).to_have_value("6")
    archivist.get_by_label("形成时间").fill("1999.13")
    archivist.get_by_role("button", name="保存", exact=True).click()
    expect(archivist.get_by_role("alert")).to_be_visible()
    archivist.get_by_label("形成时间").fill("1999.5")
    archivist.get_by_role("button", name="保存", exact=True).click()
    expect(archivist.get_by_role("row").filter(has_text="中国共产党入党志愿书").last).to_contain_text(
        "1999.05"
    )


def test_the_catalogue_is_printed(service: Service, archivist: Page, tmp_path: Path) -> None:
    archivist.goto(f"/desk/dossiers/{visits.dossier_id(OTHER.dossier_number)}/catalogue")
    with archivist.expect_download() as begun:
        archivist.get_by_role("link", name="打印目录").click()
    assert begun.value.suggested_filename == f"干部人事档案目录-{OTHER.dossier_number}.pdf"
    paper = tmp_path / "catalogue.pdf"
    begun.value.save_as(paper)
    text = subprocess.run(
        ["/usr/bin/pdftotext", "-layout", paper, "-"], capture_output=True, check=True
    ).stdout
    words = "".join(text.decode().split())
    for expected in ("干部人事档案目录", OTHER.name, "干部任免审批表", f"关于{OTHER.name}同志的考察材料"):
        assert expected in words
    assert f"{datetime.now(UTC):%Y}" in words
