"""Which entries hold all terms, and how well (排序): BM25 over what one reader can see.

The formula and its rounding are those of Whoosh's BM25F, so that both agree where nothing is hidden or deleted.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.search.analysis import Need
from webapp.search.entry import Kind
from webapp.search.generation import Layer, View
from webapp.search.postings import PostingCache

K1, B = 1.2, 0.75  # Whoosh's: how soon repetition stops counting, how much length does


class Matches(NamedTuple):
    """Entries that hold all terms, as parallel arrays in no order.

    layers -- which layer of the view; documents -- the number within its segment
    is_complete -- false when a prefix stood for too many terms to follow them all
    """

    scores: NDArray[np.float64]
    layers: NDArray[np.int32]
    documents: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    numbers: NDArray[np.uint32]
    is_complete: bool

    def best(self, most: int) -> NDArray[np.intp]:
        """Places of the `most` best, best first; equals by kind and number, which no commit or merge changes."""
        places = np.arange(len(self.scores))
        if 0 < most < len(places):
            bar = np.partition(self.scores, -most)[-most]
            places = np.flatnonzero(self.scores >= bar)
        order = np.lexsort((self.numbers[places], self.kinds[places], -self.scores[places]))
        return places[order[:most]]


class _Common(NamedTuple):
    """Documents of one layer that hold every term, and how often: a row for each term."""

    layer: int
    documents: NDArray[np.int32]
    times: list[NDArray[np.float32]]


def match(view: View, needs: Sequence[Need], kinds: Collection[Kind], cache: PostingCache) -> Matches:
    """Find and score. kinds -- those to be found; the others still count in the statistics."""
    wanted = np.zeros(max(Kind) + 1, np.bool_)
    wanted[list(kinds)] = True
    spread = [0] * len(needs)  # visible entries that hold each term
    found: list[_Common] = []
    is_complete = True
    for number, layer in enumerate(view.layers):
        columns = []
        for place, need in enumerate(needs):
            postings = cache.get(layer.segment, layer.field, need)
            seen = layer.visible[postings.documents]
            columns.append((postings.documents[seen], postings.times[seen]))
            spread[place] += len(columns[-1][0])
            is_complete = is_complete and postings.is_complete
        documents = _shared([documents for documents, _ in columns])
        documents = documents[wanted[layer.segment.kind[documents]]]
        if len(documents):
            found.append(_Common(number, documents, [_times(column, documents) for column in columns]))
    rarity = [math.log(view.entries / (held + 1)) + 1 for held in spread] if found else []
    return _joined(view, found, rarity, is_complete)


def _times(
    column: tuple[NDArray[np.int32], NDArray[np.float32]], documents: NDArray[np.int32]
) -> NDArray[np.float32]:
    """How often a term occurs in some of the documents that hold it."""
    held, times = column
    return times if len(held) == len(documents) else times[np.searchsorted(held, documents)]


def _shared(columns: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    """What is in all of some ascending arrays, beginning with the shortest."""
    shared, *others = sorted(columns, key=len)
    for other in others:
        if not len(shared):
            break
        places = np.minimum(np.searchsorted(other, shared), len(other) - 1)
        shared = shared[other[places] == shared]
    return shared


def _joined(view: View, found: list[_Common], rarity: list[float], is_complete: bool) -> Matches:
    layers = [view.layers[common.layer] for common in found]
    pairs = list(zip(layers, found, strict=True))
    return Matches(
        _concatenated([_scores(view, layer, common, rarity) for layer, common in pairs], np.float64),
        _concatenated([np.full(len(common.documents), common.layer) for common in found], np.int32),
        _concatenated([common.documents for common in found], np.int32),
        _concatenated([layer.segment.kind[common.documents] for layer, common in pairs], np.uint8),
        _concatenated([layer.segment.number[common.documents] for layer, common in pairs], np.uint32),
        is_complete,
    )


def _scores(view: View, layer: Layer, common: _Common, rarity: list[float]) -> NDArray[np.float64]:
    lengths = layer.segment.rounded_length(layer.field, common.documents)
    damping = K1 * ((1 - B) + B * lengths / view.average_length)
    scores = np.zeros(len(common.documents), np.float64)
    for weight, each in zip(rarity, common.times, strict=True):
        times = each.astype(np.float64)
        scores += weight * ((times * (K1 + 1)) / (times + damping))
    return scores


def _concatenated(parts: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    return np.concatenate([np.empty(0, dtype), *parts]).astype(dtype)
