"""Opening what goes with corrections and requests (附件): like scans, confined; then small pictures of every side."""

import logging
from collections.abc import Callable
from datetime import datetime

import numpy as np

from ocr_worker.decoding import Decoder, Frame
from ocr_worker.preparation import reading_copy
from webapp.domain.errors import Invalid
from webapp.domain.page_width import READING_PX
from webapp.services import attachments, jobs, pieces
from webapp.services.attachments import Picture
from webapp.storage.attachments import Attachment
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered

_log = logging.getLogger("lantai.worker")


class AttachmentLane:
    """Opens one file after the other."""

    def __init__(self, clock: Callable[[], datetime]):
        self._clock = clock

    def step(self) -> bool:
        """Work one job. False when there is none."""
        job = jobs.claim((attachments.OPEN,), now=self._clock())
        if job is None:
            return False
        attachment = attachments.named_by(job)
        if attachment is None:
            attachments.gone(job, now=self._clock())
            return True
        try:
            pictures = _pictures(attachment)
        except Invalid as refusal:
            attachments.refused(job, attachment, str(refusal), now=self._clock())
        else:
            attachments.decoded(job, attachment, pictures, now=self._clock())
        return True


def _pictures(attachment: Attachment) -> list[Picture]:
    """All sides. Raises Invalid."""
    try:
        content = pieces.load(attachment.original)
    except (Tampered, BlobMissing) as error:
        _log.error("the original of attachment %s is lost", attachment.public_id)
        raise Invalid("保存的文件打不开，请重新上传") from error
    made = []
    for frame in Decoder().frames(content, claimed=attachment.media_type):
        if frame.number > attachments.MOST_PAGES:
            raise Invalid(f"附件最多 {attachments.MOST_PAGES} 页，请只传有关的几页")
        made.append(_picture(frame))
    return made


def _picture(frame: Frame) -> Picture:
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height_px, frame.width_px, 3)
    width = min(frame.width_px, READING_PX)
    height = max(1, round(frame.height_px * width / frame.width_px))
    return Picture(reading_copy(pixels), width, height)
