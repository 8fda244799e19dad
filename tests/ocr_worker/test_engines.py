import subprocess
import sys
import tempfile
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ocr_worker.children import ROOT
from ocr_worker.engines import ONNXRUNTIME, OPENVINO, RapidReader, bounding, line_of
from ocr_worker.memory import memory_folder
from ocr_worker.tesseract import TesseractReader
from tests.ocr_worker.drawn import LABEL_RIGHT, RIGHT, ROW, ROWS, TOP, form, pixels
from webapp.domain.geometry import Box

PAGE = (400, 300)


def quadrangle(left: int, top: int, right: int, bottom: int) -> list[list[int]]:
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_nothing_that_reports_to_a_maker_is_installed() -> None:
    assert find_spec("openvino_telemetry") is None


def test_onnx_runtime_is_told_not_to_report_before_it_is_loaded() -> None:
    said = (
        "import ocr_worker, os, sys; print(os.environ['ORT_DISABLE_TELEMETRY'], 'onnxruntime' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.split() == ["1", "False"]


def test_the_words_of_a_line_are_its_text() -> None:
    characters = [(char, 0.9, quadrangle(10 * n, 0, 10 * n + 10, 20)) for n, char in enumerate("1989年张三")]
    line = line_of("1989年 张三", 0.97, quadrangle(0, 0, 70, 20), characters, page=PAGE)
    assert [word.text for word in line.words] == ["1", "9", "8", "9", "年 ", "张", "三"]
    assert line.words[5].box == Box(50, 0, 60, 20)
    assert line.box == Box(0, 0, 70, 20)


def test_a_line_whose_characters_were_not_placed_is_divided_evenly() -> None:
    line = line_of("张三李四", 0.6, quadrangle(0, 0, 80, 20), [], page=PAGE)
    assert [(word.text, word.box.left, word.box.right) for word in line.words][1] == ("三", 20, 40)


@given(some.lists(some.tuples(some.floats(-50, 450), some.floats(-50, 350)), min_size=4, max_size=4))
def test_every_box_lies_on_the_page_and_has_an_area(corners: list[tuple[float, float]]) -> None:
    box = bounding(np.array(corners), PAGE)
    assert 0 <= box.left < box.right <= PAGE[0]
    assert 0 <= box.top < box.bottom <= PAGE[1]


@pytest.mark.engine
@pytest.mark.parametrize("engine", [OPENVINO, ONNXRUNTIME])
def test_a_drawn_form_is_read_without_a_mistake(engine: str) -> None:
    reader = RapidReader(engine)
    lines = {line.text: line for line in reader.read(pixels(form()))}
    assert engine in reader.name
    assert not reader.warning
    assert {text for row in ROWS for text in row} <= set(lines)
    number = lines[ROWS[1][1]]
    assert Box(LABEL_RIGHT, TOP + ROW, RIGHT, TOP + 2 * ROW).contains_centre_of(number.box)
    assert [word.text for word in number.words] == list(ROWS[1][1])
    assert number.score > 0.9


@pytest.mark.engine
def test_an_empty_page_has_no_lines() -> None:
    assert RapidReader().read(np.full((800, 600, 3), 255, np.uint8)) == []


@pytest.mark.engine
def test_the_second_reader_reads_figures_and_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)  # and back afterwards: the reader sets it for its process
    folder = memory_folder()
    assert folder is not None
    reader = TesseractReader(folder)
    value = pixels(form())[TOP + ROW + 10 : TOP + 2 * ROW - 10, LABEL_RIGHT + 10 : RIGHT - 10]
    (line,) = reader.read(value)
    assert line.text == ROWS[1][1]
    assert 0 <= line.box.left < 30
    assert list(folder.iterdir()) == []
    folder.rmdir()


def test_the_second_reader_does_not_work_on_a_disk() -> None:
    with pytest.raises(OSError, match="not in memory"):
        TesseractReader(ROOT)
