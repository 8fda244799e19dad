"""What one reader may find (可检索范围): a level for every kind, standing and category.

The index knows nothing of roles and grants: the caller sums them up as a standing, a small number, for each
dossier, a table that says what a reader of that standing may find, and the materials that were opened beyond it.
What is in none of them is found not at all.
"""

from collections.abc import Mapping
from enum import IntEnum
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.search.entry import HIGHEST_CATEGORY, Kind
from webapp.search.segment import Segment


class Level(IntEnum):
    """In which rendition a thing may be found."""

    NOTHING = 0
    MASKED = 1
    CLEAR = 2


class Sight:
    """Levels for all entries, as one lookup over arrays. Immutable; `key` is the same for equal sights only."""

    def __init__(
        self,
        allowed: Mapping[tuple[Kind, int, int], Level],
        standings: Mapping[int, int],
        default: int,
        opened: Mapping[int, Mapping[Kind, Level]] | None = None,
        *,
        trusts_machines: bool = True,
    ) -> None:
        """Build it once for a request, or keep it as long as the reader's rights do not change.

        allowed -- level by (kind, standing, category); what is not named is NOTHING
        standings -- standing (0 to 255) by dossier number; default -- that of all other dossiers
        opened -- by material number, levels of its entries that count where they are the higher ones
        trusts_machines -- entries that a machine alone masked are found masked too; else they are not there
        """
        of_all = [default, *standings.values(), *(standing for _, standing, _ in allowed)]
        if min(of_all) < 0 or max(of_all) > 255:
            raise ValueError("a standing is 0 to 255")
        self._default = default
        self._dossiers = np.array(sorted(standings), np.int64)
        self._standings = np.array([standings[int(d)] for d in self._dossiers], np.uint8)
        self._table = np.zeros((max(Kind) + 1, max(of_all) + 1, HIGHEST_CATEGORY + 1), np.uint8)
        for (kind, standing, category), level in allowed.items():
            if not 0 <= category <= HIGHEST_CATEGORY:
                raise ValueError(f"no such category: {category}")
            self._table[kind, standing, category] = level
        self._trusts_machines = trusts_machines
        self._opened(opened or {})
        parts = (
            self._table, self._dossiers, self._standings, np.array([default, trusts_machines]),
            self._materials, self._by_material,
        )  # fmt: skip
        self.key = sha256(b"|".join(part.tobytes() for part in parts)).digest()

    def levels(self, segment: Segment) -> NDArray[np.uint8]:
        """The Level of each document of a segment."""
        levels = self._table[segment.kind, self._standing(segment.dossier), segment.category]
        if len(self._materials):
            places = np.minimum(np.searchsorted(self._materials, segment.material), len(self._materials) - 1)
            is_opened = self._materials[places] == segment.material
            opened = np.where(is_opened, self._by_material[segment.kind, places], np.uint8(0))
            levels = np.maximum(levels, opened)
        if not self._trusts_machines:
            levels[segment.by_machine & (levels == Level.MASKED)] = Level.NOTHING
        return levels

    def _opened(self, opened: Mapping[int, Mapping[Kind, Level]]) -> None:
        """The opened materials, ascending, and the levels of their entries by kind and place."""
        self._materials = np.array(sorted(opened), np.int64)
        self._by_material = np.zeros((max(Kind) + 1, len(opened)), np.uint8)
        for place, material in enumerate(self._materials):
            for kind, level in opened[int(material)].items():
                self._by_material[kind, place] = level

    def _standing(self, dossiers: NDArray[Any]) -> NDArray[np.uint8]:
        if not len(self._dossiers):
            return np.full(len(dossiers), self._default, np.uint8)
        places = np.minimum(np.searchsorted(self._dossiers, dossiers), len(self._dossiers) - 1)
        known = self._dossiers[places] == dossiers
        return np.where(known, self._standings[places], np.uint8(self._default))
