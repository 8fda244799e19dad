"""What was read on a page, kept and read back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.geometry import Box
from webapp.domain.transcription import SURE_LINE, Line, Transcription, Word

BOX = Box(1, 2, 30, 40)
scores = st.integers(0, 1000).map(lambda n: n / 1000)  # as exact as they are kept
boxes = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height),
    *[st.integers(-3, 5000)] * 2,
    *[st.integers(1, 5000)] * 2,
)
words = st.builds(Word, st.text(max_size=12), boxes, scores)
lines = st.builds(Line, st.text(max_size=30), boxes, scores, st.lists(words, max_size=3).map(tuple))
transcriptions = st.builds(
    Transcription,
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.text(max_size=20),
    st.lists(lines, max_size=4).map(tuple),
    st.lists(lines, max_size=2).map(tuple),
    st.lists(boxes, max_size=3).map(tuple),
    st.sampled_from([0, 90, 180, 270]),
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=2),
    st.lists(boxes, max_size=3).map(tuple),
)


@given(transcriptions)
def test_what_is_kept_is_read_back(written):
    assert Transcription.from_json(written.to_json()) == written


@given(transcriptions)
def test_a_key_of_a_later_version_does_no_harm(written):
    body = json.loads(written.to_json()) | {"later": [1, 2]}
    assert Transcription.from_json(json.dumps(body).encode()) == written


def page(*scored: tuple[str, float]) -> Transcription:
    return Transcription(100, 100, "test", tuple(Line(text, BOX, score) for text, score in scored))


def test_only_lines_that_were_read_surely_are_text():
    assert page(("姓名", SURE_LINE), ("反面透印", SURE_LINE - 0.01), ("性别", 1.0)).text == "姓名\n性别"


def test_what_a_second_reader_saw_is_never_text():
    doubled = Transcription(100, 100, "test", (Line("一", BOX, 1.0),), second_lines=(Line("二", BOX, 1.0),))
    assert doubled.text == "一"


def test_the_doubtful_share_counts_lines():
    assert page(("甲", 0.9), ("乙", 0.1), ("丙", 0.2), ("丁", 1.0)).doubtful_share == 0.5
    assert page().doubtful_share == 0.0
