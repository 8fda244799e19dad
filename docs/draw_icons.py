"""Redraws the PNG icons from static/icons/icon.svg, the mark of 兰台: a pavilion whose columns are files on a shelf.

    python docs/draw_icons.py

icon-192 and icon-512 keep the rounded ground; maskable-512 and touch-180 fill the square (the phone cuts the
shape), the maskable one with the mark drawn within the safe circle of 80 % that launchers leave.
"""

from pathlib import Path

import pypdfium2
from PIL import Image
from weasyprint import HTML

ICONS = Path(__file__).parents[1] / "static/icons"
COLOURS = 32  # two flat colours and the steps between them


def draw(svg: str, size_px: int) -> Image.Image:
    """The drawing as size_px × size_px pixels, transparent outside the ground."""
    sheet = f"<style>@page {{size: {size_px}px; margin: 0}} body {{margin: 0}} svg {{display: block}}</style>"
    svg = svg.replace('width="512" height="512">', f'width="{size_px}" height="{size_px}">', 1)
    pdf = pypdfium2.PdfDocument(HTML(string=sheet + svg).write_pdf())
    page = pdf[0].render(scale=96 / 72, fill_color=(0, 0, 0, 0), rev_byteorder=True)
    return page.to_pil().convert("RGBA").resize((size_px, size_px))


def filled(svg: str, scale: float) -> str:
    """The same mark on a square ground, scaled about its middle."""
    shift = 256 * (1 - scale)
    return svg.replace(' rx="116"', "").replace(
        '<path fill="none"', f'<path transform="translate({shift} {shift}) scale({scale})" fill="none"'
    )


def main() -> None:
    """Write the four files beside icon.svg."""
    svg = (ICONS / "icon.svg").read_text()
    for name, drawing, size_px in (
        ("icon-192", svg, 192),
        ("icon-512", svg, 512),
        ("maskable-512", filled(svg, 0.8), 512),
        ("touch-180", filled(svg, 0.9), 180),
    ):
        small = draw(drawing, size_px).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
        small.save(ICONS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
