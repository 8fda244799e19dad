"""What the worker does, lane by lane: decode files, read pages, write the index. One job a step."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from ocr_worker.decoding import Decoder, Frame
from ocr_worker.reading import ReaderProcess
from webapp.domain.errors import Conflict, Invalid
from webapp.search.entry import Entry
from webapp.search.errors import IndexDamaged
from webapp.services import indexing, jobs, pages, pieces
from webapp.storage.jobs import Job
from webapp.storage.pages import Upload
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered

Clock = Callable[[], datetime]
KEPT_FRAMES = 4  # 26 MB each: a page just decoded is usually read next
LARGEST_BATCH = 200  # documents in one commit of the index
RENEW_EVERY = timedelta(seconds=20)
_log = logging.getLogger("lantai.worker")


class KeptFrames:
    """The frames decoded last, so that a fresh single page is not decoded twice."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, int], Frame] = OrderedDict()
        self._lock = Lock()

    def put(self, upload: Upload, frame: Frame) -> None:
        """Keep a frame; the oldest goes when there are too many."""
        with self._lock:  # by public id: the row id of a removed upload passes to the next one
            self._held[upload.public_id, frame.number] = frame
            while len(self._held) > KEPT_FRAMES:
                self._held.popitem(last=False)

    def take(self, upload: Upload, number: int) -> Frame | None:
        """The frame, which is forgotten here, or None."""
        with self._lock:
            return self._held.pop((upload.public_id, number), None)


class TakenOver(Conflict):
    """The lease of a job was lost: another worker is at it, and what was done here is dropped."""


class OriginalLost(Invalid):
    """The file as it came in is gone or does not open: nothing to try again before it was brought back."""


class DecodeLane:
    """Opens files: all frames must be whole, or the file is refused with a reason."""

    kinds = ("decode",)

    def __init__(self, kept: KeptFrames, clock: Clock):
        self._kept, self._clock = kept, clock

    def step(self) -> bool:
        """Work one job. False when there is none."""
        job = jobs.claim(self.kinds, now=self._clock())
        if job is None:
            return False
        upload = pages.upload_of(job)
        if upload is None:
            pages.gone(job, now=self._clock())
            return True
        try:
            count = self._decode(job, upload)
        except OriginalLost as loss:
            _log.error("the original of upload %s is lost", upload.public_id)
            pages.lost(job, upload, str(loss), now=self._clock())
        except Invalid as refusal:
            pages.refused(job, upload, str(refusal), now=self._clock())
        else:
            pages.decoded(job, upload, count, now=self._clock())
        return True

    def _decode(self, job: Job, upload: Upload) -> int:
        """Open every frame once. Returns how many. Raises Invalid."""
        content, count, renewed = _original(upload), 0, self._clock()
        for frame in Decoder().frames(content, claimed=upload.media_type):
            count += 1
            if count <= KEPT_FRAMES:
                self._kept.put(upload, frame)
            if self._clock() - renewed > RENEW_EVERY:
                renewed = self._clock()
                _hold(job, now=renewed)
        return count


class ReadLane:
    """Reads pages with an engine of its own in a child process."""

    kinds = ("read",)

    def __init__(self, kept: KeptFrames, clock: Clock, *, engine: str):
        self._kept, self._clock = kept, clock
        self._reader = ReaderProcess(engine=engine)
        self._reader.start()  # loads the models before the first page comes

    def step(self) -> bool:
        """Work one job. False when there is none."""
        job = jobs.claim(self.kinds, now=self._clock())
        if job is None:
            return False
        page = pages.page_of(job)
        if page is None:
            pages.gone(job, now=self._clock())
            return True
        upload = page.upload
        try:
            frame = self._kept.take(upload, page.frame) or _frame(upload, page.frame)
            _hold(job, now=self._clock())  # decoding and reading may each take most of a lease
            done = self._reader.read(frame.pixels, frame.width_px, frame.height_px, dpi=frame.dpi)
        except TakenOver:
            raise
        except Invalid as fault:
            pages.unreadable(job, page, str(fault), now=self._clock())
        except (
            Conflict
        ) as died:  # the child did, not the page's fault for certain: try it again, but not for ever
            _log.warning("reading page %s: %s", page.public_id, died)
            if not jobs.again(job):
                pages.unreadable(job, page, str(died), now=self._clock())
        else:
            _hold(job, now=self._clock())
            pages.read(job, page, done.optimised_jpeg, done.copy_jpeg, done.transcription, now=self._clock())
        return True

    def close(self) -> None:
        """End the child."""
        self._reader.close()


class IndexLane:
    """The one writer of the index: takes what waits, many at once, and commits."""

    kinds = ("index",)

    def __init__(self, clock: Clock):
        self._clock = clock

    def step(self) -> bool:
        """Commit up to LARGEST_BATCH entries. False when there is nothing to do."""
        taken: list[Job] = []
        while len(taken) < LARGEST_BATCH and (job := jobs.claim(self.kinds, now=self._clock())):
            taken.append(job)
        if not taken:
            return False
        try:
            self._write(taken)
        except IndexDamaged:
            _log.exception("the index is damaged: set aside, everything is queued anew")
            indexing.open_index.set_aside()
            indexing.rebuild(now=self._clock())
            self._write(taken)
        pages.indexed(taken, now=self._clock())
        return True

    def _entry_or_fail(self, job: Job) -> Entry | None:
        """The entry, or None with the job failed: one damaged text must not keep the others out of the index."""
        try:
            return indexing.entry_of(job.record)
        except Tampered:
            _log.error("the text of %s does not open", job.record)
            jobs.fail(job, "保存的文字打不开，请联系系统管理员从备份恢复后重试", now=self._clock())
            return None

    def _write(self, taken: list[Job]) -> None:
        with indexing.open_index.index.writing() as batch:
            for job in taken:
                entry = self._entry_or_fail(job)
                if entry is None:
                    batch.remove(job.record)
                else:
                    batch.put(entry)

    def merge(self) -> None:
        """Make one segment of many, in quiet hours."""
        indexing.open_index.index.merge()


def _hold(job: Job, *, now: datetime) -> None:
    """Hold the lease for longer. Raises TakenOver."""
    if not jobs.renew(job, now=now):
        raise TakenOver("这项处理已由另一个程序接手")


def _original(upload: Upload) -> bytes:
    """The file as it came in. Raises OriginalLost."""
    try:
        return pieces.load(upload.original)
    except (Tampered, BlobMissing) as error:
        raise OriginalLost("保存的原文件打不开，请联系系统管理员从备份恢复后重试") from error


def _frame(upload: Upload, number: int) -> Frame:
    """One frame of an upload, decoded anew. Raises Invalid."""
    frames = Decoder().frames(_original(upload), claimed=upload.media_type, only=number)
    frame = next(frames, None)
    frames.close()  # type: ignore[attr-defined]
    if frame is None:
        raise Invalid("文件里没有这一页，请重新上传")
    return frame
