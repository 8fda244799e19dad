"""Taking scans in (扫描件接收): a file is kept untouched, then decoded and read by the worker.

Nothing is opened here: the kind is told from the first bytes, the rest happens in a process without keys.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from peewee import IntegrityError, fn

from webapp.domain import file_kind
from webapp.domain.disclosure import Level, Standing
from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.services import audit, dossiers, jobs, pieces
from webapp.services.actor import Actor
from webapp.storage.archive import Material
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Page, Upload

LARGEST_FILE = 60 * 1024 * 1024  # bytes
URGENT, BULK = 10, 0  # priorities: somebody waits at the desk, or a whole archive is being taken in


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one upload has come. Pages are counted; `failures` are (page number, reason)."""

    upload: Upload
    pages: int
    done: int
    failures: tuple[tuple[int, str], ...]
    is_failed: bool  # the file itself could not be worked on; it can be tried again

    @property
    def is_settled(self) -> bool:
        """Nothing more will happen without somebody acting."""
        if self.upload.state == "refused" or self.is_failed:
            return True
        return self.upload.state == "decoded" and self.done + len(self.failures) == self.pages


def receive(
    actor: Actor, material_id: str, file_name: str, content: bytes, *, now: datetime, priority: int = URGENT
) -> tuple[Upload, bool]:
    """Keep one file for a material and queue it. Returns the upload and whether it was there before.

    material_id -- public id. The same bytes sent again to the same material are noticed and not kept twice, so a
    browser that lost the answer may simply send again. Raises Conflict when the same bytes are in another material
    of the dossier, Invalid for what is no scan, Refused, NotFound; OSError when the disk is full.
    """
    material = keepable_material(actor, material_id)
    if len(content) > LARGEST_FILE:
        raise Invalid("文件超过 60 MB。请分成几个文件，或降低扫描精度（300 dpi 即可）")
    media_type = file_kind.checked(file_name, content[: file_kind.HEAD_BYTES])
    sha256 = hashlib.sha256(content).hexdigest()
    if (known := _known(material, sha256)) is not None:
        return known, True
    original = pieces.store(material.dossier, "original", content, now=now)
    try:
        with transaction():
            upload = Upload.create(
                material=material,
                officer=actor.person,
                file_name=file_name[-200:],
                media_type=media_type,
                sha256=sha256,
                original=original,
                state="received",
                received_at=now,
            )
            jobs.enqueue("decode", str(upload.id), now=now, priority=priority)
            audit.append("upload:received", actor=actor, at=now, kind="upload", record=upload.public_id,
                         details={"material": material.public_id, "bytes": len(content)})  # fmt: skip
    except IntegrityError as error:  # the same file came twice at once: the other one is kept
        pieces.discard(original)
        if (known := _known(material, sha256)) is None:
            raise Conflict("这份材料刚被移走，文件没有保存。请刷新后重新选择材料") from error
        return known, True
    return upload, False


def opened(actor: Actor, material_id: str, *, now: datetime) -> list[Progress]:
    """What progress() gives, for somebody who begins to look; logged. Raises NotFound, Refused."""
    found = progress(actor, material_id)
    with transaction():
        audit.append("intake:opened", actor=actor, at=now, kind="material", record=material_id,
                     details={"uploads": len(found)})  # fmt: skip
    return found


def progress(actor: Actor, material_id: str) -> list[Progress]:
    """Every upload of a material, oldest first, with how far it is."""
    material = keepable_material(actor, material_id)
    uploads = Upload.select().where(Upload.material == material).order_by(Upload.id)
    return [_progress(upload) for upload in uploads]


def unsettled(actor: Actor) -> list[Progress]:
    """The actor's own uploads that are being worked on or need a decision, newest first, of the last 50.

    Only to dossiers that are still in their custody: titles are no longer theirs to see elsewhere.
    """
    newest = (
        Upload.select(Upload, Material)
        .join(Material)
        .where(Upload.officer == actor.person)
        .order_by(Upload.id.desc())
        .limit(50)
    )
    standings = dossiers.standings(actor)
    found = [_progress(u) for u in newest if standings.of(u.material.dossier_id) is Standing.CUSTODY]
    return [p for p in found if not p.is_settled or p.failures or p.is_failed or p.upload.state == "refused"]


def retry(actor: Actor, upload_id: str, *, now: datetime) -> Upload:
    """Try what failed of an upload again. Raises Conflict when nothing failed."""
    upload = _upload(actor, upload_id)
    with transaction():
        failed = jobs.retry("decode", str(upload.id), now=now)
        for page in upload.pages:
            failed |= jobs.retry("read", str(page.id), now=now)
        if not failed:
            raise Conflict("没有需要重试的页")
        Page.update(state="received").where((Page.upload == upload) & (Page.state == "damaged")).execute()
        audit.append("upload:retried", actor=actor, at=now, kind="upload", record=upload.public_id)
    return upload


def remove(actor: Actor, upload_id: str, *, now: datetime) -> Material:
    """Take a wrongly sent file out again, with its pages, and close the gap in the numbering.

    Only the archivist who keeps the dossier; the log keeps the file's SHA-256. Returns the material.
    """
    upload = _upload(actor, upload_id)
    material: Material = upload.material
    with transaction():
        removed = list(upload.pages)
        spent = [
            upload.original,
            *(b for p in removed for b in (p.optimised, p.reading_copy, p.transcription) if b),
        ]
        for page in removed:
            _forget_jobs("read", page.id)
            jobs.enqueue("index", f"page:{page.id}", now=now, priority=URGENT)
            page.delete_instance(recursive=True)
        _forget_jobs("decode", upload.id)
        upload.delete_instance()
        renumber(material)
        audit.append("upload:removed", actor=actor, at=now, kind="upload", record=upload.public_id,
                     details={"material": material.public_id, "sha256": upload.sha256})  # fmt: skip
    for blob in spent:
        pieces.discard(blob)
    return material


def renumber(material: Material) -> None:
    """Number a material's pages from 1 without gaps, in their present order. In the caller's transaction."""
    for number, page in enumerate(
        Page.select().where(Page.material == material).order_by(Page.number), start=1
    ):
        if page.number != number:  # upwards and without gaps, so no two pages ever claim one number
            Page.update(number=number).where(Page.id == page.id).execute()


def keepable_material(actor: Actor, material_id: str) -> Material:
    """The material by public id, if the actor keeps its dossier. Raises NotFound, Refused."""
    material = Material.get_or_none(Material.public_id == material_id)
    if material is None:
        raise NotFound("没有这份材料")
    decision = dossiers.decide_for(actor, material.dossier, material)
    if decision.level < Level.CLEAR:
        raise Refused("只有保管这份档案的管理员可以上传", rule=f"intake:{decision.rule}")
    return material


def _upload(actor: Actor, upload_id: str) -> Upload:
    upload = Upload.get_or_none(Upload.public_id == upload_id)
    if upload is None:
        raise NotFound("没有这次上传的记录")
    keepable_material(actor, upload.material.public_id)
    return upload


def _known(material: Material, sha256: str) -> Upload | None:
    """The upload with these bytes in this material; Conflict when it is in another one of the dossier."""
    same = (
        Upload.select(Upload, Material)
        .join(Material)
        .where((Upload.sha256 == sha256) & (Material.dossier == material.dossier))
    )
    found: Iterable[Upload] = list(same)
    for upload in found:
        if upload.material_id == material.id:
            return upload
    for upload in found:
        raise Conflict(f"这个文件已经放在《{upload.material.title}》里，没有重复保存。请核对材料")
    return None


def _progress(upload: Upload) -> Progress:
    states = dict(
        Page.select(Page.state, fn.COUNT(Page.id)).where(Page.upload == upload).group_by(Page.state).tuples()
    )
    pages = {str(p.id): p.number for p in upload.pages.select(Page.id, Page.number)} if states else {}
    broken = Job.select().where((Job.kind == "read") & (Job.state == "failed") & Job.record.in_(list(pages)))
    decoding = Job.select().where(
        (Job.kind == "decode") & (Job.record == str(upload.id)) & (Job.state == "failed")
    )
    return Progress(
        upload=upload,
        pages=upload.frame_count or 0,
        done=states.get("read", 0) + states.get("indexed", 0),
        failures=tuple(sorted((pages[job.record], job.error) for job in broken)),
        is_failed=decoding.exists(),
    )


def _forget_jobs(kind: str, record: int) -> None:
    """Running ones too: SQLite gives the row ids of what was removed to what comes next, and a worker that still
    held its lease would file the removed page's content under the new page's id.
    """
    Job.delete().where((Job.kind == kind) & (Job.record == str(record))).execute()
