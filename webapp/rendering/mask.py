"""Masks (遮挡框): sensitive values covered by solid boxes, in pixels that hold nothing underneath.

A box is burned twice. First into the decoded page, so that no later step (scaling, encoding) can
smear what lies under it into its surroundings; then once more at the size that is sent, with an
edge and a word, so that a reader sees a page covered on purpose and not a damaged one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from webapp.domain.geometry import Box, around, rescale
from webapp.rendering import typeface

MARGIN_PX = 4  # at 300 dpi: readers' boxes cut strokes by up to this much; half on a copy at half the size
MARGIN_PERCENT = 15  # of the value's height: tall strokes are cut by more
LARGEST_MARGIN_PX = (
    24  # at 300 dpi: what is higher than two lines is a cell or a table, which has a margin of its own
)
STEP_PX = 240  # 2 cm at 300 dpi: names of two, three and four characters look alike
_SHORT_SIDE_PX = 2480  # of A4 at 300 dpi: pages of fewer pixels have finer steps, down to half
FILL, EDGE, INK = 0xD9, 0x8C, 0x4D  # greys; INK on FILL has a contrast of 6:1
SMALLEST_LABEL_PX, LARGEST_LABEL_PX = 9, 40


@dataclass(frozen=True, slots=True)
class Cover:
    """A value to cover, where it stands on the full page, and the kind named on the box (证件号, 电话 …)."""

    box: Box
    label: str = ""


def extent(value: Box, *, page: tuple[int, int], block: tuple[int, int] = (1, 1)) -> Box:
    """What is covered for a value found at `value`, in the same pixels of a (width, height) page.

    Larger than the value by the margin; by every `block` (width, height) of the page's JPEG that
    the value touches, with the pixel to which colour is spread from there, for ringing around a glyph
    tells of the glyph; and widened to whole steps of 2 cm, to the right where there is room, so that
    the width does not tell the length.
    """
    short_side = min(max(min(page), _SHORT_SIDE_PX // 2), _SHORT_SIDE_PX)
    least, most = (px * short_side // _SHORT_SIDE_PX for px in (MARGIN_PX, LARGEST_MARGIN_PX))
    margin = max(least, min(most, -(-value.height * MARGIN_PERCENT // 100)))
    tainted = _blocks_touched(value, block).grown(1, 1, within=page)
    grown = around([value.grown(margin, margin, within=page), tainted])
    step = STEP_PX * short_side // _SHORT_SIDE_PX
    width = min(page[0], -(-grown.width // step) * step)
    left = min(grown.left, page[0] - width)
    return Box(left, grown.top, left + width, grown.bottom)


def blank(image: Image.Image, extents: Iterable[Box], *, page: tuple[int, int]) -> None:
    """Overwrite extents (pixels of a (width, height) page) in an image of that page, at whatever size it is."""
    canvas = ImageDraw.Draw(image)
    for extent_ in extents:
        box = rescale(extent_, old=page, new=image.size)
        canvas.rectangle(_inclusive(box), fill=_grey(image, FILL))


def burn(image: Image.Image, covers: Iterable[Cover], *, page: tuple[int, int]) -> None:
    """Draw covers, whose boxes are extents in pixels of a (width, height) page, as readers will see them."""
    canvas = ImageDraw.Draw(image)
    for cover in covers:
        box = rescale(cover.box, old=page, new=image.size)
        canvas.rectangle(_inclusive(box), fill=_grey(image, FILL), outline=_grey(image, EDGE))
        _write_label(canvas, box, cover.label, _grey(image, INK))


def _write_label(canvas: ImageDraw.ImageDraw, box: Box, label: str, ink: int | tuple[int, ...]) -> None:
    size_px = min(LARGEST_LABEL_PX, box.height * 6 // 10)
    if not label or size_px < SMALLEST_LABEL_PX:
        return
    font = typeface.face(size_px)
    if font.getlength(label) + size_px <= box.width:
        middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
        canvas.text(middle, label, fill=ink, font=font, anchor="mm")


def _blocks_touched(value: Box, block: tuple[int, int]) -> Box:
    across, down = block
    return Box(
        value.left // across * across,
        value.top // down * down,
        -(-value.right // across) * across,
        -(-value.bottom // down) * down,
    )


def _inclusive(box: Box) -> tuple[int, int, int, int]:
    return box.left, box.top, box.right - 1, box.bottom - 1


def _grey(image: Image.Image, level: int) -> int | tuple[int, ...]:
    return level if image.mode == "L" else (level,) * len(image.getbands())
