"""Synthetic scans for the tests and measurements of rendering: ruled tables, dense Chinese text, paper noise."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from webapp.rendering import typeface

A4_300_DPI = (2480, 3508)
BODY_FACE = str(typeface.locate()).replace(
    "-Bold", "-Regular"
)  # TrueType collection, Japanese first: fine here
SENTENCES = (
    "该同志政治立场坚定，理论学习认真，工作中能够结合实际创造性地开展业务，完成任务质量较高。",
    "一九九六年九月至二〇〇〇年七月在省财经学院会计学专业学习，毕业后分配到市财政局预算科工作。",
    "经研究决定，任命为国库支付中心副主任，试用期一年，按有关规定办理任职手续并报组织部门备案。",
    "奖惩情况：二〇〇八年度考核优秀，记三等功一次；二〇一一年获全市先进工作者称号，无处分。",
)


def line_of_text(number: int) -> str:
    """The number-th line of the text that fills a page."""
    sentence = SENTENCES[number % len(SENTENCES)]
    shift = number * 5 % len(sentence)
    return (sentence[shift:] + sentence[:shift])[:40]


@lru_cache(maxsize=2)
def drawn(seed: int = 1, lines: int = 38, pitch: int = 58) -> tuple[Image.Image, str]:
    """A clean RGB page at 300 dpi, and the text on it, line by line: a table above, text below, a red seal.

    By default as dense as pages get: 38 lines of 40 characters at 12 points, `pitch` pixels apart.
    """
    page = Image.new("RGB", A4_300_DPI, "white")
    canvas, font, written = ImageDraw.Draw(page), ImageFont.truetype(BODY_FACE, 50), []
    for row in range(8):
        for column in range(4):
            left, top = 200 + column * 520, 240 + row * 110
            canvas.rectangle((left, top, left + 520, top + 110), outline=(60, 60, 60), width=3)
            canvas.text(
                (left + 20, top + 55), line_of_text(row * 4 + column + seed)[:9], 30, font, anchor="lm"
            )
    for number in range(lines):
        written.append(line_of_text(number + seed))
        canvas.text((200, 1220 + number * pitch), written[-1], 30, font)
    canvas.ellipse((1650, 2850, 2150, 3350), outline=(200, 40, 40), width=14)
    return page, "\n".join(written)


@lru_cache(maxsize=1)
def dense() -> tuple[bytes, tuple[int, int]]:
    """A dense scanned page as the vault keeps it, and its (width, height)."""
    page = scanned(drawn()[0])
    return jpeg(page), page.size


def scanned(page: Image.Image, seed: int = 1, noise: float = 7.0) -> Image.Image:
    """The page as a scanner sees it: soft, on paper that is not white, shaded, with grain of `noise` grey levels."""
    rng = np.random.default_rng(seed)
    pixels = np.asarray(page.filter(ImageFilter.GaussianBlur(1.1)), np.float32)
    pixels = 25 + pixels * (np.array([243, 240, 230], np.float32) - 25) / 255
    shade = np.linspace(-6, 6, page.width, dtype=np.float32)[None, :, None]
    grain = rng.normal(0, noise, (page.height, page.width, 1)).astype(np.float32)
    colour = rng.normal(0, noise / 2, (page.height, page.width, 3)).astype(np.float32)
    return Image.fromarray(np.clip(pixels + shade + grain + colour, 0, 255).astype(np.uint8))


def jpeg(page: Image.Image, **options: object) -> bytes:
    """The page as the vault keeps it."""
    buffer = BytesIO()
    page.save(buffer, "JPEG", **{"quality": 90, **options})
    return buffer.getvalue()
