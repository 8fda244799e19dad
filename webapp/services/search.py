"""Finding (查档): one box over people, material titles and page text, as far as this reader may find.

What may be found is decided before anything is matched or counted; snippets show what is open without a grant.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from threading import Lock

from webapp.domain import disclosure
from webapp.domain.category import CODES
from webapp.domain.disclosure import MaskState, Policy, Rendition, Sensitivity, Sought, Standing
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.grant import Grant
from webapp.domain.role import Role
from webapp.search.entry import Kind, split
from webapp.search.reader import Found, Hit
from webapp.search.sight import Level, Sight
from webapp.search.snippet import snippet
from webapp.services import audit, dossiers, grants, policy
from webapp.services.actor import Actor
from webapp.services.indexed_texts import opened, pages_shown, texts_of
from webapp.services.indexing import GUARDED, NUMBER_OF, open_index, outdated_pages
from webapp.services.rights import Rights
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import transaction
from webapp.storage.pages import Page, PageText
from webapp.storage.reading import RecordedSearch

PEOPLE_SHOWN, PAGES_SHOWN = 10, 20
LONGEST_QUERY = 512  # characters, as the index takes
KEPT_SEARCHES = 50  # of one officer; older ones are forgotten
_STANDINGS = {standing: number for number, standing in enumerate(Standing)}
Fragments = list[tuple[str, bool]]
_Opened = Mapping[int, Mapping[Kind, Level]]
_Table = tuple[tuple[tuple[Kind, int, int], Level], ...]


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A person found by name, unit, post or archive number."""

    dossier: Dossier
    name: Fragments  # hits marked
    shown: Fragments  # unit, post and archive number, hits marked


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page or a material found. `page` is None when only the material's title was found.

    is_timed -- opened by a grant, whose reading time counts in the viewer: here no text but what is open without it
    """

    dossier: Dossier
    material: Material
    page: Page | None
    shown: Fragments
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """What a recorded search finds now. Totals count everything found, not only what is listed."""

    query: str
    people: tuple[PersonHit, ...]
    people_total: int
    pages: tuple[PageHit, ...]
    pages_total: int
    is_exact: bool

    @property
    def is_empty(self) -> bool:
        """Nothing was found that this reader may find."""
        return not self.people_total and not self.pages_total


def record(actor: Actor, query: str, *, now: datetime) -> RecordedSearch:
    """Keep a query under an id of its own, so that its results have an address without search words."""
    words = query.strip()
    if not words:
        raise Invalid("请输入要查找的姓名、单位或材料里的文字")
    if len(words) > LONGEST_QUERY:
        raise Invalid("查找内容太长，请只输入几个关键词")
    with transaction():
        made = RecordedSearch.create(officer=actor.person, query=words, at=now)
        newest = RecordedSearch.select(RecordedSearch.id).where(RecordedSearch.officer == actor.person)
        kept = newest.order_by(RecordedSearch.id.desc()).limit(KEPT_SEARCHES)
        stale = (RecordedSearch.officer == actor.person) & RecordedSearch.id.not_in(kept)
        RecordedSearch.delete().where(stale).execute()
    return made


def recent(actor: Actor, *, limit: int = 5) -> list[RecordedSearch]:
    """The actor's newest searches, each wording once."""
    newest = RecordedSearch.select().where(RecordedSearch.officer == actor.person)
    seen: dict[str, RecordedSearch] = {}
    for made in newest.order_by(RecordedSearch.id.desc()).limit(KEPT_SEARCHES):
        seen.setdefault(made.query, made)
    return list(seen.values())[:limit]


def forget(actor: Actor) -> None:
    """Delete the actor's own search history."""
    RecordedSearch.delete().where(RecordedSearch.officer == actor.person).execute()


def results(actor: Actor, search_id: str, *, now: datetime, pages: int = PAGES_SHOWN) -> Results:
    """Run one of the actor's own recorded searches. Raises NotFound for another's, IndexDamaged, Invalid."""
    made = RecordedSearch.get_or_none(
        (RecordedSearch.public_id == search_id) & (RecordedSearch.officer == actor.person)
    )
    if made is None:
        raise NotFound("这次查找的记录已经不在，请重新查找")
    standings, decided = dossiers.standings(actor), policy.current().policy
    held = grants.in_force(actor, at=now)
    reader, outdated = open_index.reader, outdated_pages()

    def rights_to(dossier: Dossier) -> Rights:
        return dossiers.rights_of(actor, standings.of(dossier.id), decided, held.get(dossier.id, ()))

    sight = _sight(actor, standings, decided, _opened_by_grant(rights_to, held))

    find = partial(reader.search, made.query, sight=sight, verify=texts_of, outdated=outdated)
    people = find(kinds=[Kind.DOSSIER], limit=PEOPLE_SHOWN)
    found = find(kinds=[Kind.MATERIAL, Kind.PAGE], limit=pages)
    answer = Results(
        query=made.query,
        people=tuple(_people(people, made.query)),
        people_total=people.total,
        pages=tuple(_pages(rights_to, found.hits, made.query)),
        pages_total=found.total,
        is_exact=people.is_exact and found.is_exact,
    )
    with transaction():
        audit.append("search:made", actor=actor, at=now, kind="search", record=made.public_id,
                     details={"people": people.total, "pages": found.total})  # fmt: skip
    return answer


def sight_of(actor: Actor) -> Sight:
    """What the actor may find without a grant: the one decision, asked for every standing and category."""
    return _sight(actor, dossiers.standings(actor), policy.current().policy, {})


def _sight(actor: Actor, standings: dossiers.Standings, decided: Policy, opened_by_grant: _Opened) -> Sight:
    if actor.role is None:
        raise RuntimeError("searching needs a role")
    numbers = {dossier: _STANDINGS[standing] for dossier, standing in standings.by_dossier.items()}
    table, default = _table(actor.role, decided), _STANDINGS[standings.default]
    trusts = decided.auto_masks
    if opened_by_grant:  # ends any moment: not worth keeping
        return Sight(dict(table), numbers, default, opened_by_grant, trusts_machines=trusts)
    return _kept_sight(table, numbers, default, trusts)


def _opened_by_grant(
    rights_to: Callable[[Dossier], Rights], held: Mapping[int, tuple[Grant, ...]]
) -> _Opened:
    """Row ids of the materials that grants open, with what may be found of them: as they are now, one by one."""
    if not held:
        return {}
    found = {}
    for material in Material.select(Material, Dossier).join(Dossier).where(Dossier.id.in_(list(held))):
        decision = rights_to(material.dossier).decide(material)
        if decision.rule == "grant":
            found[material.id] = {Kind.MATERIAL: Level.CLEAR, Kind.PAGE: _page_level(decision)}
    return found


@lru_cache(maxsize=64)
def _table(role: Role, decided: Policy) -> _Table:
    """Levels by kind, standing and category. Pages count as verified: what nobody vouches for is not in the index."""
    rows: dict[tuple[Kind, int, int], Level] = {}
    for standing, number in _STANDINGS.items():
        reader = disclosure.Reader(role, standing)
        person = disclosure.decide(reader, Sought(), decided)
        rows[Kind.DOSSIER, number, 0] = Level.CLEAR if person.shows_roster else Level.NOTHING
        for category in (*CODES, None):
            place = NUMBER_OF[category] if category else GUARDED
            sensitivity = Sensitivity.ORDINARY if category else Sensitivity.RESTRICTED
            sought = Sought(category or "10", sensitivity, MaskState.VERIFIED)
            decision = disclosure.decide(reader, sought, decided)
            rows[Kind.MATERIAL, number, place] = Level.CLEAR if decision.shows_catalogue else Level.NOTHING
            rows[Kind.PAGE, number, place] = _page_level(decision)
    return tuple(rows.items())


def _page_level(decision: disclosure.Decision) -> Level:
    if not decision.shows_pages:
        return Level.NOTHING
    return Level.CLEAR if decision.rendition is Rendition.CLEAR else Level.MASKED


class _SightCache:
    """The last few sights: making one for 8,000 dossiers costs some milliseconds, comparing two costs none.

    A sight is what a reader may find, so what is kept is compared with what is asked for, never only its hash.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[int, bool, int], tuple[_Table, dict[int, int], Sight]] = {}
        self._lock = Lock()

    def get(self, table: _Table, numbers: dict[int, int], default: int, trusts_machines: bool) -> Sight:
        key = (default, trusts_machines, hash((id(table), frozenset(numbers.items()))))
        with self._lock:
            held = self._held.get(key)
        if held is not None and held[0] is table and held[1] == numbers:
            return held[2]
        sight = Sight(dict(table), numbers, default, trusts_machines=trusts_machines)
        with self._lock:
            if len(self._held) >= 64:
                self._held.clear()
            self._held[key] = (table, numbers, sight)
        return sight


_kept_sight = _SightCache().get


def _people(found: Found, query: str) -> list[PersonHit]:
    numbers = [hit.dossier for hit in found.hits]
    rows = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit).where(Dossier.id.in_(numbers))
    by_id = {dossier.id: dossier for dossier in rows} if numbers else {}
    return [_person(by_id[number], query) for number in numbers if number in by_id]


def _person(dossier: Dossier, query: str) -> PersonHit:
    subject = dossier.subject
    rest = f"{subject.unit.name} {subject.post} {dossier.number}"
    return PersonHit(dossier, snippet(subject.name, query), snippet(rest, query, width=40))


def _pages(rights_to: Callable[[Dossier], Rights], hits: Sequence[Hit], query: str) -> Iterator[PageHit]:
    """Hits as they are shown. Each is decided once more from the database, which is ahead of the index."""
    texts = pages_shown([split(hit.ref)[1] for hit in hits if hit.kind is Kind.PAGE])
    materials = _materials([hit.material for hit in hits if hit.kind is Kind.MATERIAL])
    for hit in hits:
        held = texts.get(split(hit.ref)[1]) if hit.kind is Kind.PAGE else None
        material = held.page.material if held else materials.get(hit.material)
        if material is None:
            continue  # removed since it was indexed
        rights = rights_to(material.dossier)
        if held is None and hit.kind is Kind.MATERIAL and rights.decide(material).shows_catalogue:
            yield PageHit(material.dossier, material, None, snippet(material.title, query, width=40))
        elif held is not None and (decision := rights.decide(material, held.page)).shows_pages:
            shown = _text_shown(replace(rights, grants=()), held, query)
            yield PageHit(material.dossier, material, held.page, shown, decision.rule == "grant")


def _text_shown(standing: Rights, held: PageText, query: str) -> Fragments:
    """What results show of a page's text: by the standing right alone, for searching takes no reading time."""
    decision = standing.decide(held.page.material, held.page)
    if not decision.shows_pages:
        return []
    text = opened(held, "clear" if decision.rendition is Rendition.CLEAR else "masked")
    return snippet(text.replace("\n", " "), query)


def _materials(numbers: Sequence[int]) -> dict[int, Material]:
    rows = Material.select(Material, Dossier, Subject, Unit).join(Dossier).join(Subject).join(Unit)
    return {one.id: one for one in rows.where(Material.id.in_(list(numbers)))} if numbers else {}
