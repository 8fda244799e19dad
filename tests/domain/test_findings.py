import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.laid_out import Form, id_number, is_covered
from webapp.domain.findings import IDENTIFYING, Finding, Kind, Survey, masked_text, survey
from webapp.domain.geometry import Box
from webapp.domain.transcription import Line, Transcription, Word

MODES = ["signs", "words", "none"]
ORDINARY = [
    "关于李明同志任职的通知",
    "云组通〔2012〕28号",
    "1983.09--1987.07  云梧大学中文系汉语言文学专业学习",
    "1987.07--1991.03  云梧市财政局科员（其间：1989.09--1990.01 市委党校学习）",
    "2019年12月31日  填表时间 20201231",
    "2015年称职 2016年优秀 2017年称职 2018 2019 2020",
    "岗位工资 2030 薪级工资 1850.00 合计 3880.00",
    "学号201501030127 证书编号1000120100512345",
    "籍贯 云梧临江 出生地 云梧临江",
    "邮编100020 第3页 共12页",
    "参加测评56人，同意54票",
    "该同志政治坚定，作风扎实，团结群众，廉洁自律。",
]


def unsure(form):
    return survey(form.page()).unsure


@pytest.mark.parametrize("words", MODES)
def test_ordinary_text_is_neither_covered_nor_doubted(words):
    form = Form(words)
    for n, text in enumerate(ORDINARY):
        form.line(text, 100, 100 + 50 * n, size=20)
    result = survey(form.page())
    assert [f for f in result.findings if f.kind in IDENTIFYING] == []
    assert result.unsure == ()


@pytest.mark.parametrize("words", MODES)
def test_a_number_in_a_line_is_covered_with_a_quarter_of_its_height_around(words):
    form = Form(words)
    form.line("张建国，", 100, 100)
    number = form.line(id_number(), 220, 100)
    form.ordinary()
    (finding,) = survey(form.page()).findings
    assert (finding.kind, finding.rule) == (Kind.ID_NUMBER, "pattern:id_number")
    assert is_covered(number.grown(6, 6, within=form.size), [finding])


def test_a_finding_stays_on_the_page():
    form = Form()
    form.line(id_number(), 1240 - 18 * 12, 0)
    form.ordinary()
    (finding,) = survey(form.page()).findings
    assert (finding.box.top, finding.box.right) == (0, 1240)


@pytest.mark.parametrize("score", [0.2, 0.5, 0.97])
def test_doubtful_lines_are_searched_too(score):
    form = Form()
    number = form.line(id_number(), 100, 100, score=score)
    for n in range(10):
        form.ordinary(300 + n * 50)
    assert is_covered(number, survey(form.page()).findings)


def test_what_only_the_second_reader_read_is_covered():
    form = Form()
    number = form.line(id_number(), 100, 100, second=True)
    form.ordinary()
    (finding,) = survey(form.page()).findings
    assert finding.rule == "second:id_number"
    assert is_covered(number, [finding])


def test_a_number_broken_over_two_lines_is_covered_on_both():
    number, form = id_number(3), Form()
    first = form.line("身份证：" + number[:10], 100, 100)
    second = form.line(number[10:], 100, 130)
    form.ordinary()
    findings = survey(form.page()).findings
    assert is_covered(Box(first.left + 96, first.top, first.right, first.bottom), findings)
    assert is_covered(second, findings)


def test_a_number_broken_over_two_lines_of_a_cell_or_two_cells_is_covered():
    number, form = id_number(4), Form()
    cell = form.cell(Box(100, 100, 300, 200), f"{number[:10]}\n{number[10:]}")
    left, right = form.table(300, (200, 200), [[number[:9], number[9:]]])[0]
    form.ordinary()
    findings = survey(form.page()).findings
    assert is_covered(Box(106, 110, 106 + 10 * 12, 134), findings)
    assert is_covered(Box(106, 142, 106 + 8 * 12, 166), findings)
    assert is_covered(Box(left.left + 6, left.top + 10, left.left + 6 + 9 * 12, left.top + 34), findings)
    assert is_covered(Box(right.left + 6, right.top + 10, right.left + 6 + 9 * 12, right.top + 34), findings)
    assert cell


@given(st.integers(0, 10_000), st.sampled_from(MODES), st.integers(0, 400), st.integers(0, 40), st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_canary_survives_in_masked_text(seed, words, left, gap, in_cell):
    number, form = id_number(seed), Form(words)
    phone = f"139{seed:08}"
    if in_cell:
        form.table(100, (200, 500), [["身份证号", number], ["联系电话", phone]])
    else:
        form.line(f"姓名张建国 {number}{' ' * (gap // 10)} 电话{phone} 汉族", left, 100)
    form.ordinary()
    page = form.page()
    text = masked_text(page, survey(page).findings, IDENTIFYING)
    assert number not in text
    assert not any(number[at : at + 6] in text or phone[at : at + 6] in text for at in range(6))
    assert "本人认真履行职责" in text


def test_masked_text_keeps_the_rest_of_the_line_and_hides_the_length():
    form = Form("words")
    form.line("姓名 张建国 手机 13912345678 汉族", 100, 100)
    page = form.page()
    assert masked_text(page, survey(page).findings, IDENTIFYING) == "姓名 张建国 手机■ 汉族"


def test_a_line_without_words_is_replaced_whole():
    form = Form("none")
    form.line("手机 13912345678 汉族", 100, 100)
    form.ordinary()
    page = form.page()
    assert masked_text(page, survey(page).findings, IDENTIFYING).splitlines()[0] == "■"


def test_masked_text_covers_only_the_kinds_asked_for():
    form = Form("words")
    form.line("手机 13912345678", 100, 100)
    page = form.page()
    assert masked_text(page, survey(page).findings, frozenset({Kind.FAMILY})) == page.text


def test_a_word_of_which_only_a_part_is_covered_is_replaced_too():
    form = Form("words")
    word = form.line("13912345678", 100, 100)
    page = form.page()
    drawn = Finding(Kind.PHONE, Box(word.left, word.top, word.left + 30, word.bottom), "drawn")
    assert masked_text(page, [drawn], IDENTIFYING) == "■"


def test_the_next_line_stays_readable_though_a_finding_grazes_it():
    form = Form("signs")
    form.line("13912345678", 100, 100)
    form.line("认真履行职责", 100, 126)
    page = form.page()
    assert masked_text(page, survey(page).findings, IDENTIFYING) == "■\n认真履行职责"


def test_words_that_do_not_make_up_their_line_are_not_trusted():
    words = (Word("甲", Box(100, 100, 130, 130), 0.97),)
    page = Transcription(
        1240, 1754, "test", (Line("甲乙丙13912345678", Box(100, 100, 400, 130), 0.97, words),)
    )
    assert masked_text(page, [Finding(Kind.PHONE, Box(200, 100, 300, 130), "drawn")], IDENTIFYING) == "■"


def test_a_number_is_covered_with_the_whole_word_it_was_read_in():
    form = Form("words")
    word = form.line("Tel:13912345678(O)", 100, 100)
    form.ordinary()
    assert is_covered(word, survey(form.page()).findings)


def test_what_a_number_is_called_before_the_first_reader_decides_over_the_second():
    form = Form()
    number = "113041201005001234"
    label = form.line("毕业证书编号：", 100, 100)
    form.line("毕业证书编号：" + number, 100, 100)
    form.line(number, label.right, 100, second=True)
    form.ordinary()
    assert survey(form.page()) == Survey((), ())


def test_a_page_read_well_needs_no_person():
    form = Form()
    form.ordinary()
    assert unsure(form) == ()


def test_an_empty_page_needs_a_person():
    assert unsure(Form()) == ("几乎没有读出文字，请核对是否空白页。",)


def test_a_ruled_page_with_hardly_any_text_needs_a_person():
    form = Form()
    form.table(100, (200, 200, 200, 200), [["姓名", "", "", ""]] + [[""] * 4] * 9)
    assert "页面上有表格，却几乎没有读出文字。" in unsure(form)


def test_a_page_read_with_little_confidence_needs_a_person():
    form = Form()
    for n in range(10):
        form.line("认真履行职责", 100, 100 + 50 * n, score=0.82)
    assert unsure(form) == ("整页识别把握不足。",)


def test_a_page_with_many_doubtful_lines_needs_a_person():
    form = Form()
    for n in range(10):
        form.line("认真履行职责" if n > 3 else "贡职", 100, 100 + 50 * n, score=0.99 if n > 3 else 0.6)
    assert unsure(form) == ("识别不清的行过多。",)


def test_a_line_that_was_not_surely_read_is_covered():
    form = Form()
    doubtful = form.line("贡职", 100, 100, score=0.6)
    for n in range(5):
        form.ordinary(300 + 50 * n)
    result = survey(form.page())
    assert is_covered(doubtful, result.findings)
    assert {finding.kind for finding in result.findings} == {Kind.UNREAD}
    assert result.unsure == ()


def test_ink_that_nobody_read_is_covered_as_far_as_the_next_sure_word():
    form = Form()
    form.ordinary()
    label = form.line("开户行：", 100, 100)
    ink, further = Box(240, 100, 400, 124), form.line("经办人", 700, 100)
    page = replace(form.page(), unread=(ink,))
    [found] = survey(page).findings
    assert found.kind is Kind.UNREAD
    assert label.right - 12 <= found.box.left <= ink.left
    assert ink.right + 100 < found.box.right <= further.left + 12


def test_a_page_with_much_ink_that_nobody_read_needs_a_person():
    form = Form()
    form.ordinary()
    page = replace(form.page(), unread=tuple(Box(100, 30 * n, 200, 30 * n + 20) for n in range(41)))
    assert survey(page).unsure == ("页面上没有认出的笔迹过多。",)


@pytest.mark.parametrize("size", [(300, 420), (1240, 9000)])
def test_a_page_of_odd_size_needs_a_person(size):
    form = Form(size=size)
    form.line("认真履行职责", 10, 10)
    assert unsure(form) == ("页面尺寸异常，请核对。",)


def test_a_reading_beyond_the_page_needs_a_person():
    form = Form()
    form.ordinary(1750)
    assert unsure(form) == ("识别位置超出页面，请重新识别。",)


def test_vertical_writing_is_covered_unless_it_titles_a_narrow_cell_and_a_text_set_so_needs_a_person():
    vertical = Line("身份证号一一〇", Box(600, 100, 630, 400), 0.97)
    several = [replace(vertical, box=Box(n, 100, n + 30, 400)) for n in (600, 700, 800, 900)]
    form = Form()
    form.ordinary()
    page = form.page()
    loose = Transcription(*form.size, "test", (*page.lines, vertical))
    titled = Transcription(*form.size, "test", (*page.lines, Line("家庭主要成员", vertical.box, 0.97)), (),
                           (Box(590, 90, 640, 410), Box(640, 90, 900, 410)))  # fmt: skip
    text = Transcription(*form.size, "test", (*page.lines, *several))
    assert survey(loose).unsure == ()
    assert is_covered(vertical.box, survey(loose).findings)
    assert survey(text).unsure == ("有竖排文字，机器读不可靠。",)
    assert survey(titled).unsure == ()
    assert Kind.UNREAD not in {finding.kind for finding in survey(titled).findings}


def test_digits_that_only_the_second_reader_saw_are_covered_and_need_a_person():
    form = Form()
    piece = form.line("1101051949", 100, 100, second=True)
    form.ordinary()
    result = survey(form.page())
    assert is_covered(piece, result.findings)
    assert [f.rule for f in result.findings] == ["second:digits"]
    assert result.unsure == ("有疑似证件号或电话的数字未能确认，请核对。",)


def test_digits_that_both_readers_saw_alike_need_no_person():
    form = Form()
    for second in (False, True):
        form.line("学号201501030127 日期20201231", 100, 100, second=second)
    assert unsure(form) == ()
    assert survey(form.page()).findings == ()


def test_a_torn_piece_of_a_number_needs_a_person():
    form = Form()
    form.line("11010519491231", 100, 100)
    form.ordinary()
    assert unsure(form) == ("有疑似证件号或电话的数字未能确认，请核对。",)


def test_findings_of_a_kind_never_lie_within_one_another():
    form = Form()
    form.table(100, (200, 500), [["身份证号", id_number(5)]])
    form.ordinary()
    assert len(survey(form.page()).findings) == 1


def test_a_full_page_is_surveyed_in_time():
    form = Form()
    rows = [["姓名", "张建国", "身份证号", id_number(n), "联系电话", f"139{n:08}"] for n in range(20)]
    form.table(100, (100, 150, 150, 300, 150, 200), rows)
    for n in range(5):
        form.line(
            "该同志政治坚定，作风扎实，团结群众，廉洁自律，工作认真负责，群众公认。" * 2,
            100,
            1400 + 40 * n,
            size=16,
        )
    page = form.page()
    best = min(_cpu_seconds(lambda: survey(page)) for _ in range(5))
    count = min(_cpu_seconds(lambda: sum(n for n in range(1_000_000))) for _ in range(3))
    assert best < 3 * 0.02 * max(1, count / 0.045)  # the budget of 20 ms three times over, for a busy machine


def _cpu_seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start
