"""A place for files that must never be on a disk (内存文件系统)."""

import ctypes
import os
import shutil
import struct
import tempfile
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- a private folder is made in it
_NAME = "lantai-reader-"
_TMPFS_MAGIC = 0x01021994  # statfs(2)
_libc = ctypes.CDLL(None, use_errno=True)


def memory_folder() -> Path | None:
    """A new private folder (0700) in a memory file system, None where there is none."""
    if not is_in_memory(_SHARED_MEMORY):
        return None
    _sweep()
    return Path(tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-", dir=_SHARED_MEMORY))


def _sweep() -> None:
    """Remove the folders of processes that were killed before they could."""
    for folder in _SHARED_MEMORY.glob(f"{_NAME}*"):
        owner = folder.name.removeprefix(_NAME).partition("-")[0]
        if not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def is_in_memory(folder: Path) -> bool:
    """True when the folder exists and lies in a memory file system."""
    answer = ctypes.create_string_buffer(256)
    if _libc.statfs(bytes(folder), answer):
        return False
    return bool(struct.unpack_from("l", answer)[0] == _TMPFS_MAGIC)
