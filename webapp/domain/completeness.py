"""Which categories of a dossier hold something (材料齐全情况): counted and said, never graded.

What is missing may not have been scanned yet, or may never have been there to file: missing is no fault of anybody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from webapp.domain.category import Category, every

# What nearly everybody's dossier holds, by leaf category: the first items of common completeness cards.
USUAL: dict[str, str] = {
    "1": "干部履历表",
    "2": "自传",
    "3": "年度考核登记表",
    "4-1": "学历、学位材料",
    "9-1": "工资审批材料",
    "9-2": "任免审批材料",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """One category and how many materials it holds. `usual` is what is to be expected there, or nothing."""

    category: Category
    count: int
    usual: str = ""

    @property
    def is_missing(self) -> bool:
        """Something is to be expected and nothing is listed."""
        return bool(self.usual) and self.count == 0


@dataclass(frozen=True, slots=True)
class Survey:
    """All sixteen categories, in the catalogue's order."""

    holdings: tuple[Holding, ...]

    @property
    def expected(self) -> int:
        """How many categories usually hold something."""
        return sum(bool(holding.usual) for holding in self.holdings)

    @property
    def present(self) -> int:
        """How many of those do."""
        return self.expected - len(self.missing)

    @property
    def missing(self) -> list[Holding]:
        """Those that do not."""
        return [holding for holding in self.holdings if holding.is_missing]


def survey(counts: Mapping[str, int], *, unlisted: Collection[str] = ()) -> Survey:
    """What a dossier holds, from its materials by leaf code; a category that is not named holds none.

    unlisted -- categories of which the reader learns nothing: there nothing is to be expected
    """
    usual = {code: name for code, name in USUAL.items() if code not in unlisted}
    return Survey(tuple(Holding(one, counts.get(one.code, 0), usual.get(one.code, "")) for one in every()))
