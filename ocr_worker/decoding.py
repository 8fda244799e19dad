"""Opening files from outside (接收解码): what a file is, and its frames as plain pixels.

The parent never decodes. A child without keys, network or file system does (ocr_worker/decoder.py),
one child a file, and is killed when it dawdles.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ocr_worker.children import Child, ChildFailed, Message
from ocr_worker.refusals import FRAMES_PER_FILE, PIXELS_PER_FILE, PIXELS_PER_FRAME, Refusal
from webapp.domain import file_kind
from webapp.domain.file_kind import sniff

__all__ = ["Decoder", "Frame", "sniff"]

_MEDIA_TYPE = re.compile(r"(application|audio|image|text|video)/[a-z0-9.+-]+")
_SAYS_NOTHING = "application/octet-stream"
_FRAME_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One side of paper as it was scanned, upright by its own tag, on white, sRGB, without any metadata.

    pixels -- width x height x 3 bytes, RGB, row by row
    dpi -- as the file states it, 0 when it does not
    """

    number: int  # from 1
    width_px: int
    height_px: int
    dpi: int
    pixels: bytes


class Decoder:
    """Decodes files, each in a confined child of its own.

    confinement -- what the kernel granted the last child, see confinement.confine; empty before the first
    """

    def __init__(self, *, frame_seconds: float = _FRAME_SECONDS, pixels_per_file: int = PIXELS_PER_FILE):
        self._frame_seconds, self._pixels_per_file = frame_seconds, pixels_per_file
        self.confinement: tuple[str, ...] = ()

    def frames(self, content: bytes, *, claimed: str | None, only: int = 0) -> Iterator[Frame]:
        """The frames of a JPEG, PNG, TIFF or PDF (300 dpi), in order, one in memory at a time.

        only -- the number of the one frame that is wanted, from 1; 0 for all
        claimed -- the file name or the media type it came with, None when it came with neither
        Raises Invalid, in plain words, for whatever is not wholly and safely readable. It may come after
        some frames: then none of the file may be kept, for half a document is worse than none.
        """
        kind = _kind(content, claimed)
        with os.fdopen(os.memfd_create("intake"), "wb") as memory:  # a file that is never on a disk
            memory.write(content)
            memory.seek(0)
            child = Child("ocr_worker.decoder", kind, str(only), stdin=memory.fileno(), quiet=True)
        try:
            for frame in self._frames(child):
                yield frame if only == 0 else replace(frame, number=only)
        except ChildFailed as failure:
            raise Refusal.UNSAFE.error from failure
        finally:
            child.kill()

    def _frames(self, child: Child) -> Iterator[Frame]:
        self.confinement = tuple(map(str, self._next(child).head.get("confinement", ())))
        budget, number = self._pixels_per_file, 0
        while "end" not in (message := self._next(child)).head:
            number += 1
            frame = _frame(message, number)
            budget -= frame.width_px * frame.height_px
            if budget < 0:
                raise Refusal.TOTAL.error
            yield frame

    def _next(self, child: Child) -> Message:
        message = child.receive(within_s=self._frame_seconds, longest_body=PIXELS_PER_FRAME * 3)
        if "refused" in message.head:
            raise _refusal(message.head["refused"]).error
        return message


def _kind(content: bytes, claimed: str | None) -> str:
    """Media type of the content. Raises Invalid when it is not what it was called."""
    head, stated = content[: file_kind.HEAD_BYTES], claimed or ""
    if not _MEDIA_TYPE.fullmatch(stated):
        return file_kind.checked(stated, head)
    kind = file_kind.checked("", head)
    if stated not in (kind, _SAYS_NOTHING):
        raise Refusal.MISMATCH.error
    return kind


def _frame(message: Message, number: int) -> Frame:
    """The child is not believed: its sizes must agree with what it sent."""
    width, height, dpi = (int(message.head.get(name, 0)) for name in ("width", "height", "dpi"))
    whole = 0 < width * height <= PIXELS_PER_FRAME and width * height * 3 == len(message.body)
    if not whole or number > FRAMES_PER_FILE:
        raise Refusal.UNSAFE.error
    return Frame(number, width, height, dpi, message.body)


def _refusal(code: object) -> Refusal:
    return Refusal(code) if isinstance(code, str) and code in set(Refusal) else Refusal.UNSAFE
