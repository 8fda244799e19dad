"""Decoded postings kept for the next search, the least used given up first."""

import threading
from collections import OrderedDict
from collections.abc import Collection

from webapp.search.analysis import Need
from webapp.search.segment import Postings, Segment

Key = tuple[str, str, Need]

_ENTRY_COST = 64  # postings' worth of memory that an entry takes even when it is empty


class PostingCache:
    """Postings by segment, text and term. Threads may share it."""

    def __init__(self, size: int) -> None:
        """Keep up to `size` postings, 8 bytes each."""
        self._size = size
        self._used = 0
        self._kept: OrderedDict[Key, Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, segment: Segment, field: str, need: Need) -> Postings:
        """Where a term occurs in a segment."""
        key = (segment.id, field, need)
        with self._lock:
            postings = self._kept.get(key)
            if postings is not None:
                self._kept.move_to_end(key)
                return postings
        postings = segment.postings(field, need)  # two threads may both decode it: harmless
        with self._lock:
            if key not in self._kept:
                self._kept[key] = postings
                self._used += _cost(postings)
            while self._used > self._size and self._kept:
                self._used -= _cost(self._kept.popitem(last=False)[1])
        return postings

    def forget_others(self, segments: Collection[str]) -> None:
        """Give up everything but what belongs to these segments."""
        with self._lock:
            for key in [key for key in self._kept if key[0] not in segments]:
                self._used -= _cost(self._kept.pop(key))


def _cost(postings: Postings) -> int:
    return len(postings.documents) + _ENTRY_COST
