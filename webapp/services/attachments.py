"""Files sent along with a correction or a request (附件): taken in as carefully as scans, shown as marked pictures.

Nothing is opened here: the worker has a process without keys make pictures of a file, or refuse it with a reason. Who
may send and see one is decided by whom it belongs to: services/proofs, services/letters.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain import file_kind
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.page_width import READING_PX
from webapp.rendering import images
from webapp.rendering.watermark import Mark
from webapp.services import audit, jobs, pieces
from webapp.services.actor import SYSTEM, Actor
from webapp.storage.attachments import Attachment, AttachmentPage
from webapp.storage.corrections import Correction
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob
from webapp.storage.requests import AccessRequest
from webapp.vault.vault import vault

OPEN = "prove"  # kind of the job that opens one; its record is the attachment's public id
LARGEST_FILE = 20 * 1024 * 1024  # bytes: a few phone photos in one PDF
MOST = 3  # of one correction, or of one request each time it is handed in
MOST_PAGES = 10  # of one

Owner = Correction | AccessRequest


@dataclass(frozen=True, slots=True)
class Picture:
    """One side of an attachment as the worker made it: a JPEG and its size in pixels."""

    jpeg: bytes
    width_px: int
    height_px: int


def keep(
    owner: Owner,
    file_name: str,
    content: bytes,
    *,
    actor: Actor,
    now: datetime,
    has_room: Callable[[], None],
) -> Attachment:
    """Keep a file with what it belongs to, to be opened by the worker.

    has_room -- raises Conflict when no more may be added; asked again in the transaction. Raises Invalid; OSError.
    """
    if len(content) > LARGEST_FILE:
        raise Invalid("文件超过 20 MB，请分开或缩小后再传")
    media_type = file_kind.checked(file_name, content[: file_kind.HEAD_BYTES])
    has_room()
    kept = Attachment(correction=owner if isinstance(owner, Correction) else None,
                      request=owner if isinstance(owner, AccessRequest) else None, file_name=file_name[-200:],
                      media_type=media_type, state="received", received_at=now)  # fmt: skip
    kept.original = pieces.store(kept.dossier, kept.kind, content, now=now)
    with transaction():
        has_room()
        kept.save(force_insert=True)
        jobs.enqueue(OPEN, kept.public_id, now=now, priority=5)
        log("received", kept, actor, now)
    return kept


def of(owner: Owner) -> list[Attachment]:
    """What goes with a correction or a request that its reader has opened already, in order."""
    return list(owner.attachments.order_by(Attachment.id))


def forget(attachments: Sequence[Attachment], *, actor: Actor, now: datetime) -> list[Blob]:
    """Delete the rows, in the caller's transaction; the pieces, which the caller discards after it."""
    spent = [blob for one in attachments for blob in (one.original, *(page.image for page in one.pages))]
    for one in attachments:
        log("removed", one, actor, now)
        AttachmentPage.delete().where(AttachmentPage.attachment == one).execute()
        Attachment.delete().where(Attachment.public_id == one.public_id).execute()
    return spent


def find(public_id: str) -> Attachment:
    """By public id. Decides nothing. Raises NotFound."""
    found = Attachment.get_or_none(Attachment.public_id == public_id)
    if found is None:
        raise NotFound("没有这个附件")
    return found


def picture(attachment: Attachment, number: int, *, actor: Actor, now: datetime) -> images.Rendered:
    """One side, marked, for somebody who was found to be allowed; logged. Raises NotFound."""
    page = attachment.pages.where(AttachmentPage.number == number).get_or_none()
    if page is None:
        raise NotFound("附件没有这一页")
    with transaction():
        log("delivered", attachment, actor, now, {"page": number})
    name, unit = actor.person.name, actor.person.unit.name if actor.person.unit else ""
    code = vault.viewing_code(attachment.public_id, str(number))
    return images.render(
        pieces.load(page.image),
        boxes=(),
        page_size=(page.width_px, page.height_px),
        mark=Mark(name, unit, now, attachment.public_id[:8], number, code),
        width_px=READING_PX,
        media_type="image/jpeg",
    )


def named_by(job: Job) -> Attachment | None:
    """What a job is about; None when it is gone."""
    return Attachment.get_or_none(Attachment.public_id == job.record)


def decoded(job: Job, attachment: Attachment, pictures: Sequence[Picture], *, now: datetime) -> None:
    """All sides could be opened: keep their pictures. Raises Conflict when the lease was lost, or it was removed."""
    kind = f"{attachment.kind}_page"
    kept = [pieces.store(attachment.dossier, kind, one.jpeg, now=now) for one in pictures]
    with transaction():
        _close(job, now)
        _settle(attachment, state="decoded")
        for number, (one, image) in enumerate(zip(pictures, kept, strict=True), start=1):
            AttachmentPage.create(
                attachment=attachment,
                number=number,
                image=image,
                width_px=one.width_px,
                height_px=one.height_px,
            )
        log("decoded", attachment, SYSTEM, now, {"pages": len(kept)})


def refused(job: Job, attachment: Attachment, reason: str, *, now: datetime) -> None:
    """It is not what it claims, or dangerous, or too long: say why; nothing of it is shown."""
    with transaction():
        _close(job, now)
        _settle(attachment, state="refused", reason=reason)
        log("refused", attachment, SYSTEM, now)


def gone(job: Job, *, now: datetime) -> None:
    """What the job was about is not there any more."""
    with transaction():
        jobs.finish(job, now=now)


def log(
    act: str, attachment: Attachment, actor: Actor, at: datetime, details: dict[str, int] | None = None
) -> None:
    """Write down what was done with one. Part of the caller's transaction."""
    kind = attachment.kind
    audit.append(f"{kind}:{act}", actor=actor, at=at, kind=kind, record=attachment.public_id, details=details)


def _settle(attachment: Attachment, **change: str) -> None:
    """By public id: a row id may have passed to another attachment meanwhile."""
    if not Attachment.update(change).where(Attachment.public_id == attachment.public_id).execute():
        raise Conflict("这个附件已被移除")


def _close(job: Job, now: datetime) -> None:
    if not jobs.finish(job, now=now):
        raise Conflict("这项处理已由另一个程序接手")
