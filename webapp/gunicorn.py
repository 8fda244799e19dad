"""How gunicorn runs the web process: one process, sixteen threads, no trace of search words in its log."""

import ctypes
import os
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

worker_class = "gthread"
workers = 1  # the index is held unsealed in memory, once
threads = 16  # pages are drawn as many at once as there are cores; the others must not keep a search waiting
timeout = 60
graceful_timeout = 10
keepalive = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file holds nothing and must not wait for a disk
limit_request_line = 2048
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "info"

# Two heaps for all threads instead of up to eight a core, each of which would keep the room of the pages drawn in it;
# and what is as large as a picture comes from the system and goes back to it.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
with suppress(AttributeError):  # another C library than glibc
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 256 * 1024)

# A client that sends or takes nothing for so long is gone: its thread serves others. One that sends a byte now and then
# is not caught by this: a proxy in front that takes requests whole before it passes them on is (README).
PATIENCE_S = 20


def when_ready(server: Any) -> None:
    """Put the limit on the listening sockets; every connection inherits it (Linux)."""
    patience = struct.pack("ll", PATIENCE_S, 0)
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, patience)


# The process is renewed when it holds more than half of the machine's memory, and is an hour old: by what it has grown
# to and not by how often it was asked, or strangers could have it renewed, and the index unsealed anew, all the time.
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
LARGEST_BYTES = os.sysconf("SC_PHYS_PAGES") * PAGE_BYTES // 2
YOUNGEST_S = 3600
_began = time.monotonic()


def post_fork(server: Any, worker: Any) -> None:
    """Note when the process began."""
    global _began
    _began = time.monotonic()


def post_worker_init(worker: Any) -> None:
    """Have streams end with the process, which else waits for them in vain before it is killed."""
    if streams := worker.wsgi.extensions.get("streams"):  # none before an instance exists
        streams.goes_on = lambda: worker.alive


def post_request(worker: Any, req: Any, environ: Any, resp: Any) -> None:
    """Have a process that has grown too large finish what it is at and make room for a new one."""
    if not worker.alive or time.monotonic() - _began < YOUNGEST_S:
        return
    held = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
    if held > LARGEST_BYTES:
        worker.log.warning("holds %d MiB: renewed", held // 2**20)
        worker.alive = False
