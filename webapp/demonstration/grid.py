"""Ruled tables (表格): columns and rows of fixed widths and heights, whose cells may be joined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from webapp.demonstration.glyphs import Face
from webapp.demonstration.marks import seal
from webapp.demonstration.sheet import Sheet
from webapp.domain.geometry import Box

LEFT_PX, RIGHT_PX = 270, 2260  # where forms begin and end on the sheet
FORM_PX = RIGHT_PX - LEFT_PX
UPRIGHT_PX = 62  # height that each character of a label needs to run down its cell


class Grid:
    """A table from `top` downwards; `widths` are shares of the form's width, `heights` pixels."""

    def __init__(self, sheet: Sheet, top: int, widths: Sequence[float], heights: Sequence[int]) -> None:
        self.sheet = sheet
        scale = FORM_PX / sum(widths)
        self._xs = [LEFT_PX + round(edge * scale) for edge in accumulate(widths, initial=0)]
        self._ys = list(accumulate(heights, initial=top))
        self.bottom = self._ys[-1]

    def box(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Box:
        """The pixels of a cell, or of several joined."""
        return Box(self._xs[column], self._ys[row], self._xs[column + columns], self._ys[row + rows])

    def label(
        self, row: int, column: int, text: str, rows: int = 1, columns: int = 1, face: Face = "song"
    ) -> None:
        """A printed cell of the form itself; in a narrow cell the words run down."""
        box = self.box(row, column, rows, columns)
        self.sheet.frame(box)
        self.sheet.fill(box, text, face=face)

    def entry(self, row: int, column: int, text: str, rows: int = 1, columns: int = 1, **style: Any) -> Box:
        """A filled-in cell; `style` as for Sheet.fill."""
        box = self.box(row, column, rows, columns)
        self.sheet.frame(box)
        if text:
            self.sheet.fill(box, text, **style)
        return box

    def pairs(self, row: int, *cells: str, start: int = 0) -> None:
        """A row of label, value, label, value, each one column wide."""
        for i, text in enumerate(cells):
            if i % 2 == 0:
                self.label(row, start + i, text)
            else:
                self.entry(row, start + i, text)


@dataclass(frozen=True, slots=True)
class Statement:
    """A tall field of a form: what it is called, what is said, and who signed or sealed it when.

    share -- of the height that all statements of a form divide among themselves
    """

    label: str
    text: str
    share: float = 1
    signed: str = ""
    sealed: str = ""
    on: date | None = None


def title(sheet: Sheet, text: str, y: int = 250, *, below: str = "", size: int = 88) -> None:
    """The form's name over its table, and a small line below it."""
    sheet.write(1265, y, text, size=size, face="song_bold", align="centre", spacing=12)
    if below:
        sheet.write(1265, y + size + 44, below, size=46, align="centre")


def statements(sheet: Sheet, top: int, bottom: int, held: Sequence[Statement]) -> None:
    """Tall fields one under another, each with its label running down on the left."""
    unit = (bottom - top) / sum(item.share for item in held)
    heights = [round(item.share * unit) for item in held]
    grid = Grid(sheet, top, (1, 8.6), heights)
    for row, item in enumerate(held):
        grid.label(row, 0, _label(item.label, heights[row]))
        sheet.frame(grid.box(row, 1))
        _state(sheet, grid.box(row, 1), item)


def _label(text: str, height: int) -> str:
    """A label that runs down where there is room for it, else breaks as its cell demands."""
    return "\n".join(text) if len(text) <= 6 and len(text) * UPRIGHT_PX <= height else text


def _state(sheet: Sheet, box: Box, item: Statement) -> None:
    foot = 150 if item.signed or item.on else 0
    if item.text:
        room = Box(box.left, box.top, box.right, box.bottom - foot)
        sheet.fill(room, "　　" + item.text, size=56, align="top", leading=1.6)
    if item.sealed:
        seal(
            sheet,
            box.right - 430,
            box.bottom - min(box.height // 2, 250),
            item.sealed,
            diameter=min(470, max(300, box.height - 40)),
        )
    if item.signed:
        end = sheet.write(
            box.right - 1150, box.bottom - 130, "签名:" if not item.sealed else "负责人:", size=46
        )
        sheet.write(end + 30, box.bottom - 134, item.signed, size=54, face="pen")
    if item.on:
        sheet.write(box.right - 60, box.bottom - 74, dated(item.on), size=44, align="right", face=sheet.hand)


def dated(day: date) -> str:
    """A day as forms write it: 2020年7月19日."""
    return f"{day.year}年{day.month}月{day.day}日"


def month(value: tuple[int, int]) -> str:
    """A month as forms write it: 1994.09."""
    return f"{value[0]}.{value[1]:02}"
