"""Landlock: a process gives up the file system for good, as far as the kernel knows how.

Stated in https://docs.kernel.org/userspace-api/landlock.html (Linux 5.13 and later; no privilege needed).
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_FILE_BITS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_BITS_NOW = 16  # from version 5
_ON_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
_TCP_BIND_AND_CONNECT = 0b11  # from version 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # from version 6

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Version of Landlock in the running kernel, 0 when there is none."""
    return max(0, int(_libc.syscall(_CREATE, None, 0, _ASK_VERSION)))


def restrict(*, readable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> bool:
    """Keep the calling thread, and all it starts from now on, to what lies beneath these paths.

    readable -- may be read and executed; paths that do not exist are left out
    writable -- may be read, written, created and removed
    Answers False, with nothing given up, when the kernel has no Landlock. PR_SET_NO_NEW_PRIVS must be set.
    Threads that already run are not held: call it before the first one.
    """
    known = version()
    if not known:
        return False
    every = (1 << _FILE_BITS_BY_VERSION.get(known, _FILE_BITS_NOW)) - 1
    network = _TCP_BIND_AND_CONNECT if known >= 4 else 0
    scoped = _ABSTRACT_SOCKETS_AND_SIGNALS if known >= 6 else 0
    ruleset = struct.pack("=QQQ", every, network, scoped)[: 24 if known >= 6 else 16 if known >= 4 else 8]
    with ExitStack() as held:
        handle = _checked(_libc.syscall(_CREATE, ruleset, len(ruleset), 0))
        held.callback(os.close, handle)
        for path in readable:
            _allow(handle, path, _EXECUTE | _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(handle, path, every & ~_EXECUTE)
        _checked(_libc.syscall(_RESTRICT, handle, 0))
    return True


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = access if path.is_dir() else access & _ON_A_FILE
        _checked(_libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, beneath), 0))
    finally:
        os.close(beneath)


def _checked(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
