"""Searching anew (规则复查): pages read under older finding rules, by what was read then. No page is recognised again.

One job a page, so that it can stop at any time and go on. Nothing is uncovered by it but by a machine that found it:
boxes that a person drew or kept stay.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from peewee import Expression, Value

from webapp.domain import mask_rules
from webapp.domain.disclosure import MaskState, Rendition
from webapp.domain.errors import Conflict
from webapp.domain.findings import Finding, Kind, Survey, survey
from webapp.domain.geometry import Box
from webapp.domain.transcription import Transcription
from webapp.services import audit, jobs, masks, pages
from webapp.services.actor import SYSTEM
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.masking import DismissedFinding
from webapp.storage.pages import Mask, Page
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered

KIND = "recheck"
NEWLY_FOUND = "规则更新后发现新的疑似内容，请核对。"
UNREADABLE = "规则更新后没能重新检查：保存的文字打不开，请联系系统管理员从备份恢复。"
_BULK = -20  # what comes in goes first, then the index that is made anew
_OUTSIDE = 0.15  # of a box's height: less than half a digit; a new box may stick out so far and is no news


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the pages are searched by the rules of now. `failed` ones are withheld until somebody sees to them."""

    total: int
    done: int
    failed: int


def progress() -> Progress:
    """Of all pages that were read, how many were searched by the rules of now."""
    was_read = Page.transcription.is_null(False)
    total = Page.select().where(was_read).count()
    failed = Job.select().where((Job.kind == KIND) & (Job.state == "failed")).count()
    return Progress(total, total - Page.select().where(was_read & _is_outdated()).count(), failed)


def queue(*, now: datetime) -> int:
    """Queue every page that was read under older rules, those first that no person has looked at. Returns how many.

    What is queued already stays so; what failed is tried again.
    """
    with transaction():
        Job.delete().where((Job.kind == KIND) & (Job.state == "failed")).execute()
        queued = Job.select(Job.record).where((Job.kind == KIND) & Job.state.in_(["waiting", "running"]))
        record = Page.id.cast("TEXT")
        due = (
            Page.select(Value(KIND), record, Value("waiting"), Value(_BULK), Value(0), Value(""), Value(""),
                        Value(Job.created_at.db_value(now)))
            .where(Page.transcription.is_null(False) & _is_outdated() & record.not_in(queued))
            .order_by(Page.mask_state == MaskState.VERIFIED.value, Page.id)
        )  # fmt: skip
        fields = (
            Job.kind,
            Job.record,
            Job.state,
            Job.priority,
            Job.attempts,
            Job.lease,
            Job.error,
            Job.created_at,
        )
        count = due.count()
        if count:
            Job.insert_from(due, fields).execute()
            audit.append("masks:recheck-queued", actor=SYSTEM, at=now, kind="page",
                         details={"pages": count, "rules": mask_rules.REVISION})  # fmt: skip
    return count


def work_one(*, now: datetime) -> bool:
    """Search the next queued page. False when none waits. Raises as recheck does; the page is then tried again."""
    job = jobs.claim([KIND], now=now)
    if job is None:
        return False
    try:
        recheck(job, now=now)
    except Conflict:
        jobs.again(job)
        raise
    return True


def recheck(job: Job, *, now: datetime) -> None:
    """Work one job: search its page by the rules of now, and keep what follows from it in one transaction with the job.

    Raises Conflict when the page was checked or read meanwhile, or the lease was lost: nothing is kept then.
    """
    page = pages.page_of(job)
    if page is None or page.transcription is None or page.mask_rules >= mask_rules.REVISION:
        pages.gone(job, now=now)
        return
    try:
        transcription = masks.transcription_of(page)
    except (Tampered, BlobMissing):
        _withhold(job, page, now)
        return
    found = survey(transcription, category=page.material.category)
    weigh = _gained_since_checked if page.verified_by_id else _found_anew
    with transaction():
        if not jobs.finish(job, now=now):
            raise Conflict("这项处理已由另一个程序接手")
        change = weigh(page, found, transcription)
        _keep(page, change, now)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a page's new survey means for it. No boxes and no other state: nothing but the number of its rules."""

    added: int
    removed: int
    mask_state: str
    unsure: str
    transcription: Transcription


def _found_anew(page: Page, found: Survey, transcription: Transcription) -> _Change:
    """A page no person has checked: the machine's boxes are replaced, those put there by hand stay."""
    held = masks.findings_of(page)
    by_hand = [one for one in held if one.rule in masks.BY_HAND]
    former, new = {one for one in held if one.rule not in masks.BY_HAND}, set(found.findings)
    if former != new:
        Mask.delete().where((Mask.page == page) & Mask.rule.not_in(list(masks.BY_HAND))).execute()
        masks.add(page, found.findings, transcription)
    was_withheld = page.mask_state == MaskState.WITHHELD.value
    if found.unsure:
        state, unsure = MaskState.WITHHELD, "\n".join(found.unsure)
    elif (
        by_hand and was_withheld
    ):  # somebody thought that more has to be covered: it goes on waiting for a look
        state, unsure = MaskState.WITHHELD, page.unsure
    else:
        state, unsure = MaskState.AUTO, ""
    return _Change(len(new - former), len(former - new), state.value, unsure, transcription)


def _gained_since_checked(page: Page, found: Survey, transcription: Transcription) -> _Change:
    """A page that a person has checked: their boxes stay; what is new is covered at once and waits for their look."""
    covered = masks.covered_for(page, Rendition.MASKED)
    burned = [one for one in found.findings if one.kind in masks.BURNED[Rendition.MASKED]]
    gained = list(_news(burned, [one.box for one in covered], list(_dismissed(page))))
    masks.add(page, gained, transcription)
    state = MaskState.WITHHELD.value if gained else page.mask_state
    unsure = NEWLY_FOUND if gained else page.unsure
    return _Change(len(gained), 0, state, unsure, transcription)


def _news(
    found: Iterable[Finding], covered: list[Box], dismissed: list[tuple[Kind, Box]]
) -> Iterator[Finding]:
    """Findings that no box covers yet and no keeper took away."""
    for one in found:
        judged = [box for kind, box in dismissed if kind is one.kind]
        if not any(_within(one.box, box) for box in (*covered, *judged)):
            yield one


def _within(inner: Box, outer: Box) -> bool:
    spare = round(inner.height * _OUTSIDE)
    return (
        outer.left - spare <= inner.left
        and outer.top - spare <= inner.top
        and inner.right <= outer.right + spare
        and inner.bottom <= outer.bottom + spare
    )


def _dismissed(page: Page) -> Iterator[tuple[Kind, Box]]:
    for row in DismissedFinding.select().where(DismissedFinding.page == page):
        yield Kind(row.kind), Box(row.left, row.top, row.right, row.bottom)


def _keep(page: Page, change: _Change, now: datetime) -> None:
    is_news = bool(change.added or change.removed or change.mask_state != page.mask_state)
    unchanged = (
        (Page.id == page.id)
        & (Page.mask_revision == page.mask_revision)
        & (Page.transcription == page.transcription_id)
    )
    kept = Page.update(
        mask_rules=mask_rules.REVISION,
        mask_state=change.mask_state,
        unsure=change.unsure,
        mask_revision=Page.mask_revision + int(is_news),
    ).where(unchanged)
    if not kept.execute():
        raise Conflict("这一页的遮挡刚有变动")
    if not is_news:
        return
    masks.write_text(page, change.transcription)
    jobs.enqueue("index", f"page:{page.id}", now=now, priority=_BULK)
    audit.append("mask:rechecked", actor=SYSTEM, at=now, kind="page", record=page.public_id,
                 details={"rules": mask_rules.REVISION, "added": change.added, "removed": change.removed,
                          "mask_state": change.mask_state})  # fmt: skip


def _withhold(job: Job, page: Page, now: datetime) -> None:
    """What was read cannot be opened, so nobody can say what the page shows: it is shown to no masked reader."""
    with transaction():
        if not jobs.fail(job, UNREADABLE, now=now):
            raise Conflict("这项处理已由另一个程序接手")
        Page.update(mask_state=MaskState.WITHHELD.value, unsure=UNREADABLE).where(
            Page.id == page.id
        ).execute()
        jobs.enqueue("index", f"page:{page.id}", now=now, priority=_BULK)
        audit.append("mask:rechecked", actor=SYSTEM, at=now, kind="page", record=page.public_id,
                     outcome=audit.Outcome.ERROR, details={"rules": mask_rules.REVISION})  # fmt: skip


def _is_outdated() -> Expression:
    return Page.mask_rules < mask_rules.REVISION
