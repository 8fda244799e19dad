"""The index (全文索引): opened with its key, written by one writer at a time, read by any number of processes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import randbelow
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from whoosh.index import TOC, FileIndex, IndexVersionError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.writing import SegmentWriter

from webapp.search.entry import Entry, split
from webapp.search.errors import IndexDamaged
from webapp.search.merging import MergingPool, merge_all, merge_small
from webapp.search.schema import SCHEMA, codec, fields
from webapp.search.segment import Segment, numbers
from webapp.search.storage import NAME, SealedStorage

Taken = TypeVar("Taken")

_SORTING_MB = 256  # of postings before a sorted run is put aside (in memory as well, but packed)


class Batch:
    """Changes that are committed together. The last word on a ref counts."""

    def __init__(self) -> None:
        self._changes: dict[tuple[int, int], Entry | None] = {}

    def put(self, entry: Entry) -> None:
        """Add an entry, in place of the one with the same ref."""
        self._changes[split(entry.ref)] = entry

    def remove(self, ref: str) -> None:
        """Take an entry out; one that is not there is no error. Raises Invalid when `ref` is none."""
        self._changes[split(ref)] = None

    @property
    def entries(self) -> list[Entry]:
        """What is to be added, in the order it was first named."""
        return [entry for entry in self._changes.values() if entry is not None]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Everything that is replaced or removed, as in segment.numbers."""
        return np.array([(kind << 32) + number for kind, number in self._changes], np.int64)


class Index:
    """The index in one folder. Create it once in a process and share it between threads."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open the index, or make an empty one. key -- 32 bytes. Raises IndexDamaged."""
        if len(key) != 32:
            raise ValueError("the key of an index is 32 bytes")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._storage = SealedStorage(folder, key)
        self._numbers: dict[str, Any] = {}  # by segment: the writer's way from a ref to its document
        if self.generation < 0:
            self._create()
        self._segments()

    @property
    def generation(self) -> int:
        """Changes with every commit, in whichever process. Cheap enough to be asked before each search."""
        return self._storage.generation()

    @property
    def fingerprint(self) -> str:
        """Generation and SHA-256 of the newest table of contents: kept elsewhere, it shows a whole index put back."""
        toc = TOC._filename(NAME, self.generation)
        return f"{self.generation}:{sha256(self._storage.sealed_bytes(toc)).hexdigest()}"

    @property
    def count(self) -> int:
        """How many entries there are."""
        return sum(segment.doc_count() for segment in self._segments())

    @contextmanager
    def writing(self) -> Iterator[Batch]:
        """Collect changes and commit them at the end of the block; an exception leaves the index as it was.

        Put up to about 50,000 pages into a batch. Raises Conflict when somebody else is writing, IndexDamaged.
        """
        with self._storage.writing():
            batch = Batch()
            yield batch
            if len(batch.numbers):
                self._commit(batch, merge_small)

    def merge(self) -> None:
        """Make one segment of all and drop what was removed: for quiet hours, minutes for 100,000 pages.

        Readers go on meanwhile. Raises Conflict when somebody else is writing, IndexDamaged.
        """
        with self._storage.writing():
            segments = self._segments()
            if len(segments) > 1 or any(segment.has_deletions() for segment in segments):
                self._commit(Batch(), merge_all)

    def load(self, known: Mapping[str, Segment]) -> tuple[int, list[tuple[Segment, list[int]]]]:
        """The newest generation: its number, and its segments each with the documents deleted in it.

        known -- segments read before, by id; only others are read from the disk. Raises IndexDamaged.
        """

        def opened(segment: Any) -> Segment:
            return known.get(segment.segment_id()) or Segment(self._storage, segment)

        return self._read(
            lambda toc: (toc.generation, [(opened(s), sorted(s.deleted_docs())) for s in toc.segments])
        )

    def _read(self, take: Callable[[TOC], Taken]) -> Taken:
        """Take something from the newest table of contents, from the next one when a commit comes in between."""
        while True:
            generation = self.generation
            try:
                return take(TOC.read(self._storage, NAME, gen=generation, schema=SCHEMA))
            except FileNotFoundError:
                if self.generation == generation:
                    raise IndexDamaged("索引缺少文件，需要重建") from None
            except (WhooshIndexError, IndexVersionError):
                raise IndexDamaged("索引由另一版本的程序写成，需要重建") from None

    def _segments(self) -> list[Any]:
        return self._read(lambda toc: list(toc.segments))

    def _create(self) -> None:
        with self._storage.writing(wait=True):
            if self.generation >= 0:
                return  # another process was quicker
            if self._storage.list():
                raise IndexDamaged("索引缺少目录文件，需要重建")
            # An index built anew begins elsewhere, so that a reader of the former one notices.
            TOC(SCHEMA, [], randbelow(2**30)).write(self._storage, NAME)

    def _commit(self, batch: Batch, policy: Any) -> None:
        try:
            self._write(batch, policy)
        except FileNotFoundError:  # nothing can come in between here: the lock is held
            raise IndexDamaged("索引缺少文件，需要重建") from None

    def _write(self, batch: Batch, policy: Any) -> None:
        whoosh = FileIndex(self._storage, schema=SCHEMA, indexname=NAME)
        writer = SegmentWriter(whoosh, codec=codec(), _lk=False)  # the lock is held here already
        writer.pool = MergingPool(writer, _SORTING_MB)
        for segment in writer.segments:
            for document in np.flatnonzero(np.isin(self._numbers_of(segment), batch.numbers)):
                segment.delete_document(int(document))
        for entry in batch.entries:
            writer.add_document(**fields(entry))
        writer.commit(mergetype=policy)
        current = {segment.segment_id() for segment in self._segments()}
        self._numbers = {name: known for name, known in self._numbers.items() if name in current}

    def _numbers_of(self, segment: Any) -> Any:
        name = segment.segment_id()
        if name not in self._numbers:
            self._numbers[name] = numbers(self._storage, segment)
        return self._numbers[name]
