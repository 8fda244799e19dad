"""Search (检索): which entries a query finds for one reader, in which order, and how many there are.

The rule that everything here keeps: the answer is the one that an index would give which held only what this
reader may see, each entry in the rendition they may see. Hits, totals, scores and order follow from visible
entries alone; what is hidden is not filtered from the answer, it never enters it.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import numpy as np

from webapp.search.analysis import is_han, normalise
from webapp.search.entry import Kind, join
from webapp.search.generation import Generation, View
from webapp.search.index import Index
from webapp.search.postings import PostingCache
from webapp.search.query import parse
from webapp.search.ranking import Matches, match
from webapp.search.sight import Level, Sight

MOST_CHECKED = 200  # texts fetched for one search to prove a phrase

Rendition = Literal["clear", "masked"]
Verify = Callable[[Sequence[tuple[str, Rendition]]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `rendition` is the text in which, and the only one its reader may be shown."""

    ref: str
    kind: Kind
    dossier: int
    material: int
    category: int
    score: float
    rendition: Rendition


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits in order, and how many there are: exactly, or "at least" when `is_exact` is false."""

    total: int
    is_exact: bool
    hits: list[Hit]


class Reader:
    """Searches one index. One in a process: threads share its memory, which is that of the unsealed index.

    It follows the commits of whichever process writes; only segments it has not seen are read.
    """

    def __init__(self, index: Index, *, cached_postings: int = 8_000_000) -> None:
        self._index = index
        self._cache = PostingCache(cached_postings)
        self._generation: Generation | None = None
        self._refreshing = threading.Lock()

    def search(
        self,
        query: str,
        *,
        sight: Sight,
        verify: Verify,
        kinds: Collection[Kind] = tuple(Kind),
        limit: int = 20,
        outdated: Collection[int] = (),
    ) -> Found:
        """Find at most `limit` entries of these kinds, best first.

        verify -- gives texts by ref, each in the rendition named, without those that are gone: asked only where
        terms do not prove the wording (three or more Han characters in a row, or several words between quotation
        marks), for many at once.
        outdated -- numbers of pages that changed since they were indexed. What was covered since still stands in
        the index, so for who would find them masked they are not there. Learn them first: the search runs over
        a commit at least as new.

        The total is exact when terms prove it, and when at most MOST_CHECKED candidates are to be verified: then
        all are. Of more, the best are verified until `limit` are found, at most MOST_CHECKED: the total is then
        what was found so far, and "at least". It is "at least" also when one character or the beginning of a
        number stands for more than segment.MOST_EXPANSIONS terms.

        Raises Invalid for a query that asks for nothing or too much, IndexDamaged.
        """
        asked = parse(query)
        view = self._current().view(sight, np.array(sorted(outdated), np.uint32))
        matches = match(view, asked.needs, kinds, self._cache)
        total = len(matches.scores)
        if not asked.phrases:
            return Found(total, matches.is_complete, list(_hits(view, matches, limit)))
        proven: list[Hit] = []
        few = total <= MOST_CHECKED
        candidates = _hits(view, matches, MOST_CHECKED)
        while chunk := list(islice(candidates, MOST_CHECKED if few else limit)):
            texts = verify([(hit.ref, hit.rendition) for hit in chunk])
            proven += [hit for hit in chunk if _says(texts.get(hit.ref, ""), asked.phrases)]
            if len(proven) >= limit:
                break
        return Found(len(proven), few and matches.is_complete, proven[:limit])

    def _current(self) -> Generation:
        """The newest generation. While one thread reads it the others wait: in the one before may stand what is
        outdated, and no longer said to be.
        """
        known = self._generation
        if known is not None and known.number == self._index.generation:
            return known
        with self._refreshing:
            known = self._generation
            if known is None or known.number != self._index.generation:
                known = Generation(*self._index.load(known.segments if known else {}))
                self._cache.forget_others(known.segments)
                self._generation = known
            return known


def _says(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether a text, not yet normalised, contains all of some normalised phrases."""
    missing = [phrase for phrase in phrases if not (is_han(phrase[-1]) and phrase in text)]
    normal = normalise(text) if missing else ""  # costs a hundred looks at the text as it is
    return all(phrase in normal for phrase in missing)


def _hits(view: View, matches: Matches, most: int) -> Iterator[Hit]:
    for place in matches.best(most):
        layer, document = view.layers[matches.layers[place]], matches.documents[place]
        segment, kind = layer.segment, Kind(matches.kinds[place])
        yield Hit(
            join(kind, int(matches.numbers[place])),
            kind,
            int(segment.dossier[document]),
            int(segment.material[document]),
            int(segment.category[document]),
            float(matches.scores[place]),
            "clear" if layer.levels[document] == Level.CLEAR else "masked",
        )
