"""The Chinese typeface (字体) in which marks and mask labels are drawn."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FAMILY = "Noto Sans CJK SC"
PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",  # Debian, Ubuntu: fonts-noto-cjk
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Bold.ttc",  # Fedora, openEuler
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc",  # older Fedora, RHEL
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",  # Arch, Alpine
)
_FACES_IN_A_COLLECTION = 10  # five regions, proportional and monospaced


class TypefaceMissing(RuntimeError):
    """The machine has no Chinese typeface, so no page could be marked. The message says what to install."""


def locate(places: tuple[str, ...] = PLACES) -> Path:
    """The typeface's file. Raises TypefaceMissing; call it once at start, so that no reader meets the gap."""
    for place in places:
        if Path(place).is_file():
            return Path(place)
    raise TypefaceMissing(f"no {FAMILY} in {', '.join(places)}: run `apt-get install fonts-noto-cjk`")


@lru_cache(maxsize=64)
def face(size_px: int) -> ImageFont.FreeTypeFont:
    """The typeface at an em of size_px pixels, with the glyphs of mainland China."""
    path = locate()
    for index in range(_FACES_IN_A_COLLECTION):
        font = ImageFont.truetype(path, size_px, index=index, layout_engine=ImageFont.Layout.BASIC)
        if font.getname()[0] == FAMILY:
            return font
    raise TypefaceMissing(f"{path} holds no {FAMILY}")
