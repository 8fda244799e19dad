from itertools import pairwise

import pytest

from tests.domain.laid_out import Form, id_number, is_covered
from webapp.domain.findings import IDENTIFYING, Kind, survey
from webapp.domain.geometry import Box

MODES = ["signs", "words", "none"]


def found(form, kind):
    return [finding for finding in survey(form.page()).findings if finding.kind == kind]


def rules(form, kind):
    return {finding.rule for finding in found(form, kind)}


@pytest.mark.parametrize("words", MODES)
def test_the_whole_cell_beside_a_label_is_covered(words):
    form = Form(words)
    cells = form.table(100, (180, 400, 180, 280), [["姓名", "张建国", "身份证号", id_number(1)]])
    assert is_covered(cells[0][3], found(form, Kind.ID_NUMBER))
    assert "label:id_number→cell" in rules(form, Kind.ID_NUMBER)
    assert not is_covered(cells[0][1], survey(form.page()).findings)


def test_a_cell_is_covered_though_nothing_was_read_in_it():
    form = Form()
    cells = form.table(100, (180, 860), [["联系电话", ""], ["家庭住址", ""]])
    form.ordinary()
    assert is_covered(cells[0][1], found(form, Kind.PHONE))
    assert is_covered(cells[1][1], found(form, Kind.ADDRESS))
    assert survey(form.page()).unsure == ()


@pytest.mark.parametrize(
    "label", ["身份证号玛", "身份正号码", "身 份 证 号", "身份证号(18位)", "身份证号：", "公民身份号码"]
)
def test_a_misread_or_decorated_label_still_finds_its_cell(label):
    form = Form()
    cells = form.table(100, (300, 700), [[label, "看不清"]])
    assert is_covered(cells[0][1], found(form, Kind.ID_NUMBER))


@pytest.mark.parametrize("label", ["身\n份\n证\n号", "身份\n证号"])
def test_a_label_that_runs_down_a_narrow_cell_is_read(label):
    form = Form()
    form.cell(Box(100, 100, 180, 260), label)
    value = form.cell(Box(180, 100, 700, 260))
    assert is_covered(value, found(form, Kind.ID_NUMBER))


def test_a_label_whose_cell_fell_apart_is_put_together():
    form = Form()
    cells = form.table(100, (100, 100, 500), [["身份", "证号", "字迹不清"]])
    assert is_covered(cells[0][2], found(form, Kind.ID_NUMBER))
    form = Form()
    form.cell(Box(100, 100, 200, 160), "身份")
    form.cell(Box(100, 160, 200, 220), "证号")
    value = form.cell(Box(200, 100, 700, 220), "字迹不清")
    assert is_covered(value, found(form, Kind.ID_NUMBER))


@pytest.mark.parametrize("cuts", [(300,), (300, 420)])
def test_a_value_that_runs_over_a_ruling_is_covered_whole(cuts):
    """What shines through from the other side may be taken for a ruling."""
    form = Form()
    form.cell(Box(100, 100, 200, 160), "既往病史")
    for left, right in pairwise((200, *cuts, 800)):
        form.cell(Box(left, 100, right, 160))
    value = form.line("糖尿病，空腹血糖偏高，长期服药", 240, 118)
    assert is_covered(value, found(form, Kind.HEALTH))


def test_a_value_behind_a_ruling_that_is_none_is_covered():
    form = Form()
    cells = form.table(100, (200, 60, 400), [["既往病史", "", "糖尿病"]])
    value = cells[0][2]
    assert is_covered(
        Box(value.left, value.top + 10, value.left + 80, value.top + 34), found(form, Kind.HEALTH)
    )


def test_a_value_above_a_ruling_that_is_none_is_covered_though_its_label_stands_below():
    form = Form()
    form.cell(Box(100, 100, 200, 130))
    form.cell(Box(100, 130, 200, 200))
    form.cell(Box(200, 100, 800, 130))
    form.cell(Box(200, 130, 800, 200))
    form.line("家庭住址", 102, 138)
    first, second = form.line("云梧市望岫路十八号", 210, 104), form.line("三单元五〇二室", 210, 160)
    assert is_covered(first, found(form, Kind.ADDRESS))
    assert is_covered(second, found(form, Kind.ADDRESS))


def test_words_of_the_form_right_behind_a_value_stay_readable():
    form = Form()
    form.cell(Box(100, 100, 200, 160), "既往病史")
    form.cell(Box(200, 100, 400, 160))
    form.cell(Box(400, 100, 600, 160))
    form.cell(Box(600, 100, 800, 160), "中共党员")
    form.line("糖尿病长期服药", 232, 118)
    heading = form.line("政治面貌", 403, 118)
    assert is_covered(Box(232, 118, 398, 142), found(form, Kind.HEALTH))
    assert not is_covered(heading, survey(form.page()).findings)


def test_an_empty_cell_leaves_the_next_entry_readable():
    form = Form()
    cells = form.table(100, (200, 200, 200, 300), [["既往病史", "", "政治面貌", "中共党员"]])
    assert is_covered(cells[0][1], found(form, Kind.HEALTH))
    assert not any(is_covered(cells[0][at], survey(form.page()).findings) for at in (2, 3))


@pytest.mark.parametrize("second", [False, True])
def test_what_shines_through_beside_a_label_is_not_taken_for_its_value(second):
    form = Form()
    cells = form.table(100, (200, 500), [["基本工资", "6495.50"]])
    form.line("132", 160, 112, score=0.9 if second else 0.7)
    if second:
        form.line("基本工资", 106, 112, second=True)
    form.ordinary()
    assert is_covered(cells[0][1], found(form, Kind.SALARY))


def test_a_cell_of_the_next_row_is_left_alone_though_the_rulings_overlap():
    form = Form()
    form.cell(Box(97, 97, 303, 163), "身份证号")
    form.cell(Box(97, 157, 303, 223), "性别")
    form.cell(Box(297, 97, 803, 163), id_number(6))
    other = form.cell(Box(297, 157, 803, 223), "男，汉族")
    assert not is_covered(Box(310, 170, 790, 215), found(form, Kind.ID_NUMBER))
    assert other


def test_boxes_for_single_digits_are_all_covered():
    form = Form()
    number = id_number(2)
    cells = form.table(100, (200, *[40] * 18, 120), [["身份证号", *number, "性别"]])
    assert all(is_covered(cell, found(form, Kind.ID_NUMBER)) for cell in cells[0][1:19])
    assert not any(
        f.box.overlaps(cells[0][19]) for f in found(form, Kind.ID_NUMBER) if "pattern" not in f.rule
    )


def test_a_label_that_heads_a_column_covers_the_column():
    form = Form()
    rows = [["姓名", "身份证号", "联系电话", "备注"]]
    rows += [[name, "字迹不清", "字迹不清", ""] for name in ("张建国", "李桂英", "王秀兰")]
    cells = form.table(100, (200, 400, 300, 140), rows)
    survey_ = survey(form.page())
    for row in cells[1:]:
        assert is_covered(row[1], survey_.findings)
        assert is_covered(row[2], survey_.findings)
        assert not any(f.box.overlaps(row[0]) for f in survey_.findings)
    assert not is_covered(cells[0][2], survey_.findings)


def test_a_label_at_the_edge_of_a_table_with_no_cell_for_its_value_makes_the_page_unsure():
    form = Form()
    form.table(100, (400, 300), [["张建国", "家庭住址"]])
    form.ordinary()
    assert any("家庭住址" in reason for reason in survey(form.page()).unsure)


def test_a_gap_where_a_ruling_was_not_seen_is_covered():
    form = Form()
    form.cell(Box(100, 100, 300, 160), "家庭住址")
    form.cell(Box(800, 100, 900, 160), "性别")
    assert is_covered(Box(300, 100, 800, 160), found(form, Kind.ADDRESS))


def test_a_number_cell_filled_with_something_else_makes_the_page_unsure():
    form = Form()
    form.table(100, (200, 400), [["身份证号", "中共党员"], ["联系电话", "无"]])
    form.ordinary()
    assert survey(form.page()).unsure == ("“身份证号”旁边填的不像号码，请核对遮挡位置。",)


@pytest.mark.parametrize("words", MODES)
def test_the_rest_of_a_line_behind_a_label_is_covered_up_to_the_next_entry(words):
    form = Form(words)
    form.line("姓名：张建国", 100, 100)
    before = form.line("家庭住址：", 300, 100)
    value = form.line("临江区望山路某处", before.right, 100)
    after = form.line("政治面貌：中共党员", value.right + 60, 100)
    form.ordinary()
    assert is_covered(value, found(form, Kind.ADDRESS))
    assert not is_covered(Box(after.left + 40, 100, after.right, 124), survey(form.page()).findings)
    assert survey(form.page()).unsure == ()


def test_a_value_ends_where_the_next_label_begins():
    form = Form()
    address = form.line("家庭住址 望山路某处 ", 100, 100)
    phone = form.line("联系电话 85552046", address.right, 100)
    form.ordinary()
    assert not is_covered(phone, found(form, Kind.ADDRESS))
    assert is_covered(Box(phone.left + 108, 100, phone.right, 124), found(form, Kind.PHONE))


def test_a_line_with_label_and_value_in_one_piece_is_covered_behind_the_label():
    form = Form()
    line = form.line("联系电话：85552046 转 302", 100, 100)
    form.ordinary()
    assert is_covered(
        Box(line.left + 24 * 5, line.top, line.right - 24, line.bottom), found(form, Kind.PHONE)
    )
    assert not is_covered(Box(line.left, line.top, line.left + 48, line.bottom), found(form, Kind.PHONE))


def test_label_and_value_in_one_cell_are_covered_to_the_cells_edge_and_further_lines():
    form = Form()
    cell = form.cell(Box(100, 100, 600, 220), "家庭住址：临江区望山路\n某家属院旧楼\n邮编：100020")
    form.ordinary()
    covers = found(form, Kind.ADDRESS)
    assert is_covered(Box(240, 112, cell.right, 130), covers)
    assert is_covered(Box(106, 145, 106 + 24 * 6, 165), covers)
    assert not is_covered(Box(106, 176, 200, 196), covers)


def test_an_address_that_fills_its_line_runs_on_in_the_next():
    form = Form()
    form.line(
        "家庭住址：岚江省云梧市临江区望山路一百零八号望山花园第三期东区南门进去左手边第二排的那一片楼",
        100,
        100,
    )
    second = form.line("东边第三家，门口有槐树", 100, 140)
    third = form.line("现任职务：科长", 100, 180)
    assert is_covered(second, found(form, Kind.ADDRESS))
    assert not is_covered(third, found(form, Kind.ADDRESS))


def test_a_label_with_nothing_behind_it_covers_the_room_and_makes_the_page_unsure():
    form = Form()
    label = form.line("家庭住址：", 100, 100)
    form.ordinary()
    assert is_covered(Box(label.right, 100, 1240, 124), found(form, Kind.ADDRESS))
    assert survey(form.page()).unsure


@pytest.mark.parametrize(
    "text", ["他打来电话说工作已经完成。", "办公室负责电话值守和来访接待。", "填写时手机须静音"]
)
def test_a_label_in_a_sentence_asks_for_nothing(text):
    form = Form()
    form.line(text, 100, 100)
    form.ordinary()
    assert survey(form.page()).findings == ()
    assert survey(form.page()).unsure == ()


def test_a_doubtful_label_counts_as_one():
    form = Form()
    form.cell(Box(100, 100, 300, 160), "家庭住址", score=0.6)
    value = form.cell(Box(300, 100, 800, 160), "梧桐里")
    for n in range(12):
        form.ordinary(400 + 50 * n)
    assert is_covered(value, found(form, Kind.ADDRESS))
    assert survey(form.page()).unsure == ()


def test_a_label_that_only_the_second_reader_read_counts():
    form = Form()
    form.cell(Box(100, 100, 300, 160))
    value = form.cell(Box(300, 100, 800, 160))
    form.line("身份证号", 106, 110, second=True)
    assert is_covered(value, found(form, Kind.ID_NUMBER))


def test_a_line_that_only_the_second_reader_read_is_covered_behind_its_label():
    form = Form()
    value = form.line("联系电话：85552046", 100, 100, second=True)
    form.ordinary()
    assert is_covered(Box(value.left + 120, value.top, value.right, value.bottom), found(form, Kind.PHONE))


def test_native_place_and_birthplace_stay_readable():
    form = Form()
    form.table(100, (200, 300, 200, 300), [["籍贯", "云梧临江", "出生地", "云梧临江"]])
    assert survey(form.page()).findings == ()


def test_health_and_pay_are_found_but_raise_no_doubt_unless_they_are_masked():
    form = Form()
    form.table(100, (300, 300), [["张建国", "健康状况"]])
    cells = form.table(400, (300, 300), [["岗位工资", "2030"]])
    form.ordinary()
    page = form.page()
    assert survey(page, kinds=IDENTIFYING).unsure == ()
    assert survey(page).unsure
    assert is_covered(cells[0][1], found(form, Kind.SALARY))


@pytest.mark.parametrize(
    ("category", "row", "kind"),
    [("10", ("内科", "血压136/88"), Kind.HEALTH), ("9-1", ("级别档次", "二十二级四档"), Kind.SALARY)],
)
def test_on_papers_of_health_and_pay_more_words_are_labels(category, row, kind):
    form = Form()
    [[_, value]] = form.table(100, (200, 500), [row])
    form.ordinary()
    page = form.page()
    held = [finding for finding in survey(page, category=category).findings if finding.kind == kind]
    assert is_covered(value, held)
    assert not survey(page, category="3").findings
