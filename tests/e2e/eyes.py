"""Eyes that know nothing of the product: they read text off pictures that were sent."""

import io
import os

import pytesseract
from PIL import Image

from ocr_worker.reading import ReaderProcess

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # tesseract on all cores takes longer, not less
DIGITS = "--psm 11 -c tessedit_char_whitelist=0123456789X"


def seen(picture: bytes, reader: ReaderProcess) -> str:
    """All that two readers make out on a picture: the product's own, and digits by tesseract, lines in any order."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    page = reader.read(image.tobytes(), image.width, image.height).transcription
    lines = [line.text for line in page.lines]
    digits = pytesseract.image_to_string(Image.frombytes("RGB", image.size, image.tobytes()), config=DIGITS)
    return "\n".join([*lines, *digits.split()])
