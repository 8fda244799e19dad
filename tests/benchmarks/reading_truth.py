"""How well a page was read (识别正确率): what stands where, against what was read there.

Signs are matched by position, whatever their order: each sign that was read belongs to the line of the truth on
whose height and width its middle lies. Compared in NFKC without white space.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from webapp.demonstration.sheet import DrawnLine, Secret
from webapp.domain.geometry import Box
from webapp.domain.labels import distance, is_heading

_REACH = 0.35  # of a line's height by which a sign's middle may lie beside it


class Sign(NamedTuple):
    """One character that was read, and its middle in the pixels of the truth."""

    text: str
    x: float
    y: float


@dataclass
class Tally:
    """Sums over pages. Errors are characters wrong, lost or added; `ghosts` were read where nothing stands."""

    characters: int = 0
    errors: int = 0
    ghosts: int = 0
    fields: int = 0
    fields_exact: int = 0
    id_numbers: int = 0
    id_numbers_exact: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(self._sums(), other._sums(), strict=True)))

    @property
    def cer(self) -> float:
        """Share of errors, ghosts among them, in the characters of the truth."""
        return _share(self.errors + self.ghosts, self.characters)

    @property
    def cer_of_lines(self) -> float:
        """The same without ghosts."""
        return _share(self.errors, self.characters)

    @property
    def field_exact(self) -> float:
        """Share of values beside a label that were read without any fault."""
        return _share(self.fields_exact, self.fields)

    @property
    def id_exact(self) -> float:
        """Share of identity numbers that were read without any fault."""
        return _share(self.id_numbers_exact, self.id_numbers)

    def _sums(self) -> tuple[int, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass
class Truth:
    """What stands on one page, in the pixels of the picture that was read.

    seals -- places where something may be read or not: neither counts
    """

    lines: Sequence[DrawnLine]
    secrets: Sequence[Secret]
    seals: Sequence[Box] = ()
    _values: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self._values = set(_values(self.lines))

    def tally(self, signs: Iterable[Sign], again: Iterable[Sign] = ()) -> Tally:
        """Compare. again -- what further passes read: an identity number may be found in either."""
        signs = list(signs)
        read: list[list[Sign]] = [[] for _ in self.lines]
        ghosts = 0
        for sign in signs:
            at = self._line_of(sign)
            if at is not None:
                read[at].append(sign)
            else:
                ghosts += not any(_stands_on(sign, seal) for seal in self.seals)
        result = Tally(ghosts=ghosts)
        for number, (line, found) in enumerate(zip(self.lines, read, strict=True)):
            wanted, got = plain(line.text), _joined(found)
            result += Tally(len(wanted), distance(wanted, got))
            if number in self._values:
                result += Tally(fields=1, fields_exact=wanted == got)
        return result + self._id_numbers(signs, list(again))

    def _line_of(self, sign: Sign) -> int | None:
        """The line on which a sign stands: of several the one whose middle is nearest."""
        best, found = float("inf"), None
        for number, (_, box) in enumerate(self.lines):
            reach = _REACH * box.height
            beside = box.left - reach <= sign.x <= box.right + reach
            off = abs(sign.y - (box.top + box.bottom) / 2)
            if beside and off <= box.height / 2 + reach and off < best:
                best, found = off, number
        return found

    def _id_numbers(self, *readings: list[Sign]) -> Tally:
        result = Tally()
        for secret in self.secrets:
            if secret.kind == "id_number":
                reads = (
                    _joined(sign for sign in signs if _stands_on(sign, secret.box)) for signs in readings
                )
                result += Tally(
                    id_numbers=1, id_numbers_exact=any(plain(secret.text) in read for read in reads)
                )
        return result


def plain(text: str) -> str:
    """In the form in which readings are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def spread(text: str, box: Box) -> list[Sign]:
    """The signs of a word at even distances over its box."""
    signs = plain(text)
    step, middle = box.width / max(1, len(signs)), (box.top + box.bottom) / 2
    return [Sign(sign, box.left + (n + 0.5) * step, middle) for n, sign in enumerate(signs)]


def _values(lines: Sequence[DrawnLine]) -> Iterable[int]:
    """Numbers of the lines that stand right of a label in the same row: the fields of a form."""
    order = sorted(range(len(lines)), key=lambda n: lines[n].box.left)
    rows: dict[int, list[int]] = {}
    for n in order:
        middle = (lines[n].box.top + lines[n].box.bottom) // 2
        row = next((top for top in rows if abs(top - middle) <= lines[n].box.height // 2), middle)
        rows.setdefault(row, []).append(n)
    for row in rows.values():
        yield from (
            right
            for left, right in pairwise(row)
            if is_heading(lines[left].text) and not is_heading(lines[right].text)
        )


def _joined(signs: Iterable[Sign]) -> str:
    return "".join(sign.text for sign in sorted(signs, key=lambda sign: sign.x))


def _stands_on(sign: Sign, box: Box) -> bool:
    reach = _REACH * min(box.width, box.height)
    return box.left - reach <= sign.x <= box.right + reach and box.top - reach <= sign.y <= box.bottom + reach


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
