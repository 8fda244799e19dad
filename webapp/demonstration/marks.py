"""What is put on paper beside writing (印章与照片): round seals, oblong stamps and a silhouette for the photograph.

Every seal says 演示专用 (for demonstration only) under its star: none could pass for a real one.
"""

import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from webapp.demonstration.glyphs import font
from webapp.demonstration.sheet import Sheet
from webapp.domain.geometry import Box

SEAL_RED = (200, 28, 34)
STAMP_BLUE = (44, 62, 150)
DISCLAIMER = "演示专用"


def seal(sheet: Sheet, x: int, y: int, owner: str, *, diameter: int = 480) -> None:
    """Press the round seal of `owner` with its middle at (x, y): turned a little, unevenly inked, over the text."""
    ink = _seal_ink(owner, diameter).rotate(sheet.rng.uniform(-14, 14), Image.Resampling.BILINEAR)
    _press(sheet, x - diameter // 2, y - diameter // 2, ink, SEAL_RED)


def stamp(sheet: Sheet, x: int, y: int, text: str, *, size: int = 52) -> None:
    """Press an oblong stamp with its top left at (x, y)."""
    width, height = size * len(text) + 60, size + 56
    ink = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(ink)
    draw.rectangle((2, 2, width - 3, height - 3), outline=255, width=6)
    draw.text((width // 2, height // 2), text, font=font("hei_bold", size), fill=255, anchor="mm")
    turned = ink.rotate(sheet.rng.uniform(-5, 5), Image.Resampling.BILINEAR, expand=True)
    _press(sheet, x, y, turned, STAMP_BLUE)


def portrait(sheet: Sheet, box: Box) -> None:
    """Put a silhouette where the photograph goes."""
    ground = sheet.rng.choice(((186, 205, 226), (206, 84, 78), (228, 230, 232)))
    photo = Image.new("RGB", (box.width, box.height), ground)
    draw, middle, tall = ImageDraw.Draw(photo), box.width // 2, box.height
    coat, skin = sheet.rng.choice(((52, 58, 72), (70, 64, 60), (60, 72, 66))), (150, 140, 132)
    head = round(tall * 0.19)
    draw.ellipse((middle - head * 2, round(tall * 0.68), middle + head * 2, round(tall * 1.5)), fill=coat)
    draw.rectangle((middle - head // 3, round(tall * 0.5), middle + head // 3, round(tall * 0.72)), fill=skin)
    draw.ellipse((middle - head, round(tall * 0.17), middle + head, round(tall * 0.63)), fill=skin)
    draw.pieslice(
        (middle - head, round(tall * 0.13), middle + head, round(tall * 0.5)), 180, 360, fill=(46, 44, 44)
    )
    sheet.image.paste(photo, (box.left, box.top))
    sheet.frame(box, 2)


def _press(sheet: Sheet, x: int, y: int, ink: Image.Image, colour: tuple[int, int, int]) -> None:
    """Multiply a mask of ink onto the page, patchy as a hand-pressed stamp is."""
    patches = Image.frombytes("L", (9, 9), bytes(sheet.rng.randint(120, 255) for _ in range(81)))
    ink = ImageChops.multiply(ink, patches.resize(ink.size, Image.Resampling.BICUBIC))
    area = (x, y, x + ink.width, y + ink.height)
    tint = Image.composite(Image.new("RGB", ink.size, colour), Image.new("RGB", ink.size, "white"), ink)
    sheet.image.paste(ImageChops.multiply(sheet.image.crop(area), tint), (x, y))


@lru_cache(maxsize=32)
def _seal_ink(owner: str, diameter: int) -> Image.Image:
    """The untouched seal: ring, the owner's name along its upper arc, star, disclaimer."""
    ink = Image.new("L", (diameter, diameter), 0)
    draw, radius = ImageDraw.Draw(ink), diameter / 2
    draw.ellipse((3, 3, diameter - 4, diameter - 4), outline=255, width=max(6, diameter // 44))
    points = [
        (radius + reach * math.sin(i * math.pi / 5), radius - reach * math.cos(i * math.pi / 5))
        for i in range(10)
        for reach in [diameter * (0.15 if i % 2 == 0 else 0.058)]
    ]
    draw.polygon(points, fill=255)
    foot = font("hei_bold", diameter // 12)
    draw.text((radius, diameter * 0.78), DISCLAIMER, font=foot, fill=255, anchor="mm")
    size = min(diameter // 8, round(diameter * 0.98 / len(owner)))
    spread = min(250.0, 27.0 * len(owner))
    for i, char in enumerate(owner):
        angle = -spread / 2 + spread * i / max(1, len(owner) - 1)
        _arc_char(ink, char, size, angle, radius, radius * 0.78)
    return ink


def _arc_char(ink: Image.Image, char: str, size: int, angle: float, radius: float, reach: float) -> None:
    """Add one character, its foot towards the middle, `angle` degrees clockwise from the top."""
    tile = Image.new("L", (size * 2, size * 2), 0)
    ImageDraw.Draw(tile).text((size, size), char, font=font("song_bold", size), fill=255, anchor="mm")
    tile = tile.rotate(-angle, Image.Resampling.BICUBIC)
    x = round(radius + reach * math.sin(math.radians(angle)) - size)
    y = round(radius - reach * math.cos(math.radians(angle)) - size)
    area = (x, y, x + tile.width, y + tile.height)
    ink.paste(ImageChops.lighter(ink.crop(area), tile), (x, y))
