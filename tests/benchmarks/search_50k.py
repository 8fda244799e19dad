"""`search_50k`: terms, two terms and phrases over 50,000 pages, for a reader who may see half of them.

Directly through webapp.search, and through the real web process with record, permission, masked snippets and log.
Rival: SQLite FTS5 on the same terms, unencrypted, without snippets.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import archives, typed_archive
from tests.benchmarks.browser import Browser
from tests.benchmarks.figures import Figures, in_ms, say
from tests.benchmarks.fts5 import LISTED, Fts5
from tests.benchmarks.processes import web
from tests.benchmarks.typed_archive import TypedPage
from webapp.domain.disclosure import Standing
from webapp.domain.role import Role
from webapp.search.analysis import is_han, runs
from webapp.search.entry import Kind, split
from webapp.search.reader import Rendition
from webapp.services import dossiers, officers, search, units
from webapp.services.actor import SYSTEM, Actor
from webapp.services.indexing import open_index
from webapp.services.officers import NewOfficer, Rights
from webapp.settings import Settings

BATCH = 50_000  # entries in one commit: as many as the index takes at once
READERS = 4  # sittings that take turns: one may ask 600 times a minute
Queries = dict[str, list[str]]


def measure(*, pages: int = 50_000, queries: int = 40) -> Figures:
    """`queries` of each kind, drawn from the pages themselves, so that frequent words are asked for most."""
    with archives.demonstration() as settings, TemporaryDirectory(prefix="lantai-bench-") as folder:
        say(f"search_50k: typing {pages} pages")
        made = typed_archive.fill(pages)
        say("search_50k: indexing")
        figures = _build(made)
        readers = [archives.sign_in(login) for login in _officials(READERS)]
        asked = _queries(made, queries)
        say("search_50k: searching directly")
        figures |= _directly(made, readers[0][0], asked)
        say("search_50k: FTS5")
        figures |= _rival(Path(folder) / "fts5.db", made, readers[0][0], asked)
        say("search_50k: through HTTP")
        return figures | _through_http(settings, [token for _, token in readers], asked)


def _build(made: list[TypedPage]) -> Figures:
    """Put everything into the index, as the worker would."""
    began, spent = time.monotonic(), time.process_time()
    entries = iter([*typed_archive.other_entries(made), *(page.entry for page in made)])
    while batch := list(islice(entries, BATCH)):
        with open_index.index.writing() as writing:
            for entry in batch:
                writing.put(entry)
    return {
        "index_build_s": round(time.monotonic() - began, 1),
        "index_build_cpu_s": round(time.process_time() - spent, 1),
    }


def _officials(count: int) -> list[str]:
    """Logins of new officials who look up in every other unit."""
    places = [branch.unit for branch in units.tree() if branch.unit.name.startswith(f"{archives.TOP}第")]
    rights = Rights(frozenset({Role.OFFICIAL}), lookup=tuple(places[::2]))
    made = [NewOfficer(f"searcher{number}", "顾怀瑾", rights) for number in range(count)]
    return [officers.create(one, actor=SYSTEM, now=archives.utc_now()).login for one in made]


def _queries(made: list[TypedPage], count: int) -> Queries:
    rng = random.Random("queries")

    def wording(shortest: int, longest: int) -> str:
        while True:
            run = rng.choice([run for run in runs(rng.choice(made).masked) if is_han(run)] or [""])
            length = rng.randint(shortest, longest)
            if len(run) >= length:
                start = rng.randint(0, len(run) - length)
                return run[start : start + length]

    return {
        "term": [wording(2, 2) for _ in range(count)],
        "and": [f"{wording(2, 2)} {wording(2, 2)}" for _ in range(count)],
        "phrase": [wording(4, 8) for _ in range(count)],
    }


def _directly(made: list[TypedPage], actor: Actor, asked: Queries) -> Figures:
    """Hits and totals; texts to prove a wording come from memory."""
    pages, sight, reader = {page.number: page for page in made}, search.sight_of(actor), open_index.reader

    def texts(wanted: Sequence[tuple[str, Rendition]]) -> Mapping[str, str]:
        entries = {ref: (pages[split(ref)[1]].entry, rendition) for ref, rendition in wanted}
        return {ref: one.clear if kind == "clear" else one.masked for ref, (one, kind) in entries.items()}

    def find(query: str) -> object:
        return reader.search(query, sight=sight, verify=texts, kinds=[Kind.PAGE], limit=LISTED)

    began = time.monotonic()
    find("干部")
    opened = time.monotonic() - began
    return {"open_s": round(opened, 2)} | _timed("", find, asked)


def _rival(file: Path, made: list[TypedPage], actor: Actor, asked: Queries) -> Figures:
    held = Fts5(file)
    standings = dossiers.standings(actor)
    allowed = [row for row, standing in standings.by_dossier.items() if standing is Standing.SCOPE]
    began = time.monotonic()
    held.fill(made, allowed)
    built = round(time.monotonic() - began, 1)
    figures = _timed("fts5_", held.search, asked)
    held.close()
    return {"fts5_index_build_s": built} | figures


def _timed(rival: str, find: Callable[[str], object], asked: Queries) -> Figures:
    figures: Figures = {}
    for kind, queries in asked.items():
        find(queries[0])
        seconds = []
        for query in queries:
            began = time.perf_counter()
            find(query)
            seconds.append(time.perf_counter() - began)
        figures |= in_ms(f"{rival}{kind}_", seconds)
    return figures


def _through_http(settings: Settings, tokens: Sequence[str], asked: Queries) -> Figures:
    """Each search is recorded under an address of its own, then its results are fetched. CPU is that of both."""
    figures: Figures = {}
    with web(settings) as process:
        browsers = [Browser(settings.public_origin, token) for token in tokens]
        for browser in browsers:
            _search(browser, "干部")
        every: list[float] = []
        records: list[float] = []
        spent = process.cpu_s
        for kind, queries in asked.items():
            answers = [
                _search(browser, query) for browser, query in zip(cycle(browsers), queries, strict=False)
            ]
            figures |= in_ms(f"http_{kind}_", [shown for _, shown in answers])
            every += [shown for _, shown in answers]
            records += [recorded for recorded, _ in answers]
        cpu_s = process.cpu_s - spent
        peak_mb = process.peak_mb
    figures |= in_ms("http_", every) | in_ms("http_record_", records)
    return figures | {"http_cpu_ms": round(cpu_s / len(every) * 1000, 1), "web_peak_mb": peak_mb}


def _search(browser: Browser, query: str) -> tuple[float, float]:
    """Seconds to record a search, as its form does, and to fetch its results."""
    recorded = browser.post("/search", {"q": query}, seen="/search")
    return recorded.seconds, browser.get(recorded.location).seconds
