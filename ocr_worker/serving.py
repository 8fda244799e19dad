"""What the reader child does once it is confined (识别服务): load everything, then read page after page."""

import sys
from pathlib import Path

import cv2
import numpy as np

from ocr_worker.children import Message, read_message, write_message
from ocr_worker.engines import Pixels, RapidReader
from ocr_worker.orientation import Orientation
from ocr_worker.passes import Passes
from ocr_worker.tesseract import TesseractReader

_A4 = (3508, 2480, 3)


def serve(engine: str, folder: Path | None, confinement: tuple[str, ...]) -> None:
    """Say what is ready, then answer every page on stdin with its pictures and its transcription on stdout.

    folder -- in memory, for the second reader; without one it is left out
    """
    cv2.setNumThreads(1)
    pages, answers = sys.stdin.buffer, sys.stdout.buffer
    first = RapidReader(engine)
    second, missing = _second_reader(folder)
    passes = Passes(first, second, Orientation())
    first.read(_something_written())  # so that the first page is as quick as the others
    warnings = [warning for warning in (first.warning, missing) if warning]
    write_message(answers, Message({"engine": first.name, "warnings": warnings, "confinement": confinement}))
    while (page := read_message(pages)) is not None:
        shape = (page.head["height"], page.head["width"], 3)
        read = passes.read(np.frombuffer(page.body, np.uint8).reshape(shape), dpi=page.head["dpi"])
        body = read.optimised_jpeg + read.copy_jpeg + read.transcription.to_json()
        sizes = {"jpeg_bytes": len(read.optimised_jpeg), "copy_bytes": len(read.copy_jpeg)}
        write_message(answers, Message(sizes, body))


def _second_reader(folder: Path | None) -> tuple[TesseractReader | None, str]:
    if folder is None:
        return None, "no second reader: there is no file system in memory"
    try:
        return TesseractReader(folder), ""
    except OSError as error:
        return None, f"no second reader: {error}"


def _something_written() -> Pixels:
    sheet = np.full(_A4, 255, np.uint8)
    cv2.putText(sheet, "1921", (300, 600), cv2.FONT_HERSHEY_SIMPLEX, 4, (0, 0, 0), 8)
    return sheet
