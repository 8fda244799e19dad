"""What a phone has to fetch stays small: gzip bytes, the files as they are served."""

import gzip
from pathlib import Path

import pytest
from PIL import Image

STATIC = Path(__file__).parents[2] / "static"
KIB = 1024


def weight(*paths: str) -> int:
    return sum(len(gzip.compress((STATIC / path).read_bytes(), 9)) for path in paths)


@pytest.mark.parametrize(
    ("paths", "limit"),
    [
        (["css/lantai.css"], 6 * KIB),
        (["css/viewer.css"], 1 * KIB),
        (["vendor/htmx-4.0.1/htmx.min.js", "js/app.js"], 18 * KIB),
        (["js/app.js", "js/viewer.js"], 4 * KIB),
        (["js/upload.js"], 2 * KIB),
        (["js/passkeys.js"], 2 * KIB),
        (["js/masks.js"], 3.5 * KIB),
        (["js/live.js"], 1.5 * KIB),
        (["js/push.js"], 1.5 * KIB),
        (["css/masks.css"], 1 * KIB),
        (["icons/icon.svg"], 1 * KIB),
    ],
)
def test_files_fit_the_budget(paths: list[str], limit: int) -> None:
    assert weight(*paths) <= limit


def test_icons_are_small_and_of_the_sizes_they_are_named_for() -> None:
    for path in (STATIC / "icons").glob("*.png"):
        side = int(path.stem.rsplit("-", 1)[1])
        with Image.open(path) as icon:
            assert icon.size == (side, side)
        assert path.stat().st_size < 6 * KIB


@pytest.mark.parametrize("name", ["maskable-512", "touch-180"])
def test_icons_the_phone_cuts_fill_their_square(name: str) -> None:
    with Image.open(STATIC / f"icons/{name}.png") as icon:
        pixels, last = icon.convert("RGBA"), icon.width - 1
    corners = {pixels.getpixel(at) for at in ((0, 0), (last, 0), (0, last), (last, last))}
    assert len(corners) == 1
    assert max(abs(a - b) for a, b in zip(corners.pop(), (0x0B, 0x57, 0xA4, 0xFF), strict=True)) <= 4


def test_only_what_browsers_read_is_served() -> None:
    served = {path.suffix for path in STATIC.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert served <= {".css", ".js", ".svg", ".png", ".txt", ""}  # the last two: licences in vendor/
