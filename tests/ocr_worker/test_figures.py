from dataclasses import replace

import numpy as np
import pytest

from ocr_worker.figures import places, reread
from webapp.domain.geometry import Box
from webapp.domain.transcription import Line, Word

PAGE = (2480, 3508)


def line(text: str, left: int = 100, top: int = 100, em: int = 40) -> Line:
    """As the first reader answers: a word a character, each a square of `em` pixels."""
    words = tuple(
        Word(char, Box(left + n * em, top, left + (n + 1) * em, top + em), 1.0) for n, char in enumerate(text)
    )
    return Line(text, Box(left, top, left + len(text) * em, top + em), 1.0, words)


@pytest.mark.parametrize(
    "text",
    [
        "370102196803124519",
        "号码13905312468",
        "电话：0531-86123456",
        "6222 0216 0200 1234",
        "37010219680312451X",
    ],
)
def test_a_run_of_figures_is_looked_at_again(text: str) -> None:
    (place,) = places([line(text)], [], PAGE)
    first = next(n for n, char in enumerate(text) if char.isdigit())
    assert place.left <= 100 + first * 40
    assert place.right >= 100 + len(text) * 40
    assert place.left > 100 + (first - 1) * 40  # the words before are left out: the reader knows figures only


@pytest.mark.parametrize(
    "text",
    [
        "1989.08—1994.05　济南市机械局科员",
        "1968年3月",
        "2001.11.",
        "共12页",
        "一九八九年",
        "2020-10-01",
        "199007",
    ],
)
def test_dates_and_short_numbers_are_not(text: str) -> None:
    assert places([line(text)], [], PAGE) == []


def test_beside_a_label_without_a_value_its_cell_is_looked_at() -> None:
    label, value = Box(90, 80, 400, 180), Box(400, 80, 1400, 180)
    (place,) = places([line("身份证号")], [label, value], PAGE)
    assert value.left <= place.left < place.right <= value.right
    assert (place.top, place.bottom) == (95, 145)  # the height of the label's line, and a little


def test_beside_a_label_without_cells_the_next_room_is_looked_at() -> None:
    (place,) = places([line("联系电话")], [], PAGE)
    assert place.left <= 260 < 260 + 11 * 20 <= place.right


def test_a_value_already_found_is_not_looked_at_twice() -> None:
    assert len(places([line("联系电话"), line("13905312468", left=300)], [], PAGE)) == 1


def test_a_value_misread_as_words_beside_its_label_is_looked_at() -> None:
    (place,) = places([line("联系电话：l39o53l2468")], [], PAGE)
    assert place.left < 100 + 6 * 40 <= place.right


class Echo:
    """Reads every piece of the sheet as one figure, at the piece's own place."""

    name = "echo"

    def read(self, pixels: np.ndarray) -> list[Line]:
        inked = np.flatnonzero((pixels < 128).any(axis=1))
        rows = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1) if inked.size else []
        lines = []
        for row in rows:
            columns = np.flatnonzero((pixels[row] < 128).any(axis=0))
            box = Box(int(columns[0]), int(row[0]), int(columns[-1]) + 1, int(row[-1]) + 1)
            lines.append(Line("7", box, 0.9, (Word("7", box, 0.9),)))
        return lines


def test_what_is_read_again_comes_back_to_its_place_on_the_page() -> None:
    page = np.full((600, 900, 3), 255, np.uint8)
    inked = [Box(120, 110, 160, 140), Box(600, 400, 700, 444)]
    for box in inked:
        page[box.top : box.bottom, box.left : box.right] = 0
    around = [box.grown(30, 8, within=(900, 600)) for box in inked]
    found = reread(page, around, Echo())
    assert [one.box for one in found] == inked
    assert found == [replace(one, words=one.words) for one in found]


def test_without_places_nothing_is_read() -> None:
    assert reread(np.full((10, 10, 3), 255, np.uint8), [], Echo()) == []
