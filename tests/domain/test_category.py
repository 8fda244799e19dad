"""The ten categories: codes, what people write, titles, guarding and suggestions."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.category import CODES, Category, every, heading, sensitivity_of
from webapp.domain.category_keywords import suggested_category
from webapp.domain.disclosure import Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.schemes import SCHEMES

codes = st.sampled_from(CODES)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("九-1", "9-1"),
        ("九一", "9-1"),
        ("9－1", "9-1"),
        ("9—1", "9-1"),
        ("九一1", "9-1"),
        ("91", "9-1"),
        ("四-1", "4-1"),
        ("四 2", "4-2"),
        ("第四类-3", "4-3"),
        ("4(4)", "4-4"),
        ("一", "1"),
        ("十", "10"),
        ("10", "10"),
        ("第八类", "8"),
        (" ８ ", "8"),
    ],
)
def test_what_people_write_becomes_one_code(written: str, code: str) -> None:
    assert Category.parse(written).code == code


@pytest.mark.parametrize("written", ["四", "9", "九类", "十一", "11", "4-5", "3-1", "0", "", "履历", "4-1-2"])
def test_what_is_no_leaf_category_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        Category.parse(written)


def test_a_bare_four_is_told_what_is_missing() -> None:
    with pytest.raises(Invalid, match="小类"):
        Category.parse("四")


@given(codes, st.sampled_from("-－—–一 .、"))
def test_every_dash_reads_the_same(code: str, dash: str) -> None:
    assert Category.parse(code.replace("-", dash)).code == code


@given(codes)
def test_what_is_displayed_reads_back(code: str) -> None:
    assert Category.parse(Category(code).display) == Category(code)


@given(st.text(max_size=8))
def test_any_text_is_a_category_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert Category.parse(text).code in CODES


def test_the_order_is_that_of_the_catalogue_not_of_letters() -> None:
    assert [c.code for c in sorted(map(Category, reversed(CODES)))] == list(CODES)
    assert [c.code for c in every()] == list(CODES)
    assert Category("9-4") < Category("10")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_category_has_a_title_in_every_version(scheme: str) -> None:
    assert all(c.title(scheme) for c in every())
    assert len({c.title(scheme) for c in every()}) == len(CODES)
    assert all(heading(main, scheme) for main in range(1, 11))


def test_titles_follow_the_version() -> None:
    assert Category("8").title("2012") == "处分材料"
    assert Category("8").title() == "违规违纪违法处理处分类材料"


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("5", "任前审核登记表"),
        ("8", "关于表彰的通知"),
        ("2", "党员领导干部个人有关事项报告表"),
        ("9-2", "考察 材料"),
        ("3", "民主测评表"),
        ("10", "体格检查表"),
        ("10", "工伤认定决定书"),
        ("10", "因工劳动能力鉴定结论通知书"),
    ],
)
def test_guarded_papers_are_restricted(code: str, title: str) -> None:
    assert sensitivity_of(Category(code), title) is Sensitivity.RESTRICTED


@pytest.mark.parametrize(
    ("code", "title"), [("1", "干部履历表"), ("9-2", "干部任免审批表"), ("10", "报到证")]
)
def test_common_papers_are_not(code: str, title: str) -> None:
    assert sensitivity_of(Category(code), title) is Sensitivity.ORDINARY


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("干部履历表（1999年版）", "1"),
        ("公务员年度考核登记表", "3"),
        ("《入党志愿书》", "6"),
        ("党员登记表", "6"),
        ("高等学校毕业生登记表", "4-1"),
        ("专业技术职务任职资格评审表", "4-2"),
        ("博士后研究人员登记表", "4-3"),
        ("干部培训考核登记表", "4-4"),
        ("干部任免审批表", "9-2"),
        ("公务员登记表", "9-2"),
        ("2006年工资制度改革套改审批表", "9-1"),
        ("因公出国人员审查表", "9-3"),
        ("人大代表候选人建议人选登记表", "9-4"),
        ("关于给予党内警告处分的决定", "8"),
        ("高等学校考生政审表", "5"),
        ("体格检查表", "10"),
        ("公务员奖励审批表", "7"),
        ("个人有关事项报告表", "2"),
        ("党员干部登记表", "1"),
        ("三好学生登记表", "7"),
        ("执业资格考试合格人员登记表", "4-2"),
        ("中央党校学员学习成绩登记表", "4-4"),
        ("选聘到村任职高校毕业生登记表", "9-2"),
    ],
)
def test_common_titles_suggest_their_category(title: str, code: str) -> None:
    suggested = suggested_category(title)
    assert suggested is not None
    assert suggested.code == code


def test_a_title_that_says_nothing_suggests_nothing() -> None:
    assert suggested_category("来信") is None
