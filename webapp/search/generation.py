"""One generation of the index in memory, and the views that readers have of it (可见范围)."""

import threading
from collections import OrderedDict
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from webapp.search.entry import Kind
from webapp.search.schema import CLEAR, MASKED
from webapp.search.segment import Segment
from webapp.search.sight import Level, Sight

MOST_VIEWS = 32  # a view is 3 bytes an entry
_NONE = np.empty(0, np.uint32)


class Layer(NamedTuple):
    """The entries of one segment that are searched in one of its two texts.

    visible -- by document. levels -- Level by document: it says which rendition may be shown, which is not
    always the text searched, for where both renditions are alike only the clear one is indexed.
    """

    segment: Segment
    field: str
    visible: NDArray[np.bool_]
    levels: NDArray[np.uint8]


class View(NamedTuple):
    """A generation as one reader sees it: what a search runs over, and the statistics that scores come from."""

    layers: list[Layer]
    entries: int  # visible ones
    average_length: float  # terms, in the rendition seen


class Generation:
    """The segments of one commit. Threads share it; a search keeps its generation until it is done."""

    def __init__(self, number: int, segments: list[tuple[Segment, list[int]]]) -> None:
        self.number = number
        self.segments = {segment.id: segment for segment, _ in segments}
        self._deleted = {segment.id: np.array(gone, np.int64) for segment, gone in segments}
        self._views: OrderedDict[bytes, View] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, sight: Sight, outdated: NDArray[np.uint32] = _NONE) -> View:
        """What `sight` shows of it; worked out once.

        outdated -- numbers of pages, ascending, that are not there for who would find them masked
        """
        key = sight.key + sha256(outdated.tobytes()).digest()
        with self._lock:
            view = self._views.get(key)
            if view is not None:
                self._views.move_to_end(key)
                return view
        view = self._seen(sight, outdated)
        with self._lock:
            self._views[key] = view
            if len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)
        return view

    def _seen(self, sight: Sight, outdated: NDArray[np.uint32]) -> View:
        layers, count, length = [], 0, 0
        for segment in self.segments.values():
            levels = sight.levels(segment)
            levels[self._deleted[segment.id]] = Level.NOTHING
            if len(outdated):
                is_outdated = (segment.kind == Kind.PAGE) & np.isin(segment.number, outdated)
                levels[is_outdated & (levels == Level.MASKED)] = Level.NOTHING
            in_masked = (levels == Level.MASKED) & segment.differs
            in_clear = (levels != Level.NOTHING) & ~in_masked
            for field, visible in ((CLEAR, in_clear), (MASKED, in_masked)):
                seen = int(visible.sum())
                if seen:
                    layers.append(Layer(segment, field, visible, levels))
                    count += seen
                    length += int(segment.length[field][visible].sum(dtype=np.int64))
        return View(layers, count, length / count if length else 1.0)
