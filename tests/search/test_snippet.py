"""The lines around a hit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.search.snippet import snippet


def hits(fragments):
    return [fragment for fragment, is_hit in fragments if is_hit]


def test_the_text_is_shown_as_it_was_written():
    assert snippet("姓名：张　伟，ＡＢ", "张伟 ab") == [
        ("姓名：", False),
        ("张　伟", True),
        ("，", False),
        ("ＡＢ", True),
    ]


def test_a_line_break_within_a_hit_stays_within_it():
    assert hits(snippet("关于处分的决\n定。", "决定")) == ["决\n定"]


def test_the_densest_stretch_is_chosen():
    text = "处分" + "甲" * 200 + "张伟受到处分" + "乙" * 200 + "张伟张伟张伟"
    fragments = snippet(text, "张伟 处分", width=30)
    assert hits(fragments) == ["张伟", "处分"]
    assert fragments[0] == fragments[-1] == ("…", False)
    assert len("".join(fragment for fragment, _ in fragments[1:-1])) == 30


def test_words_are_marked_whole_and_numbers_from_their_beginning():
    assert hits(snippet("12 2012 1990 19900307", "12 1990")) == ["12", "1990", "19900307"]
    assert hits(snippet("1990 19900307", '"1990"')) == ["1990"]


def test_without_a_hit_the_beginning_is_shown():
    assert snippet("甲" * 100, "张伟", width=10) == [("甲" * 10, False), ("…", False)]


def test_a_hit_longer_than_the_window_is_cut():
    assert hits(snippet("甲" * 5 + "处分决定书处分决定书", "处分决定书处分决定书", width=4)) == ["处分决定"]


@settings(deadline=None)
@given(st.text(st.sampled_from("张伟处分 \n，甲"), max_size=200), st.integers(1, 80))
def test_fragments_joined_are_a_stretch_of_the_text(text, width):
    fragments = snippet(text, "张伟 处分", width)
    shown = "".join(fragment for fragment, _ in fragments if fragment != "…")
    assert shown in text
    assert len(shown) == min(width, len(text))
    assert all(fragment for fragment, _ in fragments)
    if any(word in text for word in ("张伟", "处分")) and width > 1:
        assert hits(fragments)
