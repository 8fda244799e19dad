"""Joining segments (合并) without sorting their postings again: within a segment they are in order already."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader
from whoosh.writing import PostingPool, SegmentWriter

from webapp.search.segment import Segment
from webapp.search.storage import SealedStorage

MOST_SEGMENTS = 16  # each costs every search a few lookups; a long import would otherwise leave thousands

# What Whoosh sorts: text, term, document, times, nothing more
Posting = tuple[str, bytes, int, float, bytes]


class MergingPool(PostingPool):
    """The postings of a segment being written: sorted new ones, woven together with those of older segments."""

    def __init__(self, writer: SegmentWriter, limit_mb: float) -> None:
        """limit_mb -- of new postings before a sorted run is put aside."""
        super().__init__(writer.temp_storage(), writer.newsegment, limitmb=limit_mb)
        self.streams: list[Iterator[Posting]] = []

    def iter_postings(self) -> Iterator[Posting]:
        """All postings in order."""
        return heapq.merge(*self.streams, self.items())

    def cleanup(self) -> None:
        """Nothing: the runs are in memory. Whoosh would look for them in the working directory."""


def merge_small(writer: SegmentWriter, segments: Sequence[Any]) -> list[Any]:
    """Let segments gather up to MOST_SEGMENTS, then join the small ones; returns those that stay.

    Starting with the two smallest, the next is taken in as long as it is no larger than what is joined already:
    so a document moves to a segment at least twice as large each time, and is rewritten a few times, not always.
    """
    kept = sorted((s for s in segments if s.doc_count()), key=lambda s: (s.doc_count(), s.segment_id()))
    if len(kept) < MOST_SEGMENTS:
        return kept
    joined, size = 2, kept[0].doc_count() + kept[1].doc_count()
    while joined < len(kept) and kept[joined].doc_count() <= size:
        size += kept[joined].doc_count()
        joined += 1
    _absorb(writer, kept[:joined])
    return kept[joined:]


def merge_all(writer: SegmentWriter, segments: Sequence[Any]) -> list[Any]:
    """Join all segments; none stays."""
    _absorb(writer, [segment for segment in segments if segment.doc_count()])
    return []


def _absorb(writer: SegmentWriter, segments: Sequence[Any]) -> None:
    storage: SealedStorage = writer.storage
    for described in segments:
        segment, before = Segment(storage, described), writer.docnum
        reader = SegmentReader(storage, writer.schema, described)
        moved = writer.write_per_doc(set(writer.schema.names()), reader)
        reader.close()
        writer.pool.streams.append(_moved(segment, _new_numbers(segment.count, before, moved)))
        writer._added = True  # as Whoosh's own add_reader does


def _new_numbers(count: int, before: int, moved: Mapping[int, int] | None) -> NDArray[np.int32]:
    """New number by old, -1 of what was deleted. moved -- from Whoosh, None when nothing was deleted."""
    if moved is None:
        return np.arange(before, before + count, dtype=np.int32)
    new = np.full(count, -1, np.int32)
    new[np.fromiter(moved.keys(), np.int64, len(moved))] = np.fromiter(moved.values(), np.int64, len(moved))
    return new


def _moved(segment: Segment, new: NDArray[np.int32]) -> Iterator[Posting]:
    for field, term, postings in segment.all_postings():
        documents = new[postings.documents]
        kept = documents >= 0
        for document, times in zip(documents[kept].tolist(), postings.times[kept].tolist(), strict=True):
            yield field, term, document, times, b""
