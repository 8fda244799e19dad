"""Where Whoosh keeps its files: sealed on disk, everything unfinished in memory only.

Two kinds of file reach the folder, `*.seg` (segments) and `_MAIN_n.toc` (what the index consists of), both
sealed and written whole: a `.part`, fsync, rename, fsync of the folder. Whoosh unpickles what it reads, so
nothing is handed to it before its last byte was verified. Beside them lies the empty lock file.
"""

import os
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import RamStorage, Storage
from whoosh.filedb.structfile import StructFile
from whoosh.util.filelock import FileLock

from webapp.domain.errors import Conflict
from webapp.search.sealing import seal, unseal

NAME = "MAIN"

_TOC = re.compile(rf"_{NAME}_([0-9]+)\.toc")
_PART = ".part"


class SealedStorage(Storage):
    """One folder of sealed files, and the unfinished pieces of the writer that holds its lock."""

    supports_mmap = False
    supports_multiproc_writing = False  # it would pickle documents to plain files

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self._pieces: dict[str, bytes] = {}

    @contextmanager
    def writing(self, *, wait: bool = False) -> Iterator[None]:
        """Hold the write lock, which the system releases when the process dies. Raises Conflict when taken."""
        lock = FileLock(str(self.folder / f"{NAME}_WRITELOCK"))
        if not lock.acquire(blocking=wait):
            raise Conflict("索引正在更新，请稍后再试")
        try:
            for stale in self.folder.glob(f"*{_PART}"):  # of a writer that was killed
                stale.unlink()
            yield
        finally:
            self._pieces.clear()
            lock.release()

    def generation(self) -> int:
        """Number of the newest table of contents, -1 without one. Costs one look at the folder."""
        for _ in range(3):  # a listing can miss both the new name and the old one while a commit swaps them
            try:
                names = os.listdir(self.folder)
            except FileNotFoundError:
                continue
            if numbers := [int(toc[1]) for name in names if (toc := _TOC.fullmatch(name))]:
                return max(numbers)
        return -1

    def sealed_bytes(self, name: str) -> bytes:
        """A file exactly as it lies on the disk."""
        return (self.folder / name).read_bytes()

    # What Whoosh asks of a storage.

    def create_file(self, name: str, **_: Any) -> StructFile:
        """A new file in memory; when a segment is closed it goes to the disk."""
        return StructFile(_Kept(lambda content: self._keep(name, content)), name=name)

    def open_file(self, name: str, **_: Any) -> "MemoryFile":
        """A whole file, unsealed. Raises FileNotFoundError, IndexDamaged."""
        content = self._pieces.get(name)
        if content is None:
            with (self.folder / name).open("rb") as stream:
                content = unseal(self._key, name, stream)
        return MemoryFile(content, name)

    def rename_file(self, old: str, new: str, safe: bool = False) -> None:
        """Give a piece its final name; that is how a table of contents comes to be on the disk."""
        if safe and self.file_exists(new):
            raise FileExistsError(new)
        self._keep(new, self._pieces.pop(old))

    def delete_file(self, name: str) -> None:
        """Remove a piece or a file."""
        if self._pieces.pop(name, None) is None:
            (self.folder / name).unlink()

    def list(self) -> list[str]:
        """Names of all pieces and sealed files."""
        on_disk = [name for name in os.listdir(self.folder) if name.endswith((".seg", ".toc"))]
        return [*on_disk, *self._pieces]

    def file_exists(self, name: str) -> bool:
        """True of a piece or a file."""
        return name in self._pieces or (self.folder / name).exists()

    def file_length(self, name: str) -> int:
        """Bytes of a piece. Whoosh asks it of nothing else."""
        return len(self._pieces[name])

    def file_modified(self, name: str) -> float:
        """Unknown: not kept, not needed."""
        return -1

    def temp_storage(self, name: str | None = None) -> "MemoryStorage":
        """Sorting runs and columns under construction hold plain text: they stay in memory."""
        return MemoryStorage()

    def _keep(self, name: str, content: bytes) -> None:
        if not name.endswith(".seg") and not _TOC.fullmatch(name):
            self._pieces[name] = content
            return
        part = self.folder / f"{name}{_PART}"
        with part.open("wb") as stream:
            for piece in seal(self._key, name, content):
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


class MemoryStorage(RamStorage):
    """Whoosh's own, made to stay in memory: its temporary files go to /tmp, and its sorting runs get lost."""

    def temp_storage(self, name: str | None = None) -> "MemoryStorage":
        """Another one."""
        return MemoryStorage()

    def create_file(self, name: str, **_: Any) -> StructFile:
        """A file that is kept when it is closed, be it through the StructFile or the raw stream below it."""
        return StructFile(_Kept(lambda content: self.files.__setitem__(name, content)), name=name)


class _Kept(BytesIO):
    """A stream that hands over its content on closing."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        super().__init__()
        self._hand_over = keep

    def close(self) -> None:
        if not self.closed:
            self._hand_over(self.getvalue())
        super().close()


class MemoryFile(StructFile):
    """A read-only file over bytes, without a copy. `get…` with a position keeps no state: threads may share it."""

    def __init__(self, content: bytes | memoryview, name: str | None = None) -> None:
        self._view = memoryview(content)
        self._name = name
        self._at = 0
        self.file = self
        self.is_real = self.is_closed = False

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, all that follow when negative."""
        start, end = self._at, len(self._view) if size < 0 else self._at + size
        self._at = min(end, len(self._view))
        return bytes(self._view[start : self._at])

    def readline(self) -> bytes:
        """Up to and with the next line feed. Unpickling asks for it."""
        rest = bytes(self._view[self._at : self._at + 4096])
        return self.read(rest.find(b"\n") + 1 or len(rest))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As of any file."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._view)}[whence]
        return self._at

    def tell(self) -> int:
        """As of any file."""
        return self._at

    def close(self) -> None:
        """Nothing to release."""
        self.is_closed = True

    def get(self, position: int, length: int) -> bytes:
        """`length` bytes at `position`."""
        return bytes(self._view[position : position + length])

    def get_array(self, position: int, typecode: str, length: int) -> "array[Any]":
        """`length` big-endian numbers at `position`."""
        numbers = array(typecode)
        numbers.frombytes(self.get(position, length * numbers.itemsize))
        numbers.byteswap()
        return numbers

    def subset(self, position: int, length: int, name: str | None = None) -> "MemoryFile":
        """A file within this file."""
        return MemoryFile(self._view[position : position + length], name or self._name)

    def view(self) -> memoryview:
        """The whole content, not copied."""
        return self._view
