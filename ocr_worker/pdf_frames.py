"""Frames of PDF files with PDFium at 300 dpi. Runs in the decoder child only.

Only what is printed is drawn: scripts, forms, attachments and links of the document are not even looked at.
"""

from collections.abc import Iterator
from contextlib import closing
from math import ceil
from typing import BinaryIO

import pypdfium2
from pypdfium2 import raw

from ocr_worker.children import Message
from ocr_worker.refusals import FRAMES_PER_FILE, PIXELS_PER_FRAME, NotTaken, Refusal

_DPI = 300
_POINTS_PER_INCH = 72
_END, _END_WITHIN = b"%%EOF", 1024  # bytes from the end, as readers have always looked for it
_AS_RGB = {"rev_byteorder": True, "force_bitmap_format": raw.FPDFBitmap_BGR}
_PLAIN = -1  # revision of the security handler of a document that has none


def frames(stream: BinaryIO, only: int = 0) -> Iterator[Message]:
    """Every page as RGB bytes, in order, or the one with the number `only` (from 1). Raises NotTaken."""
    content = stream.read()
    if _END not in content[-_END_WITHIN:]:  # PDFium would mend it and lose pages silently
        raise NotTaken(Refusal.TRUNCATED)
    with closing(_opened(content)) as document:
        if raw.FPDF_GetSecurityHandlerRevision(document) != _PLAIN:
            raise NotTaken(Refusal.ENCRYPTED)
        if len(document) > FRAMES_PER_FILE:
            raise NotTaken(Refusal.FRAMES)
        if len(document) == 0:
            raise NotTaken(Refusal.DAMAGED)
        for index in range(len(document)) if only == 0 else (only - 1,):
            yield _frame(document, index)


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}
        raise NotTaken(Refusal.ENCRYPTED if locked else Refusal.DAMAGED) from error


def _frame(document: pypdfium2.PdfDocument, index: int) -> Message:
    try:
        with closing(document[index]) as page:
            width, height = (ceil(points / _POINTS_PER_INCH * _DPI) for points in page.get_size())
            if width * height > PIXELS_PER_FRAME:
                raise NotTaken(Refusal.PIXELS)
            if min(width, height) < 1:
                raise NotTaken(Refusal.DAMAGED)
            with closing(page.render(scale=_DPI / _POINTS_PER_INCH, **_AS_RGB)) as bitmap:
                return Message({"width": bitmap.width, "height": bitmap.height, "dpi": _DPI}, _rows(bitmap))
    except pypdfium2.PdfiumError as error:
        raise NotTaken(Refusal.DAMAGED) from error


def _rows(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """Row by row without what PDFium fills each row up with."""
    held, across = memoryview(bitmap.buffer).cast("B"), bitmap.width * 3
    starts = range(0, bitmap.height * bitmap.stride, bitmap.stride)
    return b"".join(held[start : start + across] for start in starts)
