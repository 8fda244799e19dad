"""Square codes (二维码) that a phone reads off a screen or off paper."""

import segno
from markupsafe import Markup


def drawn(text: str) -> Markup:
    """For a page: dark squares on white in any theme."""
    svg = segno.make(text, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704 — drawn by segno from squares alone


def printable(text: str) -> str:
    """For paper: a picture as a data: address."""
    return str(segno.make(text, error="m").png_data_uri(scale=6, border=2))
