"""People at the desk: lists, rosters in and out."""

import io
from urllib.parse import unquote

import pypdfium2
import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.desk import browser_of
from tests.services.cast import actor_in, dossier_of
from tests.site import Browser, Site, words_of
from webapp.domain.role import Role
from webapp.routes import people as desk
from webapp.services import audit, units
from webapp.storage.archive import Subject

IMPORT = "/desk/people/import"
ROSTER = "姓名,单位,档案号,职务\n张三,市财政局/预算科,A-1,科员\n李四,市财政局/国库科,A-2,=1+1\n"


@pytest.fixture
def keeper(site: Site) -> Browser:
    return browser_of(site, actor_in(Role.ARCHIVIST, custody="市财政局"))


def _send(keeper: Browser, text: str, **form: str) -> TestResponse:
    file = (io.BytesIO(text.encode()), "花名册.csv")
    return keeper.post(IMPORT, {"file": file, **form}, seen=IMPORT)


def _tried(page: str) -> str:
    return page.partition('name="tried" value="')[2].partition('"')[0]


def test_a_roster_is_tried_and_then_taken_in(keeper: Browser) -> None:
    tried = _send(keeper, ROSTER, step="try")
    assert "新建 2 人" in tried.text
    assert "会新建 2 个单位：市财政局/预算科、市财政局/国库科" in tried.text
    assert Subject.select().count() == 0
    done = _send(keeper, ROSTER, step="import", tried=_tried(tried.text))
    assert "已导入：新建 2 人" in done.text
    assert Subject.select().count() == 2


def test_a_file_that_was_not_tried_is_only_tried(keeper: Browser) -> None:
    tried = _tried(_send(keeper, ROSTER, step="try").text)
    other = ROSTER.replace("张三", "王五")
    for form in ({}, {"tried": ""}, {"tried": tried}):
        assert "现在还没有写入" in _send(keeper, other, step="import", **form).text
    assert Subject.select().count() == 0


def test_faulty_rows_are_listed_with_their_lines(keeper: Browser) -> None:
    answer = _send(keeper, ROSTER + "王五,市教育局,A-3,\n,市财政局,A-4,\n", step="try")
    words = words_of(answer.text)
    assert "有 2 行有误" in words
    assert "第 4 行 王五 单位不在您的保管范围内" in words
    assert "第 5 行 没有填写姓名" in words
    assert _tried(answer.text) == ""


@pytest.mark.parametrize("text", ["", "姓名,单位\n张三,市财政局", "\0\0"])
def test_what_is_no_roster_is_refused_on_the_page(text: str, keeper: Browser) -> None:
    answer = _send(keeper, text, step="try")
    assert answer.status_code == 422
    assert 'id="roster-form"' in answer.text


def test_htmx_gets_the_report_alone(keeper: Browser) -> None:
    file = (io.BytesIO(ROSTER.encode()), "a.csv")
    part = keeper.post(IMPORT, {"file": file}, seen=IMPORT, headers={"HX-Request": "true"}).text
    assert part.count('id="report"') == 1
    assert "<html" not in part


def test_people_are_listed_by_unit_and_found_without_words_in_an_address(keeper: Browser) -> None:
    dossier_of("张三", "市财政局/预算科", "A-1")
    dossier_of("李四", "市财政局/国库科", "A-2")
    dossier_of("王五", "市教育局", "A-3")
    everybody = words_of(keeper.get("/desk/people").text)
    assert "张三" in everybody
    assert "李四" in everybody
    assert "王五" not in everybody
    unit = units.lookup("市财政局/国库科")
    assert unit is not None
    one = words_of(keeper.get(f"/desk/people?unit={unit.public_id}").text)
    assert "李四" in one
    assert "张三" not in one
    found = words_of(keeper.post("/desk/people", {"q": "A-1"}, seen="/desk/people").text)
    assert "张三" in found
    assert "李四" not in found
    assert keeper.get("/desk/people?unit=nowhere").status_code == 404


def test_the_roster_is_printed_and_handed_out_without_formulas(keeper: Browser) -> None:
    assert "已导入" in _send(keeper, ROSTER, step="import", tried=_tried(_send(keeper, ROSTER).text)).text
    paper = keeper.get("/desk/people/roster.pdf")
    text = pypdfium2.PdfDocument(io.BytesIO(paper.data))[0].get_textpage().get_text_range()
    assert "干部人事档案花名册" in text
    assert "张三" in text
    sheet = keeper.get("/desk/people/roster.xlsx")
    assert "花名册.xlsx" in unquote(sheet.headers["Content-Disposition"])
    assert load_workbook(io.BytesIO(sheet.data)).active["F3"].value == "'=1+1"


def test_more_people_than_can_be_set_at_once_are_printed_by_unit(
    keeper: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_PRINTED", 1)
    dossier_of("张三", "市财政局/预算科"), dossier_of("李四", "市财政局/国库科")
    before = audit.verify().entries
    answer = keeper.get("/desk/people/roster.pdf")
    assert answer.status_code == 422
    assert "按单位分别打印" in words_of(answer.text)
    assert audit.verify().entries == before
    assert keeper.get("/desk/people/roster.xlsx").status_code == 200
    unit = units.lookup("市财政局/预算科")
    assert unit is not None
    assert keeper.get(f"/desk/people/roster.pdf?unit={unit.public_id}").status_code == 200


def test_papers_are_set_at_the_pace_of_people(keeper: Browser) -> None:
    answers = {
        keeper.get("/desk/people/roster.xlsx").status_code for _ in range(41)
    }  # more than two minutes allow
    assert answers == {200, 429}


def test_rosters_are_tried_at_the_pace_of_people(keeper: Browser) -> None:
    answers = {keeper.post(IMPORT, {}, seen="/desk/people").status_code for _ in range(41)}
    assert answers == {422, 429}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ARCHIVIST])
def test_no_other_role_reaches_the_people(role: Role, site: Site) -> None:
    browser = browser_of(site, actor_in(role, custody="市财政局", lookup="市财政局"))
    for path in ("/desk/people", IMPORT, "/desk/people/roster.pdf", "/desk/people/roster.xlsx"):
        assert browser.get(path).status_code == 403
