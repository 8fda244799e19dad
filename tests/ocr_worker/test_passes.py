import pytest

from ocr_worker.passes import shines_through
from webapp.domain.geometry import Box
from webapp.domain.transcription import Line


def lines(*scores: float) -> list[Line]:
    return [Line("字", Box(0, 0, 1, 1), score) for score in scores]


@pytest.mark.parametrize(
    ("scores", "seen"),
    [
        ((), False),
        ((0.9,) * 20, False),
        ((0.9,) * 17 + (0.6,) * 3, False),  # 15 % and no more
        ((0.9,) * 16 + (0.6,) * 3, True),
        ((0.9,) * 9 + (0.2,) * 9, False),  # illegible specks are no writing
    ],
)
def test_a_page_shines_through_when_more_than_15_percent_of_its_lines_are_doubtful(
    scores: tuple[float, ...], seen: bool
) -> None:
    assert shines_through(lines(*scores)) is seen
