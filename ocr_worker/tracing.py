"""Tracing leaked pictures (泄露追查): the lane that has them decoded and registered by children without keys."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import numpy as np

from ocr_worker.children import Child, ChildFailed, Message
from ocr_worker.decoding import Decoder, Frame
from ocr_worker.refusals import Refusal
from webapp.domain.errors import Conflict, Invalid
from webapp.rendering.forensic import Cells
from webapp.services import comparing, jobs
from webapp.services.comparing import Answer, Comparison, Finding
from webapp.storage.jobs import Job
from webapp.storage.pages import Page
from webapp.storage.tracing import Trace

Clock = Callable[[], datetime]
_START_S, _TAKE_S = 60.0, 60.0
_ANSWER_S = 80.0  # shorter than a lease, which is renewed between two pages; half a second on an idle machine
_LONGEST_ANSWER = 4 << 20  # bytes; a page of A4 takes 40 KB
_log = logging.getLogger("lantai.worker")


class Registrar:
    """One leaked picture in a confined child of its own, to be laid over one page after another."""

    def __init__(self, frame: Frame):
        self._child = Child("ocr_worker.registrar", quiet=True)
        head = {"width": frame.width_px, "height": frame.height_px}
        try:
            self.confinement = tuple(
                self._child.receive(within_s=_START_S, longest_body=0).head["confinement"]
            )
            self._child.send(Message(head, frame.pixels), within_s=_TAKE_S)
        except ChildFailed as failure:
            self.close()
            raise Refusal.UNSAFE.error from failure

    def matches(self, jpeg: bytes, size: tuple[int, int]) -> int:
        """How many points of a page of this (width, height) are found in the picture, roughly. Raises Invalid."""
        return int(self._ask("roughly", jpeg, size).head["matches"])

    def remainder(self, jpeg: bytes, size: tuple[int, int]) -> tuple[int, Cells | None]:
        """How many points agree on one placement, and what is left cell by cell when the page is taken away.

        None when the picture does not show the page. Raises Invalid.
        """
        answer = self._ask("remainder", jpeg, size)
        matches = int(answer.head["matches"])
        if not answer.body:
            return matches, None
        cells = np.frombuffer(answer.body, np.float32).reshape(answer.head["rows"], answer.head["columns"])
        return matches, np.nan_to_num(cells, posinf=0, neginf=0)

    def close(self) -> None:
        """End the child."""
        self._child.kill()

    def _ask(self, task: str, jpeg: bytes, size: tuple[int, int]) -> Message:
        head = {"task": task, "width": size[0], "height": size[1]}
        try:
            self._child.send(Message(head, jpeg), within_s=_ANSWER_S)
            return self._child.receive(within_s=_ANSWER_S, longest_body=_LONGEST_ANSWER)
        except ChildFailed as failure:
            raise Refusal.UNSAFE.error from failure


@contextmanager
def registrar(content: bytes, media_type: str) -> Iterator[Registrar]:
    """The picture decoded and ready to be laid over pages. Raises Invalid for what cannot be opened safely."""
    frames = Decoder().frames(content, claimed=media_type, only=1)
    frame = next(frames, None)
    frames.close()  # type: ignore[attr-defined]
    if frame is None:
        raise Refusal.DAMAGED.error
    held = Registrar(frame)
    try:
        yield held
    finally:
        held.close()


class TraceLane:
    """Compares one leaked picture after another with the pages it may show."""

    kinds = (comparing.KIND,)

    def __init__(self, clock: Clock):
        self._clock = clock

    def step(self) -> bool:
        """Work one job. False when there is none."""
        job = jobs.claim(self.kinds, now=self._clock())
        if job is None:
            return False
        trace = comparing.trace_of(job)
        try:
            answer = self._compared(job, trace)
        except Invalid as refusal:
            comparing.refused(job, trace, str(refusal), now=self._clock())
        else:
            comparing.answered(job, trace, answer, now=self._clock())
        return True

    def _compared(self, job: Job, trace: Trace) -> Answer:
        pages, left_out = comparing.pages_in_question(trace)
        comparisons: list[Comparison] = []
        findings: list[Finding] = []
        with registrar(trace.picture, trace.media_type) as held:
            for page in self._most_alike(job, held, pages):
                self._hold(job)
                image = comparing.image_of(page)
                matches, cells = held.remainder(image, _size(page)) if image else (0, None)
                if cells is None:
                    continue
                comparison, found = comparing.weigh(page, cells, matches=matches)
                comparisons.append(comparison)
                findings += found
        findings.sort(key=lambda finding: -finding.z)
        return Answer(len(pages), left_out, tuple(comparisons), tuple(findings))

    def _most_alike(self, job: Job, held: Registrar, pages: list[Page]) -> list[Page]:
        """The pages that share most with the picture, those first; all of them when they are few."""
        if len(pages) <= comparing.CLOSELY:
            return pages
        alike: list[tuple[int, int, Page]] = []
        for page in pages:
            self._hold(job)
            image = comparing.image_of(page)
            matches = held.matches(image, _size(page)) if image else 0
            alike.append((matches, -len(alike), page))
        alike.sort(key=lambda one: one[:2], reverse=True)
        return [page for _, _, page in alike[: comparing.CLOSELY]]

    def _hold(self, job: Job) -> None:
        if not jobs.renew(job, now=self._clock()):
            raise Conflict("这项处理已由另一个程序接手")


def _size(page: Page) -> tuple[int, int]:
    return page.width_px, page.height_px
