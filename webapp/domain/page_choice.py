"""Pages chosen out of a material (页码): typed as 1-3,5, written back the same way."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from webapp.domain.errors import Invalid

LONGEST_TYPED = 200  # characters
_PART = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


def chosen(typed: str, count: int) -> tuple[int, ...]:
    """The page numbers that were typed, in order, each once; all `count` when nothing was. Raises Invalid."""
    plain = re.sub(r"\s|[第页]", "", unicodedata.normalize("NFKC", typed)[:LONGEST_TYPED])
    plain = re.sub(r"[~–—至到]", "-", plain)
    if not plain:
        return tuple(range(1, count + 1))
    found: set[int] = set()
    for part in re.split(r"[,、;]", plain):
        found.update(_range(part, count))
    return tuple(sorted(found))


def written(numbers: Collection[int]) -> str:
    """Page numbers as 1-3,5."""
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in _runs(sorted(numbers)))


def _range(part: str, count: int) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise Invalid("页码请写成 1-3,5 这样")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= count:
        raise Invalid(f"页码要在 1 到 {count} 之间")
    return range(first, last + 1)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[start], numbers[at - 1]
            start = at
