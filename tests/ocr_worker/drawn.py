"""Small believable pages for these tests, drawn at 300 dpi."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
FONT = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
ROWS = (("姓名", "张建国"), ("身份证号", "370102196803124519"), ("联系电话", "13905312468"))
LEFT, LABEL_RIGHT, RIGHT, TOP, ROW = 200, 600, 1400, 400, 130


def form(width: int = 1600, height: int = 1300) -> Image.Image:
    """A heading, a ruled table of three rows by two columns, and two lines of running text."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    big, small = (ImageFont.truetype(FONT, size, index=2) for size in (90, 48))
    pen.text((420, 180), "干部任免审批表", font=big, fill="black")
    for number, row in enumerate(ROWS):
        top = TOP + number * ROW
        for left, right, text in zip((LEFT, LABEL_RIGHT), (LABEL_RIGHT, RIGHT), row, strict=True):
            pen.rectangle((left, top, right, top + ROW), outline="black", width=4)
            pen.text((left + 20, top + 30), text, font=small, fill="black")
    pen.text((LEFT, 900), "1989.08—1994.05　济南市机械局科员", font=small, fill="black")
    pen.text((LEFT, 1000), "该同志工作认真负责，作风扎实。", font=small, fill="black")
    return page


def pixels(page: Image.Image) -> Pixels:
    return np.asarray(page.convert("RGB"))


def turned(page: Pixels, degrees: float) -> Pixels:
    """Turned counter-clockwise about its middle, on white."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=(255, 255, 255)), np.uint8)


def photographed(page: Pixels, corners: list[list[int]], size: tuple[int, int]) -> Pixels:
    """The sheet lying with these corners on a dark desk, in a picture of this (width, height)."""
    height, width = page.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    desk = np.full((size[1], size[0], 3), 60, np.uint8)
    cv2.warpPerspective(page, turn, size, dst=desk, borderMode=cv2.BORDER_TRANSPARENT)
    return desk


def saved(page: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    page.save(target, kind, **options)
    return target.getvalue()
