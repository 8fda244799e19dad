"""Page images (图像) as they are sent: one reader's masked, marked, small copy, made anew from pixels."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, Literal, cast

from PIL import Image, JpegImagePlugin

from webapp.domain.errors import Invalid
from webapp.domain.geometry import rescale
from webapp.domain.page_width import READING_PX, THUMBNAIL_PX
from webapp.rendering import forensic, mask, watermark
from webapp.rendering.mask import Cover
from webapp.rendering.watermark import Mark

MediaType = Literal["image/avif", "image/webp", "image/jpeg"]

LARGEST_PAGE_PX = 80_000_000  # an A3 page at 600 dpi is 70 million; what is larger is not a page
LONGEST_SIDE_PX = 8192  # of what is sent: phones fail on larger ones, and WebP ends at 16383
SCALING = Image.Resampling.HAMMING  # OCR reads it as well as wider filters; third the time, fewer bytes
SHAPE_TOLERANCE = 0.005  # by which a page and its transcription may differ in shape, for rounding

# Smallest first; quality for pages and for thumbnails, whose few pixels carry the whole mark. At these
# qualities small text reads as well in each. Slower settings of AVIF (speed 8) take six times as long for
# a twentieth of the bytes; smoothing the paper's grain first saves nothing, for it is gone anyway.
_ENCODERS: dict[MediaType, tuple[str, tuple[int, int], dict[str, Any]]] = {
    "image/avif": ("AVIF", (40, 50), {"speed": 10, "max_threads": 1}),
    "image/webp": ("WEBP", (30, 40), {"method": 2}),
    "image/jpeg": ("JPEG", (50, 60), {"progressive": True, "optimize": True}),
}
# More at once than there are cores is quicker for nobody, and each takes 70 MB, zoomed 150 MB.
_ONE_A_CORE = BoundedSemaphore(len(os.sched_getaffinity(0)))
_NONE_OF_IT = re.compile(r"q\s*=\s*0(\.0*)?")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An image ready to be sent. It carries no metadata of any kind."""

    content: bytes
    media_type: MediaType
    width_px: int
    height_px: int


def negotiate(accept: str, width_px: int = READING_PX) -> MediaType:
    """The best encoding that an Accept header names. Wildcards promise nothing: they get JPEG.

    Best is the smallest; for a zoomed page WebP, no larger there than AVIF, in half the time and a quarter of
    the memory.
    """
    named = {}
    for entry in accept.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        named[name] = not any(_NONE_OF_IT.fullmatch(parameter) for parameter in parameters)
    if width_px > READING_PX and named.get("image/webp"):
        return "image/webp"
    return next((media_type for media_type in _ENCODERS if named.get(media_type)), "image/jpeg")


def render(
    jpeg: bytes,
    *,
    boxes: Iterable[Cover],
    page_size: tuple[int, int],
    mark: Mark,
    width_px: int,
    media_type: MediaType,
) -> Rendered:
    """One page as one reader may see it.

    jpeg -- the page, or a smaller copy of it
    boxes -- the values to cover, in pixels of the full page of page_size (width, height)
    width_px -- of the copy; a page is never enlarged beyond its own width
    Pixels are taken as they are stored: an orientation noted beside them is ignored, for
    boxes know nothing of it. Raises Invalid for bytes that are not one whole JPEG, and for a
    page of another shape than page_size, whose masks would stand in the wrong places.
    """
    with _ONE_A_CORE:
        image = _covered(jpeg, boxes, page_size, width_px)
        forensic.burn(image, mark.code, page=page_size)
        watermark.burn(image, mark)
        return Rendered(_encoded(image, media_type), media_type, *image.size)


def _covered(jpeg: bytes, boxes: Iterable[Cover], page_size: tuple[int, int], width_px: int) -> Image.Image:
    """The page at the size that is sent, its boxes covered. The full page is let go before anything is encoded."""
    page = _opened(jpeg)
    full = page.size
    if abs(page_size[0] * full[1] - page_size[1] * full[0]) > SHAPE_TOLERANCE * page_size[0] * full[1]:
        raise Invalid("页面图像与识别结果的尺寸不一致，暂不能显示。请联系档案管理员。")
    covers = [_extended(cover, page, page_size) for cover in boxes]
    size = _size_sent(full, width_px)
    decoded = _decoded(page, size)
    mask.blank(decoded, (cover.box for cover in covers), page=full)
    image = Image.new(decoded.mode, size)  # fresh: Pillow carries notes along with an image it scales
    image.paste(decoded if decoded.size == size else decoded.resize(size, SCALING))
    mask.burn(image, covers, page=full)
    return image


def _opened(jpeg: bytes) -> JpegImagePlugin.JpegImageFile:
    """The page, its header read. Its pixels are not decoded yet."""
    try:
        page = cast(JpegImagePlugin.JpegImageFile, Image.open(BytesIO(jpeg), formats=("JPEG",)))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid("页面图像无法打开：文件不是完整的图像。") from error
    if page.width * page.height > LARGEST_PAGE_PX:
        raise Invalid("页面图像过大，无法显示。")
    return page


def _decoded(page: JpegImagePlugin.JpegImageFile, size: tuple[int, int]) -> Image.Image:
    """Upright or not, grey or RGB pixels, decoded no larger than size asks for: a quarter of the work."""
    mode = "L" if page.mode == "L" else "RGB"
    try:
        page.draft(mode, size)
        page.load()
    except (OSError, SyntaxError) as error:
        raise Invalid("页面图像已损坏，无法显示。请联系档案管理员重新扫描。") from error
    return page if page.mode == mode else page.convert(mode)


def _extended(cover: Cover, page: JpegImagePlugin.JpegImageFile, page_size: tuple[int, int]) -> Cover:
    """The cover in pixels of the JPEG, as large as it has to be there."""
    value = rescale(cover.box, old=page_size, new=page.size)
    if page.size != page_size:  # pixels of a smaller copy hold something of their neighbours
        value = value.grown(1, 1, within=page.size)
    factors = [(component[1], component[2]) for component in page.layer]
    block = (8 * max(across for across, _ in factors), 8 * max(down for _, down in factors))
    return replace(cover, box=mask.extent(value, page=page.size, block=block))


def _size_sent(full: tuple[int, int], width_px: int) -> tuple[int, int]:
    """(width, height) in the page's own shape, width_px wide unless the page or a phone sets a limit."""
    scale = min(width_px / full[0], LONGEST_SIDE_PX / max(full), 1)
    return max(1, round(full[0] * scale)), max(1, round(full[1] * scale))


def _encoded(image: Image.Image, media_type: MediaType) -> bytes:
    name, qualities, options = _ENCODERS[media_type]
    buffer = BytesIO()
    image.save(buffer, name, quality=qualities[image.width <= THUMBNAIL_PX], **options)
    return buffer.getvalue()
