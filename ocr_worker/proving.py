"""Opening the proofs of corrections (证明): like scans, in a confined process; then small pictures of every side."""

import logging
from collections.abc import Callable
from datetime import datetime

import numpy as np

from ocr_worker.decoding import Decoder, Frame
from ocr_worker.preparation import reading_copy
from webapp.domain.errors import Invalid
from webapp.domain.page_width import READING_PX
from webapp.services import jobs, pieces, proofs
from webapp.services.proofs import Picture
from webapp.storage.corrections import Proof
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered

_log = logging.getLogger("lantai.worker")


class ProofLane:
    """Opens one file after the other."""

    def __init__(self, clock: Callable[[], datetime]):
        self._clock = clock

    def step(self) -> bool:
        """Work one job. False when there is none."""
        job = jobs.claim((proofs.PROVE,), now=self._clock())
        if job is None:
            return False
        proof = proofs.proof_of(job)
        if proof is None:
            proofs.gone(job, now=self._clock())
            return True
        try:
            pictures = _pictures(proof)
        except Invalid as refusal:
            proofs.refused(job, proof, str(refusal), now=self._clock())
        else:
            proofs.decoded(job, proof, pictures, now=self._clock())
        return True


def _pictures(proof: Proof) -> list[Picture]:
    """All sides. Raises Invalid."""
    try:
        content = pieces.load(proof.original)
    except (Tampered, BlobMissing) as error:
        _log.error("the original of proof %s is lost", proof.public_id)
        raise Invalid("保存的文件打不开，请重新上传") from error
    made = []
    for frame in Decoder().frames(content, claimed=proof.media_type):
        if frame.number > proofs.MOST_PAGES:
            raise Invalid(f"证明最多 {proofs.MOST_PAGES} 页，请只传有关的几页")
        made.append(_picture(frame))
    return made


def _picture(frame: Frame) -> Picture:
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height_px, frame.width_px, 3)
    width = min(frame.width_px, READING_PX)
    height = max(1, round(frame.height_px * width / frame.width_px))
    return Picture(reading_copy(pixels), width, height)
