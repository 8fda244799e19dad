"""Proofs that go with a correction (证明): taken in as carefully as scans, shown only as marked pictures.

Nothing is opened here: the worker has a process without keys make pictures of a file, or refuse it with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import file_kind
from webapp.domain.correction import State
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.page_width import READING_PX
from webapp.domain.role import Role
from webapp.rendering import images
from webapp.rendering.watermark import Mark
from webapp.services import audit, corrections, dossiers, jobs, pieces
from webapp.services.actor import SYSTEM, Actor
from webapp.storage.corrections import Correction, Proof, ProofPage
from webapp.storage.database import new_public_id, transaction
from webapp.storage.jobs import Job
from webapp.vault.vault import vault

PROVE = "prove"  # kind of the job that opens one; its record is the proof's public id
LARGEST_FILE = 20 * 1024 * 1024  # bytes: a few phone photos in one PDF
MOST_PROOFS = 3  # of one correction
MOST_PAGES = 10  # of one proof


@dataclass(frozen=True, slots=True)
class Picture:
    """One side of a proof as the worker made it: a JPEG and its size in pixels."""

    jpeg: bytes
    width_px: int
    height_px: int


def attach(actor: Actor, correction_id: str, file_name: str, content: bytes, *, now: datetime) -> Proof:
    """Send a file along with one's own open correction. Raises NotFound, Refused, Invalid, Conflict; OSError."""
    correction = corrections.own_one(actor, correction_id).correction
    _check_open(correction)
    if len(content) > LARGEST_FILE:
        raise Invalid("文件超过 20 MB，请分开或缩小后再传")
    media_type = file_kind.checked(file_name, content[: file_kind.HEAD_BYTES])
    original = pieces.store(correction.dossier, "proof", content, now=now)
    with transaction():
        _check_open(Correction.get_by_id(correction.id))
        if Proof.select().where(Proof.correction == correction).count() >= MOST_PROOFS:
            raise Conflict(f"一份更正申请最多附 {MOST_PROOFS} 个证明")
        public_id = new_public_id()
        proof = Proof.create(public_id=public_id, correction=correction, file_name=file_name[-200:],
                             media_type=media_type, original=original, state="received", received_at=now)  # fmt: skip
        jobs.enqueue(PROVE, public_id, now=now, priority=5)
        _log("proof:received", proof, actor, now)
    return proof


def of(correction: Correction) -> list[Proof]:
    """The proofs of a correction that its reader has opened already, in order."""
    return list(Proof.select().where(Proof.correction == correction).order_by(Proof.id))


def picture(actor: Actor, proof_id: str, number: int, *, now: datetime) -> images.Rendered:
    """One side of a proof, marked, for the person who sent it or for its keeper; logged. Raises NotFound, Refused."""
    proof = Proof.get_or_none(Proof.public_id == proof_id)
    page = proof and ProofPage.get_or_none((ProofPage.proof == proof) & (ProofPage.number == number))
    if page is None:
        raise NotFound("没有这一页证明")
    correction = proof.correction
    if actor.role is Role.INDIVIDUAL:
        corrections.own_one(actor, correction.public_id)
    else:
        dossiers.require_custody(actor, correction.dossier)
    with transaction():
        _log("proof:delivered", proof, actor, now, {"page": number})
    name, unit = actor.person.name, actor.person.unit.name if actor.person.unit else ""
    code = vault.viewing_code(proof.public_id, str(number))
    return images.render(
        pieces.load(page.image),
        boxes=(),
        page_size=(page.width_px, page.height_px),
        mark=Mark(name, unit, now, proof.public_id[:8], number, code),
        width_px=READING_PX,
        media_type="image/jpeg",
    )


def proof_of(job: Job) -> Proof | None:
    """The proof a job is about; None when it is gone."""
    return Proof.get_or_none(Proof.public_id == job.record)


def decoded(job: Job, proof: Proof, pictures: Sequence[Picture], *, now: datetime) -> None:
    """All sides could be opened: keep their pictures. Raises Conflict when the lease was lost."""
    dossier = proof.correction.dossier
    kept = [pieces.store(dossier, "proof_page", one.jpeg, now=now) for one in pictures]
    with transaction():
        _close(job, now)
        for number, (one, image) in enumerate(zip(pictures, kept, strict=True), start=1):
            ProofPage.create(
                proof=proof, number=number, image=image, width_px=one.width_px, height_px=one.height_px
            )
        Proof.update(state="decoded").where(Proof.id == proof.id).execute()
        _log("proof:decoded", proof, SYSTEM, now, {"pages": len(kept)})


def refused(job: Job, proof: Proof, reason: str, *, now: datetime) -> None:
    """It is not what it claims, or dangerous, or too long: say why; nothing of it is shown."""
    with transaction():
        _close(job, now)
        Proof.update(state="refused", reason=reason).where(Proof.id == proof.id).execute()
        _log("proof:refused", proof, SYSTEM, now)


def gone(job: Job, *, now: datetime) -> None:
    """What the job was about is not there any more."""
    with transaction():
        jobs.finish(job, now=now)


def _check_open(correction: Correction) -> None:
    if correction.state != State.OPEN.value:
        raise Conflict("这份更正申请已经有了结果，不能再附证明")


def _close(job: Job, now: datetime) -> None:
    if not jobs.finish(job, now=now):
        raise Conflict("这项处理已由另一个程序接手")


def _log(
    action: str, proof: Proof, actor: Actor, at: datetime, details: dict[str, int] | None = None
) -> None:
    audit.append(action, actor=actor, at=at, kind="proof", record=proof.public_id, details=details)
