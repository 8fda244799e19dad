import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from webapp.demonstration.sheet import NEVER_FIRST, Sheet, width_of, wrap
from webapp.domain.geometry import Box

ID_NUMBER = "119999197001011234"


def ink_in(image, box):
    return (np.asarray(image.crop((box.left, box.top, box.right, box.bottom)).convert("L")) < 160).sum()


def test_the_ink_of_a_line_lies_in_its_box_and_nowhere_else():
    sheet = Sheet(random.Random(1))
    sheet.write(300, 400, "兰台旧档", size=60)
    page = sheet.page()
    (line,) = page.lines
    assert line.text == "兰台旧档"
    everywhere = Box(0, 0, *page.image.size)
    assert ink_in(page.image, line.box) == ink_in(page.image, everywhere) > 500


def test_a_pen_line_lies_in_its_box_too():
    sheet = Sheet(random.Random(1), hand="pen")
    sheet.write(300, 400, "一九九三年入党", size=60, face="pen")
    page = sheet.page()
    assert ink_in(page.image, page.lines[0].box) == ink_in(page.image, Box(0, 0, *page.image.size))


def test_the_same_pen_never_writes_a_character_twice_alike():
    sheet = Sheet(random.Random(1), hand="pen")
    sheet.write(300, 400, "档", size=80, face="pen")
    sheet.write(600, 400, "档", size=80, face="pen")
    first, second = (sheet.image.crop((*edge, edge[0] + 100, 520)) for edge in ((290, 380), (590, 380)))
    assert first.tobytes() != second.tobytes()


def test_a_known_value_inside_a_sentence_is_reported_with_the_box_of_that_value_alone():
    sheet = Sheet(random.Random(1), known=[("id_number", ID_NUMBER)])
    sheet.write(300, 400, f"身份证号{ID_NUMBER}，现住云梧")
    (line,), (secret,) = sheet.page().lines, sheet.page().secrets
    assert (secret.kind, secret.text) == ("id_number", ID_NUMBER)
    assert line.box.left < secret.box.left < secret.box.right < line.box.right


def test_a_known_value_broken_over_two_lines_is_reported_in_two_parts():
    address = "岚江省云梧市青桁区兰台路二十八号望江苑三栋"
    sheet = Sheet(random.Random(1), known=[("address", address)])
    sheet.fill(Box(300, 300, 1000, 900), f"家住{address}。", size=60, align="top")
    parts = sheet.page().secrets
    assert len(parts) > 1
    assert "".join(part.text for part in parts) == address


def test_text_too_long_for_its_cell_is_made_smaller_until_it_fits():
    sheet, cell = Sheet(random.Random(1)), Box(300, 300, 900, 420)
    sheet.fill(cell, "中共云梧市委组织部干部监督科副科长兼办公室主任")
    boxes = [line.box for line in sheet.page().lines]
    assert all(cell.left <= box.left and box.right <= cell.right for box in boxes)
    assert all(cell.top <= box.top and box.bottom <= cell.bottom for box in boxes)


@given(st.text("兰台档案2024.09，。", max_size=60), st.integers(120, 900))
def test_wrapping_loses_nothing_and_keeps_lines_within_the_width(text, width):
    lines = wrap(text, width, 40, "song")
    assert "".join(lines) == text
    assert all(width_of(line.rstrip(NEVER_FIRST), 40, "song") <= width for line in lines)
