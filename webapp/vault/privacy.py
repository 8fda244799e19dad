"""What a process that holds keys keeps from the machine it runs on: no core file, no tracing, files for its owner."""

import ctypes
import os
import resource
from contextlib import suppress

_PR_SET_DUMPABLE = 4


def keep_to_owner() -> None:
    """Leave no memory on the disk when the process dies, and let no other process of its user look into it.

    A core file would hold keys and pages in clear; without the mark a confined child of the same user could read
    /proc/<pid>/mem where the kernel has no Landlock. Children that run another program are not held. Call it before
    the keys are read.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    with suppress(AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
