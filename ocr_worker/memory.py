"""A place for files that must never be on a disk (内存文件系统)."""

import ctypes
import struct
import tempfile
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- a private folder is made in it
_TMPFS_MAGIC = 0x01021994  # statfs(2)
_libc = ctypes.CDLL(None, use_errno=True)


def memory_folder() -> Path | None:
    """A new private folder (0700) in a memory file system, None where there is none."""
    if not is_in_memory(_SHARED_MEMORY):
        return None
    return Path(tempfile.mkdtemp(prefix="lantai-reader-", dir=_SHARED_MEMORY))


def is_in_memory(folder: Path) -> bool:
    """True when the folder exists and lies in a memory file system."""
    answer = ctypes.create_string_buffer(256)
    if _libc.statfs(bytes(folder), answer):
        return False
    return bool(struct.unpack_from("l", answer)[0] == _TMPFS_MAGIC)
