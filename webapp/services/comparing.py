"""Comparing a leaked picture with stored pages (比对): what the worker does of a trace, but for the pixels.

Which pages come into question, which viewings were sent them, and how well the code of each agrees with what the
picture shows more or less of.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from webapp.domain import evidence
from webapp.domain.errors import Conflict
from webapp.domain.evidence import Weight
from webapp.rendering import forensic
from webapp.services import audit, deliveries, jobs, pieces
from webapp.services.actor import SYSTEM
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Page
from webapp.storage.tracing import Trace
from webapp.vault.blobs import BlobMissing
from webapp.vault.cipher import Tampered
from webapp.vault.vault import vault

KIND = "trace"  # of the job; its record is the row id of the Trace
MOST_PAGES = 400  # searched through when nothing narrows them down, the latest sent first: some two minutes
CLOSELY = 5  # of those, the most alike, are compared cell by cell: forms of one print look alike
_log = logging.getLogger("lantai.worker")


@dataclass(frozen=True, slots=True)
class Finding:
    """A viewing whose code is in the picture. entries -- numbers of the log entries by which it was sent the page."""

    page: str
    viewing: str
    z: float
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page the picture was laid over.

    matches -- points that agree; cells -- that count; viewings -- compared; best -- score of those not found
    """

    page: str
    matches: int
    cells: int
    viewings: int
    best: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out. searched -- pages looked at; left_out -- pages sent to somebody but too many to be looked at."""

    searched: int
    left_out: int
    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]  # best first

    @property
    def compared(self) -> int:
        """How many codes were compared."""
        return sum(one.viewings for one in self.comparisons)

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Answer":
        """Inverse of to_json."""
        held = json.loads(text)
        findings = tuple(Finding(**one | {"entries": tuple(one["entries"])}) for one in held["findings"])
        comparisons = tuple(Comparison(**one) for one in held["comparisons"])
        return cls(held["searched"], held["left_out"], comparisons, findings)


def trace_of(job: Job) -> Trace:
    """The trace a job is about, picture included. None is ever removed."""
    trace: Trace = Trace.get_by_id(int(job.record))
    return trace


def pages_in_question(trace: Trace) -> tuple[list[Page], int]:
    """The pages the picture may show, the latest sent first, and how many more were sent than can be searched.

    Only what was sent to somebody can have leaked from here.
    """
    if trace.page:
        return list(Page.select().where(Page.public_id == trace.page)), 0
    sent = deliveries.pages_sent()
    if trace.dossier:
        within = (
            Page.select(Page.public_id).join(Material).join(Dossier).where(Dossier.number == trace.dossier)
        )
        kept = {public_id for (public_id,) in within.tuples()}
        sent = [public_id for public_id in sent if public_id in kept]
    known = {page.public_id: page for page in Page.select().where(Page.public_id.in_(sent[:MOST_PAGES]))}
    latest = [known[public_id] for public_id in sent[:MOST_PAGES] if public_id in known]
    return latest, max(0, len(sent) - MOST_PAGES)


def image_of(page: Page) -> bytes | None:
    """The page as it is stored, a JPEG; None for one that was not read yet or does not open any more."""
    try:
        return pieces.load(page.optimised) if page.optimised else None
    except (Tampered, BlobMissing):
        _log.error("the image of page %s does not open", page.public_id)
        return None


def weigh(page: Page, cells: forensic.Cells, *, matches: int) -> tuple[Comparison, list[Finding]]:
    """Compare what a picture has more or less of than the page with every viewing that was sent the page."""
    entries: dict[str, list[int]] = {}
    for sent in deliveries.of_page(page.public_id):
        entries.setdefault(sent.viewing, []).append(sent.seq)
    ranked = ranking(page.public_id, cells, sorted(entries))
    findings = [
        Finding(page.public_id, number, z, tuple(entries[number]))
        for z, number in ranked
        if evidence.weight(z) is not Weight.NOTHING
    ]
    others = [z for z, _ in ranked[len(findings) :]]
    counted = int((cells != 0).sum())
    return Comparison(page.public_id, matches, counted, len(ranked), max(others, default=0.0)), findings


def ranking(page_id: str, cells: forensic.Cells, viewings: Sequence[str]) -> list[tuple[float, str]]:
    """(score, viewing number) of these viewings of a page, best first."""
    scores = forensic.scores(cells, [vault.viewing_code(number, page_id) for number in viewings])
    return sorted(
        ((round(z, 2), number) for z, number in zip(scores.tolist(), viewings, strict=True)), reverse=True
    )


def answered(job: Job, trace: Trace, answer: Answer, *, now: datetime) -> None:
    """Keep what came out and let the picture go. Raises Conflict when another worker has taken over."""
    best = answer.findings[0] if answer.findings else None
    details = {"compared": answer.compared, "findings": len(answer.findings), "z": best.z if best else 0.0}
    with transaction():
        _close(job, trace, now=now, state="answered", answer=answer.to_json())
        audit.append("trace:answered", actor=SYSTEM, at=now, kind="trace", record=trace.public_id,
                     viewing=best.viewing if best else "", details=details)  # fmt: skip


def refused(job: Job, trace: Trace, reason: str, *, now: datetime) -> None:
    """The picture cannot be opened: say why, and let it go. Raises Conflict as answered does."""
    with transaction():
        _close(job, trace, now=now, state="refused", reason=reason)
        audit.append("trace:refused", actor=SYSTEM, at=now, kind="trace", record=trace.public_id,
                     outcome=audit.Outcome.DENY, reason="not-decodable")  # fmt: skip


def _close(job: Job, trace: Trace, *, now: datetime, state: str, answer: str = "", reason: str = "") -> None:
    if not jobs.finish(job, now=now):
        raise Conflict("这项处理已由另一个程序接手")
    Trace.update(state=state, answer=answer, reason=reason, picture=None, answered_at=now).where(
        Trace.id == trace.id
    ).execute()
