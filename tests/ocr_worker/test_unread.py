"""Ink that no reader made anything of, found on drawn pages."""

import cv2
import numpy as np
from PIL import Image

from ocr_worker.unread import unread
from webapp.demonstration.glyphs import printed
from webapp.domain.geometry import Box, around


def page_with(text: str, left: int, top: int, *, down: bool = False):
    """A white page with one line of text, across or down, and the box of its ink."""
    page, boxes, at = Image.new("RGB", (2480, 1754), "white"), [], 0
    for sign in text:
        glyph = printed("song", 46, sign)
        x, y = (
            (left + glyph.left, top + at + glyph.top) if down else (left + at + glyph.left, top + glyph.top)
        )
        page.paste((30, 36, 84), (x, y), glyph.mask)
        boxes.append(Box(x, y, x + glyph.mask.width, y + glyph.mask.height))
        at += 46
    return np.array(page), around(boxes)


def holds(outer: Box, inner: Box) -> bool:
    reach = 14  # hairlines are lost; what is covered reaches a quarter of the height further
    return (
        outer.left <= inner.left + reach
        and outer.top <= inner.top + reach
        and outer.right >= inner.right - reach
        and outer.bottom >= inner.bottom - reach
    )


def test_a_line_that_nobody_read_is_found():
    pixels, ink = page_with("开户行及账号6271", 300, 600)
    assert any(holds(found, ink) for found in unread(pixels, []))


def test_a_line_that_was_read_is_not():
    pixels, ink = page_with("开户行及账号6271", 300, 600)
    assert unread(pixels, [ink]) == []


def test_a_note_up_the_margin_is_found():
    pixels, ink = page_with("15436552531", 120, 400, down=True)
    assert any(holds(found, ink) for found in unread(pixels, []))


def test_rulings_seals_and_specks_are_no_writing():
    pixels = np.full((1754, 2480, 3), 255, np.uint8)
    cv2.rectangle(pixels, (300, 300), (2000, 900), (20, 20, 20), 3)
    cv2.line(pixels, (900, 300), (900, 900), (20, 20, 20), 3)
    cv2.circle(pixels, (1500, 1300), 200, (225, 40, 45), 8)
    cv2.circle(pixels, (400, 1300), 6, (20, 20, 20), -1)
    assert unread(pixels, []) == []


def test_half_a_line_that_was_read_leaves_the_other_half():
    pixels, ink = page_with("联系电话15493674124", 300, 600)
    half = Box(ink.left, ink.top, ink.left + ink.width // 2, ink.bottom)
    [found] = unread(pixels, [half])
    assert half.right <= found.left < found.right
    assert found.right >= ink.right - 6
