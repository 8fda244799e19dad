"""Archives for benchmarks: a demonstration in a temporary folder, pages that were really read, officers signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ocr_worker.lanes import DecodeLane, IndexLane, KeptFrames, ReadLane
from tests.benchmarks.processes import free_port
from webapp.demonstration import founding
from webapp.demonstration.dossiers import dossier, dossier_plan
from webapp.demonstration.organisation import organisation
from webapp.domain.disclosure import MaskState
from webapp.domain.role import Role
from webapp.services import masks, officers, sessions, units, viewings
from webapp.services.actor import SYSTEM, Actor
from webapp.services.officers import NewOfficer, Rights
from webapp.services.visitor import Visitor
from webapp.settings import Settings
from webapp.storage.accounts import Officer
from webapp.storage.archive import Material
from webapp.storage.database import database, transaction
from webapp.storage.pages import Page

PEOPLE = 6
TOP = "云梧市"  # how the names of the demonstration's units begin
PURPOSE = "2"  # 任免、考察 and the like


def utc_now() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def demonstration() -> Iterator[Settings]:
    """A founded demonstration without pages, and a connection to it."""
    with TemporaryDirectory(prefix="lantai-bench-") as folder:
        settings = Settings(
            instance=Path(folder) / "instance",
            keyring=Path(folder) / "keys" / "keyring.json",
            public_origin=f"http://localhost:{free_port()}",
        )
        founding.found(settings, now=utc_now(), people_count=PEOPLE)
        with database.connection_context():
            yield settings


def sign_in(login: str) -> tuple[Actor, str]:
    """A complete sitting of an officer, and the token of its cookie."""
    officer = Officer.get(Officer.login == login)
    with transaction():
        done = sessions.open_full(
            officer, method="passkey", visitor=Visitor("127.0.0.1", "Chrome · 安卓"), now=utc_now()
        )
    return Actor(officer, Role(done.session.role), done.session), done.token


def officials(count: int) -> list[str]:
    """Logins of so many new officials who look up in every unit."""
    tops = tuple(branch.unit for branch in units.tree() if branch.depth == 0)
    rights = Rights(frozenset({Role.OFFICIAL}), lookup=tops)
    made = [NewOfficer(f"reader{number}", "苏砚秋", rights, unit=tops[0]) for number in range(count)]
    return [officers.create(one, actor=SYSTEM, now=utc_now()).login for one in made]


def read_dossier(most_pages: int) -> list[Material]:
    """Send materials of one person through intake, decoder, reader and index, here and now.

    Every page is released by its keeper, so that officials may see it masked. At least one material; then as many
    as `most_pages` leave room for.
    """
    person = dossier_plan(organisation(founding.SEED, PEOPLE)).full[0]
    room, chosen = most_pages, []
    for one in dossier(person, founding.SEED):
        if one.category in ("1", "3", "4-1", "6", "9-2") and (one.page_count <= room or not chosen):
            room, chosen = room - one.page_count, [*chosen, one]
    founding.send(chosen, clock=utc_now)
    _work_off()
    keeper, _ = sign_in(founding.ARCHIVIST)
    for page in Page.select().where(Page.mask_state != MaskState.VERIFIED):
        drawn = [masks.Drawn(found.kind, found.box) for found in masks.findings_of(page)]
        masks.verify(keeper, page.public_id, drawn, revision=page.mask_revision, now=utc_now())
    _index()
    return list(Material.select().order_by(Material.id))


def open_for_reading(actor: Actor, material: Material) -> None:
    """State the purpose, as the viewer asks for once a sitting."""
    viewings.begin(actor, material.public_id, PURPOSE, now=utc_now())


def _work_off() -> None:
    """Do what the worker does, until nothing waits."""
    kept = KeptFrames()
    decode, read = DecodeLane(kept, utc_now), ReadLane(kept, utc_now, engine="openvino")
    try:
        while decode.step() or read.step():
            pass
    finally:
        read.close()


def _index() -> None:
    while IndexLane(utc_now).step():
        pass
