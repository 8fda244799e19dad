"""The second reader (复核识别): tesseract for figures, independent of the first; the only pytesseract here.

pytesseract hands pages over in temporary files. They may lie in memory only, see ocr_worker.memory.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ocr_worker.memory import is_in_memory
from webapp.domain.geometry import Box, around
from webapp.domain.transcription import Line, Word

Pixels = NDArray[np.uint8]

_LANGUAGES = ("eng", "chi_sim")  # for figures eng is faster and takes 8 for s less often (measured)
_FIGURES = "--psm 6 --dpi 300 -c tessedit_char_whitelist=0123456789Xx-()"
_SECONDS = 20


class TesseractReader:
    """Reads figures and nothing else, whatever is written.

    folder -- from ocr_worker.memory; the whole process makes its temporary files there from now on
    Raises OSError when the folder is not in memory, or tesseract or its language data are not installed.
    """

    def __init__(self, folder: Path):
        if not is_in_memory(folder):
            raise FileNotFoundError(f"{folder} is not in memory")
        tempfile.tempdir = str(folder)
        installed = pytesseract.get_languages()
        self._language = next((name for name in _LANGUAGES if name in installed), "")
        if not self._language:
            raise FileNotFoundError("no language data for tesseract")
        self.name = f"tesseract {pytesseract.get_tesseract_version()} {self._language}"

    def read(self, pixels: Pixels) -> list[Line]:
        """Lines of figures on a picture in grey or RGB, from the top."""
        picture = Image.fromarray(pixels)
        picture.format = "PPM"  # written as it is; pytesseract's own choice, PNG, takes seconds a page
        rows = pytesseract.image_to_data(
            picture,
            lang=self._language,
            config=_FIGURES,
            output_type=pytesseract.Output.DICT,
            timeout=_SECONDS,
        )
        lines: dict[tuple[int, ...], list[Word]] = {}
        for index, text in enumerate(rows["text"]):
            if str(text).strip():
                place = tuple(rows[level][index] for level in ("block_num", "par_num", "line_num"))
                lines.setdefault(place, []).append(_word(rows, index))
        return [joined(words) for words in lines.values()]


def joined(words: list[Word]) -> Line:
    """One line of these words (at least one), as sure as the least sure of them."""
    text = "".join(word.text for word in words)
    return Line(text, around(word.box for word in words), min(word.score for word in words), tuple(words))


def _word(rows: dict[str, list[Any]], index: int) -> Word:
    left, top, width, height = (int(rows[side][index]) for side in ("left", "top", "width", "height"))
    box = Box(left, top, left + max(1, width), top + max(1, height))
    return Word(str(rows["text"][index]).strip(), box, max(0.0, float(rows["conf"][index])) / 100)
