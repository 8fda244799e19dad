"""Tracing a leaked picture (泄露追查): which viewing it came from, by the invisible mark or by the visible number.

Nothing is opened here: the picture is compared by the worker, in processes without keys. What is kept and shown are
ids and figures: the security officer, who asks, learns who was sent which page and when, and nothing of the page.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from peewee import ModelSelect

from webapp.domain import evidence, file_kind
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.evidence import Weight
from webapp.services import audit, deliveries, jobs
from webapp.services.actor import Actor
from webapp.services.comparing import KIND, Answer, Finding
from webapp.services.deliveries import Sent
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Page
from webapp.storage.reading import Viewing
from webapp.storage.tracing import Trace

URGENT = 20  # before papers: somebody waits, and a leak is going round
LARGEST_PICTURE = 25 * 1024 * 1024  # bytes; what a phone's camera makes stays below 15


@dataclass(frozen=True, slots=True)
class Suspect:
    """A viewing that a picture points to, with who was reading and when the page was sent.

    chance -- the most that the probability can be of so high a score if no viewing compared had to do with it
    """

    finding: Finding
    viewing: Viewing
    sent: tuple[Sent, ...]
    chance: float

    @property
    def weight(self) -> Weight:
        """How much it proves."""
        return evidence.weight(self.finding.z)


@dataclass(frozen=True, slots=True)
class Case:
    """A trace as it stands. answer -- None until the worker has compared. Lists leave the suspects out."""

    trace: Trace
    answer: Answer | None
    suspects: tuple[Suspect, ...]
    is_failed: bool

    @property
    def is_settled(self) -> bool:
        """Nothing more will come."""
        return self.is_failed or self.trace.state != "waiting"

    @property
    def weight(self) -> Weight | None:
        """How much the first of what was found proves; None when nothing was."""
        found = self.answer.findings if self.answer else ()
        return evidence.weight(found[0].z) if found else None


def ask(
    actor: Actor,
    content: bytes,
    *,
    file_name: str = "",
    page_id: str = "",
    dossier_number: str = "",
    now: datetime,
) -> Trace:
    """Keep a leaked picture until it was compared, and queue it.

    page_id, dossier_number -- what it shows, where that is known. Raises Invalid for what is no picture, NotFound.
    """
    if len(content) > LARGEST_PICTURE:
        raise Invalid("图片超过 25 MB。请裁掉页面以外的部分再试")
    media_type = file_kind.checked(file_name, content[: file_kind.HEAD_BYTES])
    if page_id and not Page.select().where(Page.public_id == page_id).exists():
        raise NotFound("没有这个页面编号")
    if dossier_number and not Dossier.select().where(Dossier.number == dossier_number).exists():
        raise NotFound("没有这个档案号")
    with transaction():
        trace = Trace.create(
            officer=actor.officer,
            picture=content,
            media_type=media_type,
            sha256=hashlib.sha256(content).hexdigest(),
            page=page_id,
            dossier=dossier_number,
            state="waiting",
            asked_at=now,
        )
        jobs.enqueue(KIND, str(trace.id), now=now, priority=URGENT)
        audit.append("trace:asked", actor=actor, at=now, kind="trace", record=trace.public_id,
                     details={"sha256": trace.sha256, "page": page_id})  # fmt: skip
    return trace


def recent(*, limit: int = 20) -> list[Case]:
    """The latest traces, newest first, without suspects: each of those costs a walk through the log."""
    traces, failed = list(_without_pictures().order_by(Trace.id.desc()).limit(limit)), _failed()
    return [Case(trace, _answer(trace), (), trace.id in failed) for trace in traces]


def opened(actor: Actor, trace_id: str, *, now: datetime) -> Case:
    """What case() gives, for somebody who begins to look; logged. Raises NotFound."""
    found = case(trace_id)
    with transaction():
        audit.append("trace:opened", actor=actor, at=now, kind="trace", record=trace_id)
    return found


def case(trace_id: str) -> Case:
    """One trace as it stands. Raises NotFound."""
    trace = _without_pictures().where(Trace.public_id == trace_id).first()
    if trace is None:
        raise NotFound("没有这次追查的记录")
    answer = _answer(trace)
    suspects = tuple(_suspects(answer)) if answer else ()
    return Case(trace, answer, suspects, is_failed=answer is None and trace.id in _failed())


def by_number(actor: Actor, typed: str, *, now: datetime) -> list[tuple[Viewing, list[Sent]]]:
    """The viewings with the number that was read off a picture, each with the images sent in it; logged.

    typed -- with ? for each of at most two characters that could not be read. Raises Invalid.
    """
    number = evidence.viewing_number(typed)
    matching = Viewing.number ** number.replace("?", "_")  # LIKE
    found = list(_viewings().where(matching).order_by(Viewing.id))
    with transaction():
        audit.append("trace:number-looked-up", actor=actor, at=now, kind="viewing",
                     details={"found": [viewing.number for viewing in found]})  # fmt: skip
    return [(viewing, deliveries.of_viewing(viewing.number)) for viewing in found]


def let_go() -> int:
    """Forget the pictures of traces that failed, as those that were compared are forgotten. Returns how many."""
    kept = Trace.picture.is_null(False) & Trace.id.in_(list(_failed()))
    return int(Trace.update(picture=None).where(kept).execute())


def _answer(trace: Trace) -> Answer | None:
    return Answer.from_json(trace.answer) if trace.answer else None


def _failed() -> set[int]:
    """Row ids of the traces whose comparing was given up."""
    given_up = Job.select(Job.record).where((Job.kind == KIND) & (Job.state == "failed"))
    return {int(record) for (record,) in given_up.tuples()}


def _suspects(answer: Answer) -> Iterator[Suspect]:
    numbers = {finding.viewing for finding in answer.findings}
    known = {viewing.number: viewing for viewing in _viewings().where(Viewing.number.in_(numbers))}
    for finding in answer.findings:
        sent = tuple(one for one in deliveries.of_viewing(finding.viewing) if one.page == finding.page)
        chance = evidence.chance(finding.z, answer.compared)
        yield Suspect(finding, known[finding.viewing], sent, chance)


def _viewings() -> ModelSelect:
    return Viewing.select(Viewing, Officer, Dossier).join(Officer).switch(Viewing).join(Dossier)


def _without_pictures() -> ModelSelect:
    columns = [field for name, field in Trace._meta.fields.items() if name != "picture"]
    return Trace.select(*columns)
