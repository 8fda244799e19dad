"""The reader child: `python -m ocr_worker.reader <engine> <memory folder>`, pages on stdin, answers on stdout.

It loads its models after it has given up what it does not need: a thread that already runs would not be held.
"""

import sys
from pathlib import Path

from ocr_worker.children import ROOT
from ocr_worker.confinement import Limits, confine

# OpenVINO maps 2.5 GB while it holds 1.2: there the parent watches what is resident, this is the last wall.
_ADDRESS_SPACE = {"openvino": 4 << 30, "onnxruntime": 2 << 30}
_LARGEST_FILE = 64 << 20  # bytes in the memory folder
# Programs, libraries, models, language data, what the machine is made of. Not the instance, not /etc, not /home.
_READABLE = (
    *(Path(prefix) for prefix in dict.fromkeys((sys.prefix, sys.base_prefix))),
    *(ROOT / package for package in ("ocr_worker", "webapp")),
    *map(Path, ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime")),
    *map(Path, ("/proc", "/sys", "/dev/urandom")),
)


def main(engine: str, folder: str) -> None:
    """Read pages until the parent closes the door."""
    writable = [Path("/dev/null"), *([Path(folder)] if folder else [])]
    held = confine(
        Limits(_ADDRESS_SPACE[engine], file_bytes=_LARGEST_FILE, open_files=256),
        readable=_READABLE,
        writable=writable,
    )
    from ocr_worker.serving import serve  # now, not above: what it imports starts threads

    serve(engine, Path(folder) if folder else None, held)


if __name__ == "__main__":
    main(*sys.argv[1:])
