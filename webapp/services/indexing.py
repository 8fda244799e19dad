"""What of the archive stands in the index (索引): entries built from the database, so the index can be made anew.

The database and the vault are the truth; the index is a disposable copy written by the worker alone.
"""

import shutil
from datetime import datetime
from pathlib import Path
from threading import Lock

from webapp.domain.category import CODES
from webapp.domain.disclosure import MaskState, Sensitivity
from webapp.search.entry import Entry, Kind, join, split
from webapp.search.index import Index
from webapp.search.reader import Reader
from webapp.services import audit, pieces
from webapp.services.actor import SYSTEM
from webapp.storage.archive import Dossier, Material
from webapp.storage.database import transaction
from webapp.storage.jobs import Job
from webapp.storage.pages import Page, PageText
from webapp.vault.keyring import Purpose
from webapp.vault.vault import vault

NUMBER_OF = {code: number for number, code in enumerate(CODES, start=1)}
GUARDED = 0  # stands for the category of everything restricted: no reader finds that without a grant
_BULK = -10  # rebuilding gives way to whatever comes in


class OpenIndex:
    """The index of this process: opened when first asked for, and again after it was rebuilt."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._index: Index | None = None
        self._reader: Reader | None = None
        self._lock = Lock()

    def at(self, folder: Path) -> None:
        """Point at a folder; opens nothing."""
        with self._lock:
            self._folder, self._index, self._reader = folder, None, None

    @property
    def index(self) -> Index:
        """The index. Raises IndexDamaged."""
        with self._lock:
            if self._index is None:
                if self._folder is None:
                    raise RuntimeError("no index folder: open_instance() comes first")
                self._index = Index(self._folder, vault.ring.key(Purpose.INDEX))
            return self._index

    @property
    def reader(self) -> Reader:
        """The reader that all threads of this process share. Raises IndexDamaged."""
        index = self.index
        with self._lock:
            if self._reader is None:
                self._reader = Reader(index)
            return self._reader

    def set_aside(self) -> None:
        """Move a damaged index out of the way, so that the next opening makes an empty one."""
        with self._lock:
            if self._folder is not None and self._folder.exists():
                aside = self._folder.with_name(self._folder.name + ".damaged")
                shutil.rmtree(aside, ignore_errors=True)
                self._folder.rename(aside)
            self._index = self._reader = None


open_index = OpenIndex()


def entry_of(ref: str) -> Entry | None:
    """The entry a reference should have now; None when there is nothing to be found under it any more."""
    kind, number = split(ref)
    if kind is Kind.DOSSIER:
        dossier = Dossier.get_or_none(Dossier.id == number)
        return _of_dossier(dossier) if dossier else None
    if kind is Kind.MATERIAL:
        material = Material.get_or_none(Material.id == number)
        return _of_material(material) if material else None
    page = Page.get_or_none(Page.id == number)
    return _of_page(page) if page else None


def rebuild(*, now: datetime) -> int:
    """Queue everything for the index. Returns how many entries; those queued already count too."""
    refs = [join(Kind.DOSSIER, d.id) for d in Dossier.select(Dossier.id)]
    refs += [join(Kind.MATERIAL, m.id) for m in Material.select(Material.id)]
    refs += [join(Kind.PAGE, p.page_id) for p in PageText.select(PageText.page)]
    with transaction():
        waiting = {
            j.record for j in Job.select(Job.record).where((Job.kind == "index") & (Job.state == "waiting"))
        }
        for ref in refs:
            if ref not in waiting:
                Job.insert(kind="index", record=ref, priority=_BULK, created_at=now).execute()
        audit.append("index:rebuilt", actor=SYSTEM, at=now, kind="index", details={"entries": len(refs)})
    return len(refs)


def outdated_pages() -> set[int]:
    """Row ids of the pages whose entry is older than the page: their index job waits, runs or failed.

    Not those of a rebuilding, which changes nothing: what changes meanwhile is asked for more urgently.
    """
    unfinished = (Job.kind == "index") & Job.state.in_(["waiting", "running", "failed"])
    unfinished &= Job.priority > _BULK
    pages = Job.select(Job.record).where(unfinished & Job.record.startswith("page:"))
    return {split(record)[1] for (record,) in pages.tuples()}


def context_of(material: Material) -> str:
    """Who and what a page belongs to: found together with its text, so that a name and a phrase can be combined."""
    subject = material.dossier.subject
    return context_words(subject.name, subject.unit.name, material.title)


def context_words(name: str, unit: str, title: str) -> str:
    """The same from the names themselves."""
    return f"{name} {unit} {title}"


def words_of_dossier(dossier: Dossier) -> str:
    """What a person is found by."""
    subject = dossier.subject
    return f"{subject.name}\n{subject.unit.name}\n{subject.post}\n{dossier.number}"


def category_of(material: Material) -> int:
    """The category number of an entry: GUARDED for whatever is restricted."""
    if material.sensitivity == Sensitivity.RESTRICTED.value:
        return GUARDED
    return NUMBER_OF[material.category]


def _of_dossier(dossier: Dossier) -> Entry:
    words = words_of_dossier(dossier)
    return Entry(join(Kind.DOSSIER, dossier.id), dossier=dossier.id, clear=words, masked=words)


def _of_material(material: Material) -> Entry:
    words = material.title  # without the name: a name finds the person, and each page that is theirs
    return Entry(
        join(Kind.MATERIAL, material.id),
        dossier=material.dossier_id,
        material=material.id,
        category=category_of(material),
        clear=words,
        masked=words,
    )


def _of_page(page: Page) -> Entry | None:
    """A page whose mask nobody vouches for is not found by its text either: its text might hold what was missed.

    Whether a machine's word is enough is up to the policy, so it is said here and decided at each search.
    """
    held = PageText.get_or_none(PageText.page == page)
    if held is None:
        return None
    material, state = page.material, MaskState(page.mask_state)
    dossier, context = material.dossier, context_of(material)
    clear = pieces.unseal_field(dossier, f"clear:{page.public_id}", held.clear)
    masked = pieces.unseal_field(dossier, f"masked:{page.public_id}", held.masked)
    return Entry(
        join(Kind.PAGE, page.id),
        dossier=dossier.id,
        material=material.id,
        category=category_of(material),
        clear=f"{context}\n{clear}",
        masked=f"{context}\n{masked}" if state in (MaskState.VERIFIED, MaskState.AUTO) else "",
        by_machine=state is MaskState.AUTO,
    )
