"""Reading pages (识别): a long-living child with warm models, and how the parent keeps it."""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from ocr_worker.children import Child, ChildFailed, Message
from ocr_worker.memory import memory_folder
from webapp.domain.errors import Conflict
from webapp.domain.transcription import Transcription

_log = logging.getLogger(__name__)

_START_SECONDS = 120.0  # models load in 2 s on an idle machine
_LONGEST_ANSWER = 64 << 20  # bytes
_MOST_PAGES = {"openvino": 100, "onnxruntime": 200}  # OpenVINO keeps something of every new page size
_MOST_RESIDENT = 2_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it is kept: the picture that is shown, and what stands on it in that picture's pixels."""

    optimised_jpeg: bytes
    copy_jpeg: bytes  # the same picture, as wide as a phone reads it
    transcription: Transcription


class ReaderProcess:
    """Reads pages in a confined child of its own, which starts with the first page and is renewed in time.

    engine -- "openvino" or "onnxruntime"
    page_seconds -- wall time after which a page is given up
    Not for two threads at once: one of these a core.
    """

    def __init__(self, engine: str = "openvino", *, page_seconds: float = 60.0):
        self._engine = engine
        self._page_seconds = page_seconds
        self._child: Child | None = None
        self._folder: Path | None = None
        self._pages = 0
        self.confinement: tuple[str, ...] = ()  # what the kernel granted, empty before the start
        self.engine = ""  # what really reads, with versions, empty before the start

    def __enter__(self) -> "ReaderProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Process id of the child, None when there is none."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start the child and load its models, unless one is running. Raises Conflict when it does not come up."""
        if self._child is not None:
            return
        self._folder = memory_folder()
        self._child = Child("ocr_worker.reader", self._engine, str(self._folder or ""))
        ready = self._receive(_START_SECONDS).head
        self._pages = 0
        self.engine, self.confinement = ready["engine"], tuple(ready["confinement"])
        for warning in ready["warnings"]:
            _log.warning("reader child %d: %s", self._child.pid, warning)

    def read(self, pixels: bytes, width_px: int, height_px: int, *, dpi: int = 0) -> ReadPage:
        """Prepare and read one page.

        pixels -- RGB, row by row, width_px x height_px x 3 bytes, as ocr_worker.decoding.Frame has them
        dpi -- as the file states it, 0 when unknown
        Raises Conflict when the child died or took too long. It is gone then, the next call starts another;
        the page may be tried again, but not for ever.
        """
        self._renew_in_time()
        self.start()
        self._pages += 1
        page = Message({"width": width_px, "height": height_px, "dpi": dpi}, pixels)
        try:
            if self._child is not None:
                self._child.send(page, within_s=self._page_seconds)
        except ChildFailed as failure:
            raise self._given_up(failure) from failure
        answer = self._receive(self._page_seconds)
        page_ends = int(answer.head["jpeg_bytes"])
        copy_ends = page_ends + int(answer.head["copy_bytes"])
        body = answer.body
        return ReadPage(
            body[:page_ends], body[page_ends:copy_ends], Transcription.from_json(body[copy_ends:])
        )

    def close(self) -> None:
        """End the child, if there is one, and empty its memory folder. The next read starts another."""
        if self._child is not None:
            self._child.kill()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._child = self._folder = None

    def _renew_in_time(self) -> None:
        worn = self._pages >= _MOST_PAGES[self._engine]
        if self._child is not None and (worn or self._child.resident_bytes >= _MOST_RESIDENT):
            self.close()

    def _receive(self, within_s: float) -> Message:
        if self._child is None:
            raise Conflict("识别进程尚未启动。")
        try:
            return self._child.receive(within_s=within_s, longest_body=_LONGEST_ANSWER)
        except ChildFailed as failure:
            raise self._given_up(failure) from failure

    def _given_up(self, failure: ChildFailed) -> Conflict:
        _log.warning("%s", failure)
        self.close()
        return Conflict("这一页的识别中断或超时，稍后会自动重试。")
