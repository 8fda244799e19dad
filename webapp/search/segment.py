"""One immutable part of the index in memory (索引段): its columns as arrays, its postings decoded whole.

The only place that knows how Whoosh lays out a segment. Whoosh's own matchers walk postings one by one in
Python; decoding whole blocks into arrays is 7 to 60 times faster.
"""

import pickle
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice, takewhile
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec
from whoosh.reading import TermNotFound
from whoosh.util.numeric import byte_to_length

from webapp.search.analysis import Need
from webapp.search.schema import BY_MACHINE, CLEAR, COLUMNS, MASKED
from webapp.search.storage import SealedStorage

MOST_EXPANSIONS = 4096  # terms one prefix stands for in one segment; beyond, a total is "at least"

_LENGTHS = np.array([byte_to_length(i) for i in range(256)], np.float64)
_MAGIC = 4  # bytes before the first block


class Postings(NamedTuple):
    """Where a term occurs: ascending numbers of documents, and how often in each."""

    documents: NDArray[np.int32]
    times: NDArray[np.float32]
    is_complete: bool = True


_NOWHERE = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


class Segment:
    """A segment, unsealed. Threads may share it: it never changes and reading it keeps no state."""

    def __init__(self, storage: SealedStorage, segment: Any) -> None:
        self.id: str = segment.segment_id()
        self.count: int = segment.doc_count_all()
        self._segment = segment
        self._files = segment.open_compound_file(storage)
        self._terms = segment.codec().terms_reader(self._files, segment)
        self._blocks = segment.open_file(self._files, W3Codec.POSTS_EXT)
        columns = {name: self._column(name, code) for name, code in COLUMNS.items()}
        self.kind = columns["kind"]
        self.number = columns["number"]
        self.dossier = columns["dossier"]
        self.material = columns["material"]
        self.category = columns["category"] % BY_MACHINE
        self.by_machine = columns["category"] >= BY_MACHINE
        self.differs = columns["differs"].astype(bool)
        self.length = {name: columns[f"{name}_length"] for name in (CLEAR, MASKED)}
        self._rounded = {name: self._column(f"_{name}_len", "B") for name in (CLEAR, MASKED)}

    def rounded_length(self, field: str, documents: NDArray[np.int32]) -> NDArray[np.float64]:
        """Lengths as Whoosh rounds them for scoring, in terms."""
        return _LENGTHS[self._rounded[field][documents]]

    def postings(self, field: str, need: Need) -> Postings:
        """Where `need` occurs in the clear or the masked text; deleted documents are still among them."""
        if not need.is_prefix:
            return self._of_term(field, need.text.encode())
        found = list(islice(self._beginning_with(field, need.text.encode()), MOST_EXPANSIONS + 1))
        each = [self._of_term(field, term) for term in found[:MOST_EXPANSIONS]]
        if not each:
            return _NOWHERE
        documents, inverse = np.unique(np.concatenate([p.documents for p in each]), return_inverse=True)
        times = np.bincount(inverse, np.concatenate([p.times for p in each]))
        return Postings(documents, times.astype(np.float32), len(found) <= MOST_EXPANSIONS)

    def all_postings(self) -> Iterator[tuple[str, bytes, Postings]]:
        """Every text and term, in order, and where it occurs."""
        return ((field, term, self._of_term(field, term)) for field, term in self._terms.terms())

    def _beginning_with(self, field: str, prefix: bytes) -> Iterator[bytes]:
        following = self._terms.terms_from(field, prefix)
        return (t for _, t in takewhile(lambda at: at[0] == field and at[1].startswith(prefix), following))

    def _of_term(self, field: str, term: bytes) -> Postings:
        try:
            offset, length = self._terms.term_info(field, term).extent()
        except TermNotFound:
            return _NOWHERE
        size = length[0] if isinstance(length, tuple) else length  # Whoosh 2.7 forgets to unpack it
        return _decoded(BytesIO(self._blocks.get(offset, size)))

    def _column(self, name: str, code: str) -> NDArray[Any]:
        """A column as an array; Whoosh leaves zeros at its end away, and the column when there is nothing else."""
        filename = W3Codec.column_filename(self._segment, name)
        column = np.zeros(self.count, np.dtype(code))
        if self._files.file_exists(filename):
            written = np.frombuffer(self._files.open_file(filename).view(), np.dtype(f">{code}"))
            column[: len(written)] = written
        return column


def numbers(storage: SealedStorage, segment: Any) -> NDArray[np.int64]:
    """Which entry each document of a segment is, as kind * 2**32 + number; the segment is not kept open."""
    opened = Segment(storage, segment)
    return (opened.kind.astype(np.int64) << 32) + opened.number


def _decoded(stream: BytesIO) -> Postings:
    """Block: length (negative in the last) | pickled facts | pickled, mostly compressed (gaps, times, nothing).

    What is unpickled here was verified byte by byte when the segment was unsealed.
    """
    stream.seek(_MAGIC)
    documents, times, is_last = [], [], False
    while not is_last:
        (length,) = struct.unpack("!i", stream.read(4))
        is_last = length < 0
        end = stream.tell() + abs(length)
        facts = pickle.load(stream)  # noqa: S301
        body = stream.read(end - stream.tell())
        gaps, weights, _ = pickle.loads(zlib.decompress(body) if facts[3] else body)  # noqa: S301
        documents.append(np.cumsum(np.array(gaps, np.int32), dtype=np.int32))
        times.append(np.broadcast_to(np.array(1.0 if weights is None else weights, np.float32), len(gaps)))
    return Postings(np.concatenate(documents), np.concatenate(times))
