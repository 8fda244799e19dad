import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_worker.reading import ReaderProcess, ReadPage
from tests.ocr_worker.drawn import ROW, ROWS, TOP, form, pixels, turned
from webapp.domain.errors import Conflict

pytestmark = pytest.mark.engine

PATIENT = 300.0  # seconds, for a machine with other work to do


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    with ReaderProcess(page_seconds=PATIENT) as process:
        yield process


def read(reader: ReaderProcess, page: np.ndarray) -> ReadPage:
    return reader.read(page.tobytes(), page.shape[1], page.shape[0])


def test_a_form_comes_back_read_ruled_and_checked(reader: ReaderProcess) -> None:
    page = read(reader, pixels(form()))
    read_text = page.transcription
    texts = [line.text for line in read_text.lines]
    assert texts[:7] == ["干部任免审批表", *(text for row in ROWS for text in row)]
    assert len(read_text.cells) == 6
    assert "openvino" in read_text.engine
    number, phone = ROWS[1][1], ROWS[2][1]
    checked = {line.text: line.box for line in read_text.second_lines}
    assert checked.keys() >= {number, phone}
    assert TOP + ROW < checked[number].top < checked[number].bottom < TOP + 2 * ROW
    with Image.open(io.BytesIO(page.optimised_jpeg)) as picture:
        assert picture.size == (read_text.width_px, read_text.height_px) == (1600, 1300)


def test_a_page_on_its_side_and_askew_is_read_as_well(reader: ReaderProcess) -> None:
    lying = np.ascontiguousarray(np.rot90(turned(pixels(form()), -1.5), 1))
    read_text = read(reader, lying).transcription
    assert read_text.turned_degrees == 90
    assert read_text.notes["skew_degrees"] == pytest.approx(1.5, abs=0.2)
    assert ROWS[1][1] in [line.text for line in read_text.lines]
    assert len(read_text.cells) == 6


def test_where_the_other_side_shines_through_the_page_is_read_twice(reader: ReaderProcess) -> None:
    front = pixels(form())
    ghost = np.roll(np.fliplr(front), 57, axis=0)
    read_text = read(reader, np.minimum(front, 255 - (255 - ghost) // 8 * 3)).transcription
    assert read_text.notes["read_again"]
    number = ROWS[1][1]
    assert number in [line.text for line in read_text.lines]
    assert [line.text for line in read_text.second_lines].count(number) == 2  # read again, and checked


def test_an_empty_page_is_read_too(reader: ReaderProcess) -> None:
    read_text = read(reader, np.full((800, 600, 3), 255, np.uint8)).transcription
    assert (read_text.lines, read_text.second_lines, read_text.cells) == ((), (), ())


def test_the_child_has_no_network_and_few_files(reader: ReaderProcess) -> None:
    reader.start()
    assert {"limits", "no-network", "few-files"} <= set(reader.confinement)
    assert "LANTAI" not in Path(f"/proc/{reader.pid}/environ").read_text()


def test_a_killed_child_is_noticed_and_another_one_reads_on(reader: ReaderProcess) -> None:
    reader.start()
    first = reader.pid or 0
    os.kill(first, signal.SIGKILL)
    with pytest.raises(Conflict, match="自动重试"):
        read(reader, pixels(form()))
    assert reader.pid is None
    assert read(reader, pixels(form())).transcription.lines
    assert reader.pid not in (None, first)


def test_a_page_that_takes_too_long_is_given_up_and_nothing_is_left_in_memory() -> None:
    before = memory_folders()
    with ReaderProcess(page_seconds=0.05) as hasty:
        with pytest.raises(Conflict):
            read(hasty, pixels(form()))
        assert hasty.pid is None
    assert memory_folders() == before


def memory_folders() -> list[Path]:
    return sorted(Path("/dev/shm").glob(f"lantai-reader-{os.getpid()}-*"))  # noqa: S108


def test_without_openvino_the_other_engine_reads_within_two_gigabytes() -> None:
    with ReaderProcess("onnxruntime", page_seconds=PATIENT) as process:
        page = np.full((3508, 2480, 3), 255, np.uint8)
        page[:1300, :1600] = pixels(form())
        read_text = read(process, page).transcription
        assert "onnxruntime" in read_text.engine
        assert ROWS[1][1] in [line.text for line in read_text.lines]
