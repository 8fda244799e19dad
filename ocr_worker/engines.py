"""The OCR engines (识别引擎) behind one small interface: a page of pixels in, lines with boxes and scores out.

Nothing here downloads: the models lie in the installed packages, and the process has no network.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import EngineType, RapidOCR
from rapidocr.ch_ppocr_rec import TextRecInput, TextRecOutput

from webapp.domain.geometry import Box
from webapp.domain.transcription import Line, Word

Pixels = NDArray[np.uint8]
OPENVINO, ONNXRUNTIME = "openvino", "onnxruntime"
_LINE_PX = 48  # height of a line's picture, as the model was trained
_NARROWEST_PX, _STEP_PX = 160, 80  # rapidocr's own 320 at least: a fifth slower and no better (8 worn pages)
_DETECT_AT_PX = 2000  # longer side of the page in detection; less loses fields, more gains nothing (measured)


class Reader(Protocol):
    """Reads a page."""

    name: str

    def read(self, pixels: Pixels) -> list[Line]:
        """Every line on the page (RGB), however doubtful, in no particular order."""


class RapidReader:
    """PP-OCRv6 small through rapidocr: one thread, no turning of single lines, a box for every character.

    engine -- "openvino" (half the time) or "onnxruntime"; without a working OpenVINO it is "onnxruntime"
    name -- what was used in the end, with versions, as it is kept with the transcription
    warning -- why it is not what was asked for, else empty
    """

    def __init__(self, engine: str = OPENVINO):
        self.warning = ""
        if engine == OPENVINO:
            try:
                _ask_openvino_for_full_precision()
            except (ImportError, OSError) as error:
                engine, self.warning = ONNXRUNTIME, f"no OpenVINO, reading with ONNX Runtime: {error}"
        self._engine = RapidOCR(params=_parameters(engine))
        self._engine.text_rec = InSteps(self._engine._load_rec_model())
        self.name = f"rapidocr {version('rapidocr')} PP-OCRv6-small / {engine} {version(engine)}"

    def read(self, pixels: Pixels) -> list[Line]:
        """Every line on the page, however doubtful. A line's words are its characters."""
        height, width = pixels.shape[:2]
        found = self._engine(
            cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), return_word_box=True, return_single_char_box=True
        )
        if found.boxes is None:
            return []
        words = found.word_results if len(found.word_results) == len(found.txts) else [()] * len(found.txts)
        return [
            line_of(*line, page=(width, height))
            for line in zip(found.txts, found.scores, found.boxes, words, strict=True)
        ]


class InSteps:
    """Recognises lines in pictures of a few standing widths instead of a width a line.

    An engine prepares itself anew for every width it meets (OpenVINO: some 25 ms), and keeps what it prepared.
    """

    def __init__(self, recogniser: Any):
        self._recogniser = recogniser

    def __call__(self, lines: TextRecInput) -> TextRecOutput:
        """What rapidocr's own recogniser answers, in the order of the lines."""
        widths = [_step(line.shape[1] / line.shape[0]) for line in lines.img]
        read: dict[int, tuple[Any, ...]] = {}
        for width in sorted(set(widths)):
            numbers = [number for number, its_width in enumerate(widths) if its_width == width]
            self._recogniser.rec_image_shape = [3, _LINE_PX, width]
            pictures = [lines.img[number] for number in numbers]
            found = self._recogniser(TextRecInput(pictures, lines.return_word_box))
            read |= zip(numbers, zip(found.txts, found.scores, found.word_results, strict=True), strict=True)
        texts, scores, words = zip(*(read[number] for number in range(len(widths))), strict=True)
        return TextRecOutput(lines.img, texts, scores, words, 0.0)


def _step(ratio: float) -> int:
    """Width in pixels of the picture for a line so many times wider than high."""
    return max(_NARROWEST_PX, -(-math.ceil(_LINE_PX * ratio) // _STEP_PX) * _STEP_PX)


def _parameters(engine: str) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "Global.log_level": "error",
        "Global.use_cls": False,  # turns some upright lines over: better and faster without (measured)
        "Global.max_side_len": _DETECT_AT_PX,
        "Global.text_score": 0.0,  # doubtful lines are kept: a value to mask may stand in one
        "Rec.rec_batch_num": 1,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "EngineConfig.openvino.inference_num_threads": 1,
        "EngineConfig.openvino.enable_cpu_pinning": False,  # pinned, two readers share one core
    }
    kind = EngineType.OPENVINO if engine == OPENVINO else EngineType.ONNXRUNTIME
    return parameters | {f"{part}.engine_type": kind for part in ("Det", "Cls", "Rec")}


def _ask_openvino_for_full_precision() -> None:
    """OpenVINO takes bfloat16 where the processor has it: 1.5 times slower here, and another text elsewhere.

    rapidocr passes on no such setting, so its own reading of the settings is extended.
    """
    from rapidocr.inference_engine.openvino import main as openvino

    class FullPrecision(openvino.CPUConfig):
        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "INFERENCE_PRECISION_HINT": "f32"}

    if "FullPrecision" not in openvino.CPUConfig.__name__:
        openvino.CPUConfig = FullPrecision


def line_of(
    text: str,
    score: float,
    corners: Any,
    characters: Sequence[tuple[str, float, Any]],
    *,
    page: tuple[int, int],
) -> Line:
    """One line as rapidocr answers it, as the archive keeps it: its words joined are its text.

    corners, characters -- quadrangles in pixels of the page (width, height), characters without the blanks
    """
    box = bounding(corners, page)
    words = tuple(_aligned(text, [Word(c, bounding(at, page), float(s)) for c, s, at in characters]))
    if "".join(word.text for word in words) != text:
        words = tuple(_spread(text, box, float(score)))
    return Line(text, box, float(score), words)


def _aligned(text: str, words: Iterable[Word]) -> Iterator[Word]:
    """The engine leaves blanks out of its words: each is given to the word before it."""
    at = 0
    for word in words:
        at = text.find(word.text, at) + len(word.text)
        blanks = len(text[at:]) - len(text[at:].lstrip())
        yield Word(word.text + text[at : at + blanks], word.box, word.score)
        at += blanks


def _spread(text: str, box: Box, score: float) -> Iterator[Word]:
    """Characters at even distances, for a line whose own the engine did not place."""
    for index, character in enumerate(text):
        left = box.left + box.width * index // len(text)
        right = max(left + 1, box.left + box.width * (index + 1) // len(text))
        yield Word(character, Box(left, box.top, right, box.bottom), score)


def bounding(corners: Any, page: tuple[int, int]) -> Box:
    """The upright box around a quadrangle, whole pixels outward, on the page (width, height), at least one pixel."""
    points = np.asarray(corners, np.float64).reshape(-1, 2)
    left, top = (int(min(max(0, low), size - 1)) for low, size in zip(points.min(0), page, strict=True))
    right, bottom = (int(min(np.ceil(high), size)) for high, size in zip(points.max(0), page, strict=True))
    return Box(left, top, max(right, left + 1), max(bottom, top + 1))
