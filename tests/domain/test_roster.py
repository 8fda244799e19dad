"""Reading a roster's header and rows."""

import pytest

from webapp.domain.errors import Invalid
from webapp.domain.roster import Column, Reading, header_in, read_row

COLUMNS = {
    column: place for place, column in enumerate(Column)
}  # 姓名 性别 出生日期 身份证号 单位 职务 档案号
VALID_ID = "11010519491231002X"


def _read(
    name="张三", sex="男", birth="1970.5", id_number="", unit="甲局", post="科员", number="A1"
) -> Reading:
    reading = read_row(7, [name, sex, birth, id_number, unit, post, number], COLUMNS)
    assert reading is not None
    return reading


def test_the_header_is_found_below_a_title_in_any_order_by_any_name() -> None:
    rows = [
        ["云梧市干部花名册"],
        ["2026年3月"],
        ["序号", "档案编号", "所在单位", "姓　名", "备注", "公民身份号码*"],
    ]
    place, columns = header_in(rows)
    assert place == 2
    assert columns == {Column.NUMBER: 1, Column.UNIT: 2, Column.NAME: 3, Column.ID_NUMBER: 5}


def test_units_of_measure_in_brackets_do_not_hide_a_column() -> None:
    assert header_in([["姓名", "单位", "档案号", "出生日期（年月）"]])[1][Column.BIRTH] == 3


def test_what_the_header_lacks_is_named() -> None:
    with pytest.raises(Invalid, match="缺少：档案号"):
        header_in([["标题"], ["姓名", "单位"]])
    with pytest.raises(Invalid, match="缺少：姓名、单位、档案号"):
        header_in([["张三", "甲局", "A1"]])


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(Invalid, match="两列"):
        header_in([["姓名", "单位", "档案号", "工作单位"]])


def test_a_row_becomes_plain_values() -> None:
    row = _read(name="张　三", birth="1970年5月", id_number="11010519491231002x", number="Ａ１").row
    assert row is not None
    assert (row.name, row.birth, row.id_number, row.number) == ("张三", "1970-05", VALID_ID, "A1")


def test_latin_and_minority_names_keep_what_belongs_to_them() -> None:
    assert _read(name="阿迪力 · 买买提").name == "阿迪力·买买提"
    assert _read(name="Anna Li").name == "Anna Li"


def test_an_empty_row_is_no_row() -> None:
    assert read_row(3, ["", " ", "　"], COLUMNS) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "没有填写姓名"),
        ({"unit": ""}, "没有填写单位"),
        ({"number": ""}, "没有填写档案号"),
        ({"sex": "M"}, "性别"),
        ({"birth": "1970.13"}, "出生日期"),
        ({"id_number": "110105194912310021"}, "校验码"),
        ({"id_number": "1101051949123100"}, "身份证号不对"),
        ({"id_number": "1.10105194912310e+17"}, "文本"),
        ({"name": "长" * 65}, "姓名不超过64字"),
        ({"post": "长" * 121}, "职务不超过120字"),
        ({"number": "1" * 41}, "档案号不超过40字"),
    ],
)
def test_what_is_wrong_is_said_in_words(fields: dict[str, str], words: str) -> None:
    reading = _read(**fields)
    assert reading.row is None
    assert any(words in error for error in reading.errors)


def test_every_fault_of_a_row_is_said_at_once() -> None:
    assert len(_read(name="", sex="?", birth="昨天", id_number="1").errors) == 4


def test_a_birth_or_sex_unlike_the_id_number_is_noted_not_refused() -> None:
    reading = _read(sex="男", birth="1950.1", id_number=VALID_ID)
    assert reading.row is not None
    assert reading.notes == ("出生日期与身份证号不一致", "性别与身份证号不一致")
    assert _read(sex="女", birth="1949.12", id_number=VALID_ID).notes == ()


def test_an_apostrophe_that_kept_a_formula_asleep_is_taken_off() -> None:
    assert _read(post="'=1+1").row.post == "=1+1"
