"""What becomes of a scan (页): decoded into pages, read, masked, indexed. Called by the worker, one job each.

Every step that ends a job does so in the transaction of its result, under the job's lease: a worker that was
taken for dead and comes back finds its lease gone and its result dropped, so no page is written twice.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import fn

from webapp.domain import mask_rules
from webapp.domain.disclosure import MaskState
from webapp.domain.errors import Conflict
from webapp.domain.findings import Survey, survey
from webapp.domain.transcription import Transcription
from webapp.services import audit, jobs, masks, pieces
from webapp.services.actor import SYSTEM
from webapp.storage.attachments import Attachment, AttachmentPage
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Blob, Page, Upload


def upload_of(job: Job) -> Upload | None:
    """The upload a decode job is about; None when it was removed meanwhile."""
    return Upload.get_or_none(Upload.id == int(job.record))


def page_of(job: Job) -> Page | None:
    """The page a read job is about; None when it was removed meanwhile."""
    return Page.get_or_none(Page.id == int(job.record))


def decoded(job: Job, upload: Upload, frame_count: int, *, now: datetime) -> None:
    """Every frame of an upload could be decoded: make its pages and queue their reading."""
    with transaction():
        _close(job, now=now)
        last = Page.select(fn.MAX(Page.number)).where(Page.material == upload.material_id).scalar() or 0
        for frame in range(1, frame_count + 1):
            page = Page.create(
                material=upload.material_id,
                upload=upload,
                frame=frame,
                number=last + frame,
                state="received",
                mask_state=MaskState.UNKNOWN.value,
            )
            jobs.enqueue("read", str(page.id), now=now, priority=job.priority)
        Upload.update(state="decoded", frame_count=frame_count).where(Upload.id == upload.id).execute()
        audit.append("upload:decoded", actor=SYSTEM, at=now, kind="upload", record=upload.public_id,
                     details={"pages": frame_count})  # fmt: skip


def refused(job: Job, upload: Upload, reason: str, *, now: datetime) -> None:
    """A file is not what it claims, or dangerous: say why; nothing of it is shown."""
    with transaction():
        _close(job, now=now)
        Upload.update(state="refused", reason=reason).where(Upload.id == upload.id).execute()
        audit.append("upload:refused", actor=SYSTEM, at=now, kind="upload", record=upload.public_id,
                     outcome=audit.Outcome.DENY, reason="not-decodable")  # fmt: skip


def read(
    job: Job,
    page: Page,
    optimised_jpeg: bytes,
    copy_jpeg: bytes,
    transcription: Transcription,
    *,
    now: datetime,
) -> None:
    """Keep a page as it is shown, whole and as a small copy, and what was read on it; decide what is to be masked;
    queue it for the index.
    """
    material = page.material
    dossier, found = material.dossier, survey(transcription, category=material.category)
    stored = {
        "optimised": pieces.store(dossier, "optimised", optimised_jpeg, now=now),
        "reading_copy": pieces.store(dossier, "reading_copy", copy_jpeg, now=now),
        "transcription": pieces.store_text(dossier, "transcription", transcription.to_json(), now=now),
    }
    former = [blob for blob in (page.optimised, page.reading_copy, page.transcription) if blob]
    columns = _as_found(found, transcription)
    same = (Page.id == page.id) & (
        Page.public_id == page.public_id
    )  # a row id may have passed to another page
    kept = Page.update(**stored, **columns).where(same)
    with transaction():
        _close(job, now=now)
        if not kept.execute():
            raise Conflict("这一页已被移走")
        masks.put(page, found.findings, transcription)
        masks.write_text(page, transcription)
        jobs.enqueue("index", f"page:{page.id}", now=now, priority=job.priority)
        audit.append("page:read", actor=SYSTEM, at=now, kind="page", record=page.public_id,
                     details={"masks": len(found.findings), "mask_state": columns["mask_state"]})  # fmt: skip
    for blob in former:
        pieces.discard(blob)


def _as_found(found: Survey, transcription: Transcription) -> dict[str, Any]:
    """The columns of a page as a machine leaves it, before anybody has checked it."""
    return {
        "width_px": transcription.width_px,
        "height_px": transcription.height_px,
        "state": "read",
        "unsure": "\n".join(found.unsure),
        "mask_state": (MaskState.WITHHELD if found.unsure else MaskState.AUTO).value,
        "mask_revision": Page.mask_revision + 1,
        "mask_rules": mask_rules.REVISION,
        "verified_by": None,
        "verified_at": None,
    }


def lost(job: Job, upload: Upload, reason: str, *, now: datetime) -> None:
    """The file as it came in does not open any more: its job fails, to be tried again once it was brought back."""
    with transaction():
        if not jobs.fail(job, reason, now=now):
            raise Conflict("这项处理已由另一个程序接手")
        audit.append("upload:lost", actor=SYSTEM, at=now, kind="upload", record=upload.public_id,
                     outcome=audit.Outcome.ERROR)  # fmt: skip


def unreadable(job: Job, page: Page, reason: str, *, now: datetime) -> None:
    """A page could not be prepared or read: it is marked damaged and its job failed, for a person to retry."""
    with transaction():
        if not jobs.fail(job, reason, now=now):
            raise Conflict("这项处理已由另一个程序接手")
        Page.update(state="damaged").where(Page.id == page.id).execute()
        audit.append("page:unreadable", actor=SYSTEM, at=now, kind="page", record=page.public_id,
                     outcome=audit.Outcome.ERROR)  # fmt: skip


def indexed(done: Collection[Job], *, now: datetime) -> None:
    """The index holds these records now."""
    with transaction():
        for job in done:
            if not jobs.finish(job, now=now):
                continue  # taken over by another worker, which indexes the same again: no harm
            kind, _, number = job.record.partition(":")
            if kind == "page":
                Page.update(state="indexed").where(
                    (Page.id == int(number)) & (Page.state == "read")
                ).execute()


def gone(job: Job, *, now: datetime) -> None:
    """What the job was about was removed meanwhile."""
    with transaction():
        jobs.finish(job, now=now)


def unreferred(before: datetime) -> list[Blob]:
    """Pieces made before a time that no upload, no page and no attachment needs. For pieces.sweep()."""
    query = Blob.select().where(Blob.created_at < before)
    kept = (
        Upload.original,
        Page.optimised,
        Page.reading_copy,
        Page.transcription,
        Attachment.original,
        AttachmentPage.image,
    )
    for column in kept:
        query = query.where(Blob.id.not_in(column.model.select(column).where(column.is_null(False))))
    return list(query)


def _close(job: Job, *, now: datetime) -> None:
    if not jobs.finish(job, now=now):
        raise Conflict("这项处理已由另一个程序接手")
