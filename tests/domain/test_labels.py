import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.labels import LABELS, Kind, distance, is_heading, is_kinship, labels_in

LONG = [
    (kind, name)
    for kind, names in LABELS.items()
    for name in names
    if len(name) >= 4 and not name.isascii() and kind is not Kind.FAMILY
]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in LABELS.items() for name in names])
def test_every_label_is_found_in_its_row(kind, name):
    assert [(m.kind, m.start, m.end) for m in labels_in(f"甲{name}:乙")] == [(kind, 1, 1 + len(name))]


@given(st.sampled_from(LONG), st.data())
def test_a_label_with_a_third_of_its_signs_misread_is_found(label, data):
    _, name = label
    signs = list(name)
    for at in data.draw(st.lists(st.integers(0, len(name) - 1), max_size=len(name) // 3, unique=True)):
        signs[at] = data.draw(st.sampled_from(["", "囗", "曰"]))
    assert labels_in("".join(signs)), "".join(signs)
    assert all(match.misread <= len(name) // 3 for match in labels_in("".join(signs)))


@pytest.mark.parametrize(
    "text",
    ["籍贯", "出生地", "身份认定", "身份证明", "证书号码", "文件号码", "单位地址", "电话会议", "联系群众"],
)
def test_what_only_resembles_a_label_is_none(text):
    assert labels_in(text) == []


def test_the_longest_label_counts():
    assert [m.name for m in labels_in("家庭住址及联系电话")] == ["家庭住址", "联系电话"]
    assert [m.name for m in labels_in("公民身份号码")] == ["公民身份号码"]


@pytest.mark.parametrize(
    "text", ["姓 名", "出生年月(岁)", "工作单位及职务", "联系电话：", "家庭住址及电话", "称谓"]
)
def test_words_of_the_form_are_headings(text):
    assert is_heading(text)


@pytest.mark.parametrize("text", ["", "张建国", "13800138000", "望山路8号", "同意任免。", "汉族"])
def test_what_is_filled_in_is_no_heading(text):
    assert not is_heading(text)


def test_kinship_is_a_word_of_its_own():
    assert is_kinship("父 亲")
    assert is_kinship("岳母")
    assert not is_kinship("父亲节")


@given(st.text("甲乙丙", max_size=6), st.text("甲乙丙", max_size=6))
def test_distance_is_symmetric_and_zero_only_for_equals(one, other):
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)


def test_kinds_keep_their_names():
    assert {kind.value for kind in Kind} == {
        "id_number", "phone", "address", "family", "bank_card", "e_mail", "health", "salary", "unread",
    }  # fmt: skip
