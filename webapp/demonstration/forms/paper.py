"""A paper (一份材料) before it is drawn: what it is called, where it belongs, and who paints each of its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from webapp.demonstration.glyphs import Face
from webapp.demonstration.sheet import Sheet
from webapp.domain.partial_date import PartialDate

Painter = Callable[[Sheet], None]
PRINTED_SINCE = 2004  # from about this year offices fill their forms by machine


@dataclass(frozen=True, slots=True)
class Paper:
    """One material: `painters` paint its pages in order; `hand` is the face its blanks are filled in."""

    category: str
    title: str
    formed: PartialDate
    painters: tuple[Painter, ...]
    hand: Face = "song"
    remark: str = ""


def hand_of(year: int) -> Face:
    """By pen or by machine, as was usual in a year."""
    return "pen" if year < PRINTED_SINCE else "song"


def ymd(day: date) -> PartialDate:
    """A full date of formation."""
    return PartialDate(day.year, day.month, day.day)
