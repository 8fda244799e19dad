"""Proofs that go with a correction (证明): sent by the person, seen by them and by who keeps the dossier."""

from datetime import datetime

from webapp.domain.correction import State
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.services import attachments, corrections, dossiers
from webapp.services.actor import Actor
from webapp.storage.attachments import Attachment
from webapp.storage.corrections import Correction


def attach(actor: Actor, correction_id: str, file_name: str, content: bytes, *, now: datetime) -> Attachment:
    """Send a file along with one's own open correction. Raises NotFound, Refused, Invalid, Conflict; OSError."""
    correction = corrections.own_one(actor, correction_id).correction
    return attachments.keep(
        correction, file_name, content, actor=actor, now=now, has_room=lambda: _has_room(correction.id)
    )


def picture(actor: Actor, proof_id: str, number: int, *, now: datetime) -> images.Rendered:
    """One side of a proof, marked, for the person who sent it or for its keeper. Raises NotFound, Refused."""
    proof = attachments.find(proof_id)
    correction = proof.correction
    if correction is None:
        raise NotFound("没有这个附件")
    if actor.role is Role.INDIVIDUAL:
        corrections.own_one(actor, correction.public_id)
    else:
        dossiers.require_custody(actor, correction.dossier)
    return attachments.picture(proof, number, actor=actor, now=now)


def _has_room(row: int) -> None:
    correction = Correction.get_by_id(row)
    if correction.state != State.OPEN.value:
        raise Conflict("这份更正申请已经有了结果，不能再附证明")
    if correction.attachments.count() >= attachments.MOST:
        raise Conflict(f"一份更正申请最多附 {attachments.MOST} 个证明")
