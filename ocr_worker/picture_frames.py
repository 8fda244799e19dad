"""Frames of JPEG, PNG and TIFF files with Pillow. Runs in the decoder child only."""

import io
import math
import struct
import warnings
from collections.abc import Iterator
from typing import BinaryIO

# Pillow loads its readers when they are first needed; by then the child can open no file.
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from ocr_worker.children import Message
from ocr_worker.refusals import FRAMES_PER_FILE, PIXELS_PER_FRAME, NotTaken, Refusal

_FORMATS = {"image/jpeg": ("JPEG", "MPO"), "image/png": ("PNG",), "image/tiff": ("TIFF",)}
_LAST_WORDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82", "image/tiff": b""}
_BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)
_SUBFILE_TYPE, _REDUCED = 254, 1  # TIFF 6.0: a smaller copy of another page, not a page
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_SIXTEEN_BITS = {"I", "I;16", "I;16L", "I;16B", "I;16N"}
_READERS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin)  # imported for being imported
_SRGB = ImageCms.createProfile("sRGB")

Image.preinit()
Image.MAX_IMAGE_PIXELS = PIXELS_PER_FRAME
warnings.simplefilter("error", Image.DecompressionBombWarning)


def frames(kind: str, stream: BinaryIO, only: int = 0) -> Iterator[Message]:
    """Every page of the file as RGB bytes, in order, or the one numbered `only` (from 1). Raises NotTaken."""
    if _LAST_WORDS[kind] not in stream.read():
        raise NotTaken(Refusal.TRUNCATED)
    stream.seek(0)
    try:
        with Image.open(stream, formats=_FORMATS[kind]) as image:
            _refuse_a_bomb(image.size)
            yield from _pages(image, only) if isinstance(image, TiffImageFile) else (_frame(image),)
    except _BOMBS as bomb:
        raise NotTaken(Refusal.PIXELS) from bomb
    except _BROKEN as error:
        raise NotTaken(_is_cut(error)) from error


def _pages(image: TiffImageFile, only: int) -> Iterator[Message]:
    if _has_frame(image, FRAMES_PER_FILE):
        raise NotTaken(Refusal.FRAMES)
    index = number = 0
    while _has_frame(image, index):
        if index == 0 or not int(image.tag_v2.get(_SUBFILE_TYPE, 0)) & _REDUCED:
            number += 1
            if only in (0, number):
                yield _frame(image)
        index += 1


def _has_frame(image: Image.Image, index: int) -> bool:
    try:
        image.seek(index)
    except EOFError:
        return False
    return True


def _frame(image: Image.Image) -> Message:
    """The current frame, without anything but its pixels."""
    _refuse_a_bomb(image.size)
    inverted = isinstance(image, TiffImageFile) and _is_inverted(image)
    dpi, profile = _dpi(image), image.info.get("icc_profile")
    image.load()
    plain = _on_white(ImageOps.exif_transpose(image))
    plain = _in_srgb(ImageOps.invert(plain) if inverted else plain, profile)
    return Message({"width": plain.width, "height": plain.height, "dpi": dpi}, plain.tobytes())


def _refuse_a_bomb(size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXELS_PER_FRAME:
        raise NotTaken(Refusal.PIXELS)


def _is_inverted(image: TiffImageFile) -> bool:
    """Pillow turns white-is-zero pictures over itself, but not those of 16 bits."""
    return image.mode in _SIXTEEN_BITS and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO


def _dpi(image: Image.Image) -> int:
    stated = image.info.get("dpi", (0, 0))[0]
    across = float(stated) if stated else 0.0
    return round(across) if math.isfinite(across) and 1 <= across <= 4800 else 0


def _on_white(image: Image.Image) -> Image.Image:
    """Eight bits a channel, no palette, nothing see-through: L, RGB, CMYK, YCbCr."""
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    if image.mode in {"1", "P"}:
        return image.convert("L" if image.mode == "1" else "RGB")
    if image.mode not in {"L", "RGB", "CMYK", "YCbCr"}:
        raise NotTaken(Refusal.DEPTH)
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = (
                None  # a broken profile, or one for other channels: the plain reading is the best there is
            )
        if turned is not None:
            return turned
    return image if image.mode == "RGB" else image.convert("RGB")


def _is_cut(error: Exception) -> Refusal:
    words = str(error).lower()
    ended = isinstance(error, EOFError | struct.error)
    return Refusal.TRUNCATED if ended or "truncated" in words or "not enough" in words else Refusal.DAMAGED
