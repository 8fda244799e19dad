"""How text is cut, and that a text's normal form is the same however it is reached."""

import pickle

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.search.analysis import BigramTokenizer, Need, aligned, normalise, query_tokens, runs, tokens
from webapp.search.schema import SCHEMA

TEXTS = (
    st.text(
        st.sampled_from("张伟处分决定ＡＢab１2９ 　\n\t，。：■·㐂𠮷\ufa11\ue123é\u0301Ⅳ㎡ß葛\U000e0100々〇")
    )
    | st.text()
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张伟", ["张伟", "伟"]),
        ("任命张伟", ["任命", "命张", "张伟", "伟"]),
        ("张", ["张"]),
        ("张伟，男", ["张伟", "伟", "男"]),
        ("2021年度", ["2021", "年度", "度"]),
        ("ＡＢｃ—１２３", ["abc", "123"]),
        ("姓名：张　伟", ["姓名", "名", "张伟", "伟"]),
        ("处分决\n定", ["处分", "分决", "决定", "定"]),
        ("张■■住址■号", ["张", "住址", "址", "号"]),
        ("买买提·艾力", ["买买", "买提", "提", "艾力", "力"]),
        ("", []),
        ("，。！■", []),
    ],
)
def test_text_is_cut_into_pairs_tails_and_words(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize("rare", ["㐂", "𠮷", "𪚥", "𬴊", "𰻝", "\ue815", "〇", "⺠"])
def test_rare_characters_of_names_are_han(rare):
    assert tokens(f"王{rare}玉") == [f"王{rare}", f"{rare}玉", "玉"]


def test_a_compatibility_ideograph_and_a_variant_are_the_character_itself():
    assert tokens("\uf9dc葛\U000e0100飾") == tokens("隆葛飾")


@settings(deadline=None)
@given(TEXTS)
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@example("e\U000e0100\u0301张 \u200b 伟")
@settings(deadline=None)
@given(st.text(st.sampled_from("张伟处分ＡＢab１2 　\n\t，。■·㐂𠮷\ufa11\ue123é\u0301Ⅳ㎡ß\U000e0100")))
def test_the_aligned_form_is_the_normal_form_and_points_into_the_text(text):
    normal, places = aligned(text)
    assert normal == normalise(text)
    assert len(places) == len(normal)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@settings(deadline=None)
@given(st.text(st.sampled_from("张伟处分决定，■ab12 \n"), max_size=30), st.data())
def test_a_text_holds_every_need_of_each_part_of_a_run_in_it(text, data):
    for run in runs(normalise(text)):
        start = data.draw(st.integers(0, len(run) - 1))
        part = run[start : data.draw(st.integers(start + 1, len(run)))]
        held = set(tokens(text))
        if part == run or not part.isascii():
            for need in query_tokens(part):
                assert any(t.startswith(need.text) if need.is_prefix else t == need.text for t in held)


def test_one_character_and_a_number_of_four_digits_are_beginnings():
    assert query_tokens("党") == [Need("党", is_prefix=True)]
    assert query_tokens("1990") == [Need("1990", is_prefix=True)]
    assert query_tokens("199") == [Need("199")]
    assert query_tokens("1990", whole_words=True) == [Need("1990")]
    assert query_tokens("组织部") == [Need("组织"), Need("织部")]


def test_the_schema_survives_pickling_as_whoosh_does_it():
    assert pickle.loads(pickle.dumps(SCHEMA, 2)).names() == SCHEMA.names()  # noqa: S301
    assert [token.text for token in BigramTokenizer()("张伟 ab")] == ["张伟", "伟", "ab"]
