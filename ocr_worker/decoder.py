"""The decoder child: `python -m ocr_worker.decoder <media type> <number>`, a file on stdin, frames on stdout.

Number 0 asks for all frames, any other for that one alone.

Everything it needs is imported before it gives up the file system; nothing can be imported later.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ocr_worker.children import Message, write_message
from ocr_worker.confinement import Limits, confine
from ocr_worker.refusals import NotTaken

_PDF = "application/pdf"
_LIMITS = Limits(memory_bytes=1 << 30, cpu_s=600)
# A PDF may name a font it does not carry; without the system's fonts its text would silently be missing.
_FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def main(kind: str, only: int) -> None:
    """Send the frames of the file on stdin, then how many were sent, or why it is refused."""
    answers, frames = sys.stdout.buffer, _frames_of(kind)
    held = confine(_LIMITS, readable=_FONTS if kind == _PDF else (), as_nobody=True)
    write_message(answers, Message({"confinement": held}))
    number = 0
    try:
        for frame in frames(sys.stdin.buffer, only):
            number += 1
            write_message(answers, frame)
    except NotTaken as refused:
        write_message(answers, Message({"refused": refused.refusal.value}))
    else:
        write_message(answers, Message({"end": number}))


def _frames_of(kind: str) -> Callable[[BinaryIO, int], Iterator[Message]]:
    """Load what this kind needs and no more: half of the child's short life is spent on it."""
    if kind == _PDF:
        from ocr_worker import pdf_frames

        return pdf_frames.frames
    from ocr_worker import picture_frames

    return partial(picture_frames.frames, kind)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
