"""Eyes for the leak test (旁观者): what two engines read off a picture, and a rival that masks by patterns alone."""

import csv
import io
import os
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import pytesseract
from PIL import Image

from ocr_worker.reading import ReaderProcess
from tests.benchmarks.hardships import Worn
from tests.benchmarks.planted import Planted
from webapp.domain.geometry import Box
from webapp.domain.labels import Kind

RIVAL_EVERY = 7  # forms; no divisor of the numbers of layouts and hardships, so that each comes round
_DIGITS = "--psm 11 --dpi 150 -c tessedit_char_whitelist=0123456789Xx"
_PIECE = 6  # signs of a value in a row that already tell something
_RIVAL_KINDS = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.BANK_CARD, Kind.E_MAIL})
_RIVAL_PATTERNS = re.compile(  # as they are found in every handbook
    r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]|[1-9]\d{14}|1[3-9]\d{9}"
    r"|0\d{2,3}[-－]?\d{7,8}|62\d{14,17}|[\w.]+@[\w.]+\.\w+"
)
_SEPARATORS = re.compile(r"[\s\-－—·.,。:：]")


def bare(text: str) -> str:
    """In the form in which values are looked for: half-width, without spaces and separators."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def read(picture: bytes, reader: ReaderProcess) -> str:
    """All that the product's own reader makes out on a picture, in all its passes."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    page = reader.read(image.tobytes(), image.width, image.height).transcription
    return bare("\n".join(line.text for line in (*page.lines, *page.second_lines)))


def digits(picture: bytes) -> str:
    """All the digits that tesseract makes out on a picture."""
    image = Image.open(io.BytesIO(picture)).convert("L")
    plain = Image.frombytes("L", image.size, image.tobytes())
    plain.format = "PPM"  # written as it is; pytesseract's own choice, PNG, takes long
    return bare(pytesseract.image_to_string(plain, config=_DIGITS))


def pieces(value: Planted) -> Iterator[str]:
    """What of a value must not be found: six signs in a row; of a name all of it. Nothing of what many share."""
    text = bare(value.text)
    if value.kind is Kind.E_MAIL:
        text = text.partition("@")[0] + "@"
    elif value.kind is Kind.ADDRESS:
        text = re.split("[区县]", text, maxsplit=1)[-1]
    if value.kind is Kind.FAMILY and not text.isdecimal() and len(text) < _PIECE:
        if not text.endswith(("党员", "群众", "团员", "盟员")):
            yield text
        return
    yield from (text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1))


def regex_leaks(paper: Worn, planted: Sequence[Planted]) -> tuple[int, int]:
    """How many numbers and e-mail addresses a masker by patterns leaves showing, of how many on the form.

    A value shows when six signs in a row, or all it has, lie outside of every word that was covered.
    """
    covered = list(_rival_boxes(paper.file))
    values = [value for value in planted if value.kind in _RIVAL_KINDS]
    return sum(_shows(value, paper.matrix, covered) for value in values), len(values)


def _rival_boxes(file: bytes) -> Iterator[Box]:
    lines: dict[tuple[str, ...], list[tuple[str, Box]]] = {}
    for row in csv.DictReader(_tsv(file).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"].strip():
            left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
            box = Box(left, top, left + max(1, width), top + max(1, height))
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(
                (row["text"], box)
            )
    for words in lines.values():
        owner = [box for text, box in words for _ in text]
        for found in _RIVAL_PATTERNS.finditer("".join(text for text, _ in words)):
            yield from set(owner[found.start() : found.end()])


def _tsv(file: bytes) -> str:
    with tempfile.NamedTemporaryFile(suffix=".jpg") as held:
        held.write(file)
        held.flush()
        ran = subprocess.run(
            ["tesseract", held.name, "stdout", "-l", "chi_sim", "--psm", "3", "tsv"],  # noqa: S607 - the installed one
            env=os.environ | {"OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True, text=True,
        )  # fmt: skip
    return ran.stdout


def _shows(value: Planted, matrix: np.ndarray, covered: Sequence[Box]) -> bool:
    run = longest = 0
    for place in value.places:
        x, y, scale = matrix @ ((place.left + place.right) / 2, (place.top + place.bottom) / 2, 1)
        inside = any(b.left <= x / scale < b.right and b.top <= y / scale < b.bottom for b in covered)
        run = 0 if inside else run + 1
        longest = max(longest, run)
    return longest >= min(_PIECE, len(value.places))
