"""What a child gives up before it touches a file from outside: memory, time, network, files, privileges."""

import ctypes
import os
import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ocr_worker import landlock

_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NOBODY = 65534
_NICENESS = 10  # people at their screens come before papers in the queue

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Limits:
    """Hard limits of one child. cpu_s 0 means none."""

    memory_bytes: int  # address space, not resident pages
    cpu_s: int = 0
    file_bytes: int = 0  # the largest file it may write
    open_files: int = 32


def confine(
    limits: Limits, *, readable: Iterable[Path] = (), writable: Iterable[Path] = (), as_nobody: bool = False
) -> tuple[str, ...]:
    """Give up everything that the work ahead does not need. There is no way back.

    Answers what took hold: "limits" always, "no-network", "no-files" (or "few-files" when some paths stay
    open) and "nobody" where kernel and privileges allow. Call it while the process has a single thread,
    and import what is needed beforehand unless its folder is in `readable`.
    as_nobody -- a child of root becomes nobody: only for one that loads nothing more
    """
    held = ["limits"]
    os.nice(_NICENESS)
    _limit(limits)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if _libc.unshare(_CLONE_NEWNET) == 0 or _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        held.append("no-network")
    readable, writable = tuple(readable), tuple(writable)
    if landlock.restrict(readable=readable, writable=writable):
        held.append("few-files" if readable or writable else "no-files")
    if as_nobody and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        held.append("nobody")
    return tuple(held)


def _limit(limits: Limits) -> None:
    for which, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_s or resource.RLIM_INFINITY),
    ):
        resource.setrlimit(which, (value, value))
