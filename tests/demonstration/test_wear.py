import random

import numpy as np
import pytest

from webapp.demonstration.sheet import Sheet
from webapp.demonstration.wear import WEAR_KINDS, quarter_turned, worn
from webapp.domain.geometry import Box

BLOCK = Box(400, 500, 700, 640)  # black, near a corner, so that a wrong turn or mirror shows


@pytest.fixture(scope="module")
def page():
    sheet = Sheet(random.Random(1), known=[("phone", "15400001234")])
    sheet.draw.rectangle((BLOCK.left, BLOCK.top, BLOCK.right - 1, BLOCK.bottom - 1), fill=(0, 0, 0))
    sheet.write(1200, 2600, "电话15400001234", size=60)
    return sheet.page()


@pytest.fixture(scope="module")
def aged(page):
    return {kind: worn(page, random.Random(kind), kind) for kind in WEAR_KINDS}


@pytest.mark.parametrize("kind", WEAR_KINDS)
def test_the_matrix_leads_to_where_the_ink_went(aged, kind):
    result = aged[kind]
    grey = np.asarray(result.image.convert("L"))

    def seen(x, y):
        across, down, depth = result.matrix @ (x, y, 1)
        return int(grey[round(down / depth), round(across / depth)])

    corners = [(x, y) for x in (BLOCK.left, BLOCK.right) for y in (BLOCK.top, BLOCK.bottom)]
    middle = (BLOCK.left + BLOCK.right) / 2, (BLOCK.top + BLOCK.bottom) / 2
    for x, y in corners:
        towards, away = (x + np.sign(middle[0] - x) * 9, y + np.sign(middle[1] - y) * 9), (
            x - np.sign(middle[0] - x) * 9, y - np.sign(middle[1] - y) * 9,
        )  # fmt: skip
        assert seen(*towards) < seen(*away) - 40


@pytest.mark.parametrize("kind", WEAR_KINDS)
def test_lines_and_secrets_keep_their_ink_and_stay_on_the_page(aged, kind):
    result = aged[kind]
    width, height = result.image.size
    (secret,) = result.secrets
    for box in (result.lines[0].box, secret.box):
        assert 0 <= box.left < box.right <= width
        assert 0 <= box.top < box.bottom <= height
        grey = np.asarray(result.image.convert("L").crop((box.left, box.top, box.right, box.bottom)))
        assert np.percentile(grey, 3) < np.percentile(grey, 90) - 50


def test_the_same_seed_wears_a_page_alike(page, aged):
    again = worn(page, random.Random("folded"), "folded")
    assert again.image.tobytes() == aged["folded"].image.tobytes()
    assert again.jpeg() == aged["folded"].jpeg()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_quarter_turn_and_its_matrix_agree(degrees):
    pixels = np.zeros((70, 50, 3), np.uint8)
    pixels[20, 10] = 255
    turned, matrix = quarter_turned(pixels, np.eye(3), degrees)
    x, y, _ = matrix @ (10.5, 20.5, 1)  # the middle of that pixel
    assert turned[int(y), int(x), 0] == 255


def test_a_turned_page_says_how_far_it_lies_wrong(aged):
    assert aged["turned"].turned_degrees in (90, 180, 270)
    assert all(result.turned_degrees == 0 for kind, result in aged.items() if kind != "turned")


def test_wear_leaves_the_drawn_page_as_it_was(page, aged):
    assert page.image.getpixel((BLOCK.left + 5, BLOCK.top + 5)) == (0, 0, 0)
    assert page.image.getpixel((5, 5)) == (255, 255, 255)
