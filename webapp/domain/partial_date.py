"""Dates as papers give them (形成时间): a year, a year and month, or a day; nothing is made up for what is missing."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from webapp.domain.errors import Invalid

YEARS = range(1900, 2201)  # as the database holds them

_WRITTEN = (
    re.compile(r"(\d{4})(\d{2})?(\d{2})?"),
    re.compile(r"(\d{4})[-./、](\d{1,2})(?:[-./、](\d{1,2}))?[.]?"),
    re.compile(r"(\d{4})年(?:(\d{1,2})月份?(?:(\d{1,2})[日号])?)?"),
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A real day, month or year from 1900 to 2200. Refuses any other with Invalid."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.year not in YEARS:
            raise Invalid(f"年份应在{YEARS[0]}年到{YEARS[-1]}年之间")
        if self.day is not None and self.month is None:
            raise Invalid("有日没有月，请补上月份")
        try:
            date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)
        except ValueError as error:
            raise Invalid(f"没有{self.chinese}这个日期，请核对月和日") from error

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read 1998, 1998.7, 1998-07-01, 19980701, 1998年7月, 一九九八年七月一日; 00 stands for unknown.

        Raises Invalid.
        """
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_DASHES)
        for form in _WRITTEN:
            if found := form.fullmatch(_in_digits(plain)):
                year, month, day = (int(part or 0) or None for part in found.groups())
                return cls(year or 0, month, day)
        raise Invalid(f"看不懂日期“{text}”，请写成 1998、1998.7 或 1998.7.1")

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts by time; what is not known comes after what is, within its year or month."""
        return (self.year, self.month or 13, self.day or 32)

    @property
    def chinese(self) -> str:
        """1998年7月1日, as far as known."""
        return "".join(f"{n}{unit}" for n, unit in zip(self._parts(), "年月日", strict=False))

    @property
    def dotted(self) -> str:
        """1998.07.01, as far as known."""
        return ".".join(f"{n:02d}" for n in self._parts())

    def __str__(self) -> str:
        """1998-07-01, as far as known; parse() reads it back."""
        return "-".join(f"{n:02d}" for n in self._parts())

    def __lt__(self, other: "PartialDate") -> bool:
        return self.order < other.order

    def _parts(self) -> Iterator[int]:
        return (part for part in (self.year, self.month, self.day) if part is not None)


def chronological(formed: PartialDate | None) -> tuple[int, int, int]:
    """Sorts dates that may be missing: undated last."""
    return formed.order if formed else (YEARS[-1] + 1, 13, 32)


def of(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """The date in three columns; None without a year. Raises Invalid."""
    return None if year is None else PartialDate(year, month, day)


def _in_digits(text: str) -> str:
    """Chinese numerals as digits: 一九九八年十二月三十一日 → 1998年12月31日."""
    tens = re.compile(r"(?<![一二三四五六七八九])([一二三])?十([一二三四五六七八九])?")
    spelt = tens.sub(lambda found: (found[1] or "一") + (found[2] or "〇"), text)
    return spelt.translate(_DIGITS)
