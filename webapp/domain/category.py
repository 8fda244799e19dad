"""Places in the ten-category scheme of a dossier (十大类): sixteen leaf categories, their titles, how each is guarded.

Only 四 and 九 are split, and then a bare 四 or 九 holds no material. Titles changed over the years, so a
material is stored with the version of the dictionary (scheme) it was filed by.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import total_ordering

from webapp.domain.disclosure import Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.schemes import DEFAULT_SCHEME, SCHEMES

CODES = ("1", "2", "3", "4-1", "4-2", "4-3", "4-4", "5", "6", "7", "8", "9-1", "9-2", "9-3", "9-4", "10")
_POSITION = {code: position for position, code in enumerate(CODES)}
_NUMERALS = "一二三四五六七八九十"
_DASHES = "-‐‑‒–—―−ー~·.、_ "
# 一 counts as a dash before a digit: it is what a quick hand types and a machine reads in 九-1.
_WRITTEN = re.compile(
    rf"第?(10|[1-9{_NUMERALS}])大?类?[{_DASHES}]*(?:一(?=[1-4]))?\(?([1-4一二三四])?\)?小?类?"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Category:
    """A leaf category, ordered as the catalogue is. Refuses a code that is none with Invalid."""

    code: str

    def __post_init__(self) -> None:
        if self.code not in _POSITION:
            raise Invalid(f"没有“{self.code}”这个类别")

    @classmethod
    def parse(cls, text: str) -> "Category":
        """The category that a person or a form wrote: 九-1, 九一, 9－1, 第九类-1, 91. Raises Invalid."""
        found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if found is None:
            raise Invalid(f"看不懂类别“{text}”，请写成 一、四-1、九-2 这样")
        main = _number(found[1])
        code = f"{main}-{_number(found[2])}" if found[2] else str(main)
        if code in ("4", "9"):
            raise Invalid(f"{_NUMERALS[main - 1]}类要写明小类，例如 {_NUMERALS[main - 1]}-1")
        return cls(code)

    @property
    def main(self) -> int:
        """Number of the great category, 1 to 10."""
        return int(self.code.partition("-")[0])

    @property
    def display(self) -> str:
        """As printed: 四-1."""
        _, dash, sub = self.code.partition("-")
        return _NUMERALS[self.main - 1] + dash + sub

    def title(self, scheme: str = DEFAULT_SCHEME) -> str:
        """Its name in a version of the dictionary. Raises KeyError for an unknown version."""
        return SCHEMES[scheme].leaves.get(self.code) or heading(self.main, scheme)

    def __lt__(self, other: "Category") -> bool:
        return _POSITION[self.code] < _POSITION[other.code]

    def __str__(self) -> str:
        return self.display


def every() -> Iterable[Category]:
    """All sixteen, in the catalogue's order."""
    return (Category(code) for code in CODES)


def numeral(main: int) -> str:
    """一 … 十 for 1 … 10."""
    return _NUMERALS[main - 1]


def heading(main: int, scheme: str = DEFAULT_SCHEME) -> str:
    """Title of a great category, 1 to 10."""
    return SCHEMES[scheme].headings[main - 1]


# Titles by which a paper is guarded wherever it is filed: 个人有关事项, what others said in confidence, health.
_GUARDED = re.compile(
    "有关事项|考察材料|考察报告|考察情况|考察谈话|民主测评|民主推荐"
    "|体格检查|体检|健康检查|健康状况|工伤|劳动能力|职业病|病历|病情|疾病|残疾|诊断"
)
GUARDED_CATEGORIES = frozenset({"5", "8"})  # wholly: who names one asks for guarded papers


def sensitivity_of(category: Category, title: str) -> Sensitivity:
    """How a material is guarded, by where it is filed and by what it is called."""
    words = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title))
    is_guarded = category.code in GUARDED_CATEGORIES or _GUARDED.search(words) is not None
    return Sensitivity.RESTRICTED if is_guarded else Sensitivity.ORDINARY


def _number(written: str) -> int:
    return _NUMERALS.index(written) + 1 if written in _NUMERALS else int(written)
