"""What a query asks for, and that nothing typed breaks it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.search.analysis import Need
from webapp.search.query import parse
from webapp.search.snippet import snippet


def test_words_apart_by_spaces_must_all_occur():
    asked = parse("张伟　处分 1990")
    assert asked.needs == (Need("张伟"), Need("处分"), Need("1990", is_prefix=True))
    assert asked.phrases == ()


def test_three_characters_in_a_row_are_looked_for_in_the_text():
    assert parse("组织部 处分").phrases == ("组织部",)


@pytest.mark.parametrize("query", ['"1990.03 处分"', "“1990.03 处分”", "＂1990.03　处分＂"])
def test_quotation_marks_of_any_kind_keep_wording_together(query):
    assert parse(query).phrases == ("1990.03处分",)
    assert Need("1990") in parse(query).needs


def test_a_quotation_mark_without_a_partner_is_ignored():
    assert parse('"张伟').needs == (Need("张伟"),)


@pytest.mark.parametrize("query", ["", "  ", '""', "，。", "■■", "\x00", "\ud800"])
def test_a_query_that_asks_for_nothing_is_refused_in_chinese(query):
    with pytest.raises(Invalid, match="请输入"):
        parse(query)


@pytest.mark.parametrize("query", ["张" * 513, "".join(map(chr, range(0x4E00, 0x4E00 + 66)))])
def test_a_query_that_asks_for_too_much_is_refused_in_chinese(query):
    with pytest.raises(Invalid, match="检索内容过"):
        parse(query)


def test_a_long_query_that_repeats_itself_is_allowed():
    assert parse("张" * 512).needs == (Need("张张"),)


@settings(deadline=None)
@given(st.text(), st.text(max_size=80))
@example('"" "張" (((*?[a-', "張(((*?[a-")
def test_nothing_typed_raises_anything_but_invalid(query, text):
    try:
        fragments = snippet(text, query)
    except Invalid:
        return
    assert "".join(fragment for fragment, _ in fragments).strip("…") in text
