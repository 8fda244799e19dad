"""Every pair of colours a reader meets can be told apart (WCAG 2.2 AA), in the light and in the dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static/css/lantai.css").read_text()
TEXT, PART = 4.5, 3.0  # SC 1.4.3 for text, SC 1.4.11 for the edges of controls
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("text", "text-2", "primary", "danger", "ok", "warn")
        for ground in ("surface", "bg")
    ],
    *[(kind, f"{kind}-tint", TEXT) for kind in ("primary", "danger", "ok", "warn")],
    *[(f"on-{kind}", kind, TEXT) for kind in ("primary", "danger")],
    ("text-2", "neutral-tint", TEXT),
    ("border", "surface", PART),
    ("border", "bg", PART),
    ("primary", "neutral-tint", PART),
    *[(f"chart-{n}", "surface", TEXT) for n in range(1, 7)],
]


def tokens(block: str) -> dict[str, str]:
    """The colours of one block, three-digit ones written out."""
    found = dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6})\b", block))
    return {
        name: value if len(value) == 6 else "".join(c * 2 for c in value) for name, value in found.items()
    }


LIGHT, DARK, FORCED_DARK = (
    tokens(re.search(pattern + r" \{(.*?)\n *\}", CSS, re.S)[1])
    for pattern in (r":root", r":root:not\(\[data-theme=light\]\)", r":root\[data-theme=dark\]")
)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_a_pair_of_colours_can_be_told_apart(
    theme: dict[str, str], ink: str, ground: str, least: float
) -> None:
    assert contrast(theme[ink], theme[ground]) >= least


def test_the_dark_a_reader_chooses_is_the_dark_of_the_phone() -> None:
    assert DARK == FORCED_DARK
    assert set(LIGHT) == set(DARK)
