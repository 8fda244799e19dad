"""The registrar child: `python -m ocr_worker.registrar`, a leaked picture and then pages on stdin, answers on stdout.

A leaked picture may be made to harm whoever looks at it closely: this process has no keys, network or files.
Everything it needs is imported before it gives them up.
"""

import io
import sys

import cv2
import numpy as np
from PIL import Image

from ocr_worker import registration
from ocr_worker.children import Message, read_message, write_message
from ocr_worker.confinement import Limits, confine

_LIMITS = Limits(memory_bytes=2 << 30, cpu_s=1800)

Image.preinit()  # the readers of pictures, while they can still be loaded


def main() -> None:
    """Take the picture, then answer for each page where it lies on it, or what is left when the page is taken away."""
    cv2.setNumThreads(1)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    held = confine(_LIMITS, as_nobody=True)
    write_message(answers, Message({"confinement": held}))
    first = read_message(requests)
    if first is None:
        return
    shape = (first.head["height"], first.head["width"], 3)
    leaked = registration.leak(np.frombuffer(first.body, np.uint8).reshape(shape))
    while (asked := read_message(requests)) is not None:
        write_message(answers, _answer(leaked, asked))


def _answer(leaked: registration.Leak, asked: Message) -> Message:
    page = _decoded(asked.body, registration.size_of((asked.head["width"], asked.head["height"])))
    if asked.head["task"] == "roughly":
        return Message({"matches": registration.roughly(leaked, page)[1]})
    place, matches = registration.placement(leaked, page)
    if place is None:
        return Message({"matches": matches})
    cells = registration.remainder(leaked.grey, page, place)
    return Message({"matches": matches, "rows": cells.shape[0], "columns": cells.shape[1]}, cells.tobytes())


def _decoded(jpeg: bytes, size: tuple[int, int]) -> registration.Grey:
    """The stored page in grey, at this (width, height)."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as page:
        page.draft("L", size)
        return np.asarray(page.convert("L").resize(size, Image.Resampling.BOX))


if __name__ == "__main__":
    main()
