"""Dossiers with read pages and officers at a sitting, for any test: few words to say what a case needs.

People, units and materials come from tests/services/cast.py; here they get what the pipeline gives them. Every
page goes through the real services, job by job; only the reading itself is replaced by the lines that are given.
"""

from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from tests.moment import NOW
from tests.services.cast import actor_in, dossier_of, material_in
from webapp.domain.geometry import Box
from webapp.domain.role import Role
from webapp.domain.transcription import Line, Transcription, Word
from webapp.services import indexing, intake, jobs, pages
from webapp.services.actor import Actor
from webapp.storage.accounts import Officer, Session
from webapp.storage.archive import Dossier, Material, Subject
from webapp.storage.database import new_public_id
from webapp.storage.pages import Page, Upload

UNIT, ELSEWHERE = "市财政局/预算科", "市教育局/人事科"
ID_NUMBER = "110101199003074610"  # made up, with a right check digit
PAGE_WIDTH, PAGE_HEIGHT = 1000, 1400  # px of the tiny pages
_LINE_PX, _SIGN_PX = 40, 20

make_dossier, make_material = dossier_of, material_in


def make_officer(
    role: Role = Role.OFFICIAL,
    *,
    lookup: str = "",
    custody: str = "",
    approval: str = "",
    subject: Subject | None = None,
    recused_from: Subject | None = None,
) -> Actor:
    """An officer signed in and acting in `role`: lookup, custody and approval are paths of units."""
    scopes = {"lookup": lookup, "custody": custody, "approval": approval}
    actor = actor_in(role, **scopes, subject=subject, recused_from=recused_from)
    session = Session.create(
        officer=actor.person,
        token_hash=new_public_id(),
        stage="full",
        role=role.value,
        device="Chrome · 安卓",
        address="127.0.0.1",
        created_at=NOW,
        seen_at=NOW,
    )
    return Actor(actor.officer, role, session)


def able(role: Role, **more: Any) -> Actor:
    """The same, of one who may sign in: work goes to such officers alone."""
    return enabled(make_officer(role, **more))


def enabled(actor: Actor) -> Actor:
    """The same officer, who may sign in from now on."""
    enrolled = {"password_hash": "x", "totp_secret": b"x", "authorised_at": NOW}
    Officer.update(enrolled).where(Officer.id == actor.person.id).execute()
    return Actor(Officer.get_by_id(actor.person.id), actor.role, actor.session)


def keeper_of(dossier: Dossier) -> Actor:
    """An archivist who keeps this dossier."""
    return make_officer(Role.ARCHIVIST, custody="/".join(_names(dossier)))


def picture(words: str = "", *, size: tuple[int, int] = (PAGE_WIDTH, PAGE_HEIGHT)) -> bytes:
    """A small JPEG; other words, other bytes."""
    drawn = Image.new("L", size, 255)
    ImageDraw.Draw(drawn).text((60, 60), words.encode("unicode_escape").decode(), fill=0)
    stream = BytesIO()
    drawn.save(stream, "JPEG", quality=60)
    return stream.getvalue()


def transcription(*lines: str, score: float = 0.98) -> Transcription:
    """What a reader makes of a page with these lines; words are apart by spaces, as in print."""
    return Transcription(
        PAGE_WIDTH, PAGE_HEIGHT, "test", tuple(_line(n, t, score) for n, t in enumerate(lines))
    )


def send(
    material: Material, content: bytes | None = None, *, name: str = "扫描.jpg", now: datetime = NOW
) -> Upload:
    """A file taken in by the keeper of its dossier."""
    keeper = keeper_of(material.dossier)
    upload, _ = intake.receive(keeper, material.public_id, name, content or picture(new_public_id()), now=now)
    return upload


def make_page(material: Material, *lines: str, score: float = 0.98, now: datetime = NOW) -> Page:
    """A page that was sent, decoded and read as `lines`; not yet indexed. Other waiting jobs stay as they are."""
    upload = send(material, now=now)
    pages.decoded(claimed("decode", upload.id, now=now), upload, 1, now=now)
    page = upload.pages.get()
    written = transcription(*(lines or ("姓名：某某", "这一页没有什么特别的内容")), score=score)
    pages.read(claimed("read", page.id, now=now), page, picture("read"), picture("copy"), written, now=now)
    return Page.get_by_id(page.id)


def claimed(kind: str, record: int | str, *, now: datetime = NOW) -> jobs.Job:
    """The waiting job about this record, leased."""
    jobs.Job.update(priority=1000).where((jobs.Job.kind == kind) & (jobs.Job.record == str(record))).execute()
    job = jobs.claim([kind], now=now)
    if job is None or job.record != str(record):
        raise LookupError(f"no {kind} of {record} waits")
    return job


def index_all(*, now: datetime = NOW) -> int:
    """Write everything there is into the index, as the worker does; how many entries."""
    indexing.rebuild(now=now)
    taken = []
    while job := jobs.claim(["index"], now=now):
        taken.append(job)
    with indexing.open_index.index.writing() as batch:
        for job in taken:
            if (entry := indexing.entry_of(job.record)) is None:
                batch.remove(job.record)
            else:
                batch.put(entry)
    pages.indexed(taken, now=now)
    return len(taken)


def _names(dossier: Dossier) -> list[str]:
    unit, names = dossier.subject.unit, []
    while unit is not None:
        names.insert(0, unit.name)
        unit = unit.parent
    return names


def _line(number: int, text: str, score: float) -> Line:
    top = 80 + number * (_LINE_PX + 20)
    words, left = [], 60
    for word in text.split(" "):
        right = left + max(1, len(word)) * _SIGN_PX
        words.append(Word(word, Box(left, top, right, top + _LINE_PX), score))
        left = right + _SIGN_PX
    return Line(text, Box(60, top, words[-1].box.right, top + _LINE_PX), score, tuple(words))
