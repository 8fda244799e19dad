"""Orientation by the real model on drawn pages, among them a wide table that it takes for upright at first sight."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr_worker.orientation import Orientation
from tests.benchmarks.papers import papers

pytestmark = pytest.mark.engine
PAY_REGISTER = 6  # of the benchmark's pages: laid on its head


def test_a_wide_table_is_set_upright_whichever_way_it_lies(tmp_path: Path) -> None:
    paper = list(papers(tmp_path, PAY_REGISTER + 1))[PAY_REGISTER]
    assert "工资变动登记表" in paper.name
    pixels, orientation = np.asarray(Image.open(paper.file).convert("RGB")), Orientation()
    turns = [orientation.clockwise_turn(np.rot90(pixels, quarters)) for quarters in range(4)]
    assert turns == [180, 270, 0, 90]
