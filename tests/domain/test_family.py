import pytest

from tests.domain.laid_out import Form, is_covered
from webapp.domain.findings import IDENTIFYING, Kind, masked_text, survey
from webapp.domain.geometry import Box

HEADER = ["称谓", "姓名", "出生年月", "政治面貌", "工作单位及职务"]
RELATIVES = [
    ["父亲", "张德福", "1950.03", "群众", "云梧市农机厂退休"],
    ["母亲", "李桂英", "1952.11", "群众", "务农"],
    ["妻子", "王秀兰", "1978.06", "中共党员", "云梧一中教师"],
]
WIDTHS = (100, 150, 150, 180, 420)


def family(form):
    return [finding for finding in survey(form.page()).findings if finding.kind == Kind.FAMILY]


def covered(boxes, form):
    found = family(form)
    return [is_covered(box, found) for box in boxes]


def test_every_cell_under_the_header_is_covered_even_empty_ones():
    form = Form()
    cells = form.table(100, WIDTHS, [HEADER, *RELATIVES, [""] * 5, [""] * 5])
    form.ordinary()
    assert all(all(covered(row, form)) for row in cells[1:])
    assert not any(covered(cells[0], form))
    assert survey(form.page()).unsure == ()


def test_the_table_ends_with_the_title_beside_it():
    form = Form()
    title = form.cell(Box(40, 100, 100, 340), "家\n庭\n主\n要\n成员")
    cells = form.table(100, WIDTHS, [HEADER, *RELATIVES])
    below = form.table(340, (300, 760), [["呈报单位", "同意呈报。"]], left=40)
    assert all(covered(cells[-1], form))
    assert covered([title, *below[0]], form) == [False, False, False]


def test_another_table_of_the_same_columns_under_the_title_is_left_alone():
    form = Form()
    form.cell(Box(40, 100, 100, 340), "家\n庭\n主\n要\n成员")
    form.table(100, WIDTHS, [HEADER, *RELATIVES])
    form.cell(Box(40, 340, 100, 460), "学习\n经历")
    below = form.table(340, WIDTHS, [["第一段", "云梧一中", "1990.07", "学生", "高中"]] * 2)
    assert not any(covered(below[0] + below[1], form))


def test_the_table_ends_with_the_next_heading():
    form = Form()
    cells = form.table(100, WIDTHS, [HEADER, *RELATIVES])
    below = form.table(340, (100, 900), [["备注", "无其他需要说明的情况"]])
    assert all(covered(cells[-1], form))
    assert not any(covered(below[0], form))


def test_a_header_whose_first_word_was_misread_still_heads_the_table():
    form = Form()
    form.line("家庭主要成员", 100, 60)
    cells = form.table(100, WIDTHS, [["称渭", *HEADER[1:]], ["父来", *RELATIVES[0][1:]], *RELATIVES[1:]])
    assert all(all(covered(row, form)) for row in cells[1:])


def test_a_table_of_the_subject_is_no_table_of_relatives():
    form = Form()
    form.table(
        100,
        (150, 200, 150, 200),
        [["姓名", "张建国", "性别", "男"], ["出生年月", "1975.03", "政治面貌", "中共党员"]],
    )
    form.table(400, (150, 200, 300), [["姓名", "出生年月", "工作单位"], ["钱学文", "1960.01", "云梧大学"]])
    assert family(form) == []


def test_a_table_continued_from_the_page_before_is_known_by_its_kinship():
    form = Form()
    cells = form.table(
        100, WIDTHS, [RELATIVES[0], ["毌亲?", *RELATIVES[1][1:]], RELATIVES[2], ["", "", "", "", ""]]
    )
    form.ordinary()
    assert all(all(covered(row, form)) for row in cells)


def test_a_column_of_sexes_is_no_column_of_kinship():
    form = Form()
    form.table(
        100,
        (200, 100, 300),
        [["钱学文", "女", "云梧大学"], ["孙有财", "女", "云梧一中"], ["周小梅", "男", "市财政局"]],
    )
    assert family(form) == []


def test_a_column_of_short_kinship_counts_from_two_words_on():
    form = Form()
    cells = form.table(100, (100, 300, 300), [["子", "张小军", "云梧大学"], ["女", "张小雨", "云梧一中"]])
    assert all(covered(cells[0] + cells[1], form))


def test_one_spouse_alone_in_a_row_is_enough():
    form = Form()
    cells = form.table(100, (200, 300, 500), [["配偶", "王秀兰", "云梧一中教师"]])
    assert all(covered(cells[0], form))


def test_what_is_written_freely_beside_the_title_is_covered():
    form = Form()
    cells = form.table(100, (240, 760), [["家庭成员情况", "家中四口人"]])
    assert covered(cells[0], form) == [False, True]


def test_without_ruling_everything_down_to_the_next_section_is_covered():
    form = Form()
    for x, text in zip((100, 220, 380, 560, 760), HEADER, strict=True):
        form.line(text, x, 100)
    lines = [
        form.line(text, x, 150 + 50 * n)
        for n, row in enumerate(RELATIVES)
        for x, text in zip((100, 220, 380, 560, 760), row, strict=True)
    ]
    after = form.line("三、奖惩情况", 100, 320)
    form.ordinary()
    assert all(covered(lines, form))
    assert covered([after], form) == [False]
    assert survey(form.page()).unsure == ()


def test_a_header_without_rows_makes_the_page_unsure():
    ruled, plain = Form(), Form()
    ruled.table(100, WIDTHS, [HEADER])
    ruled.ordinary()
    for x, text in zip((100, 220, 380, 560, 760), HEADER, strict=True):
        plain.line(text, x, 1600)
    plain.ordinary()
    assert any("家庭成员" in reason for reason in survey(ruled.page()).unsure)
    assert any("家庭成员" in reason for reason in survey(plain.page()).unsure)


@pytest.mark.parametrize("words", ["signs", "words", "none"])
@pytest.mark.parametrize(
    "text",
    [
        "我父亲张德福，在云梧市农机厂工作。",
        "妻子：王秀兰",
        "母亲叫李桂英，一九五二年生。",
        "父母均为农民，以种地为生。",
        "爱人在市医院任职。",
        "张德福（父亲）曾任村支部书记",
        "岳父 周正 1949.02 退休",
    ],
)
def test_a_sentence_about_a_relative_is_covered(words, text):
    form = Form(words)
    line = form.line(text, 100, 100)
    form.ordinary()
    assert covered([line], form) == [True]


def test_a_sentence_about_a_relative_is_covered_on_all_its_lines():
    form = Form()
    first = form.line("本人出身于普通家庭，受党教育多年。我的父亲张", 100, 100)
    second = form.line("德福，早年参军，后在云梧市农机厂工作直至退", 100, 140)
    third = form.line("休。我于一九九五年参加工作，历任科员、科长。", 100, 180)
    fourth = form.line("工作以来，本人认真负责，团结同志。", 100, 220)
    assert covered([first, second, third, fourth], form) == [False, True, False, False]
    page = form.page()
    shown = masked_text(page, survey(page).findings, IDENTIFYING)
    assert shown.split("\n")[1] == "■"
    assert "本人出身于普通家庭，受党教育" in shown
    assert "于一九九五年参加工作，历任科员、科长。" in shown
    assert not any(word in shown for word in ("父亲", "德福", "农机厂", "直至"))


@pytest.mark.parametrize(
    "text",
    [
        "热爱人民，热爱工作，服务群众。",
        "该同志孝敬父母，邻里和睦。",
        "他像母亲一样关心学生。",
        "与兄弟单位开展交流，干部职工反映良好。",
        "母亲节慰问困难职工。",
    ],
)
def test_kinship_in_passing_is_no_finding(text):
    form = Form()
    form.line(text, 100, 100)
    form.ordinary()
    assert family(form) == []
