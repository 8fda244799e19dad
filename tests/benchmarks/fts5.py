"""The rival of `search_50k`: SQLite FTS5 over the same terms, ranked by bm25, filtered by the same dossiers."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.typed_archive import TypedPage
from webapp.search.analysis import tokens

LISTED = 20
# The words first: in the order that SQLite itself would choose it takes ten times as long.
_FOUND = "FROM words CROSS JOIN page ON page.id = words.rowid CROSS JOIN allowed USING (dossier) WHERE words MATCH ?"
_COUNT = f"SELECT count(*) {_FOUND}"
_BEST = f"SELECT page.id {_FOUND} ORDER BY bm25(words) LIMIT {LISTED}"


class Fts5:
    """A plain, unencrypted table that holds no text, only terms and their positions."""

    def __init__(self, file: Path):
        self._database = sqlite3.connect(file)
        self._database.executescript(
            "CREATE VIRTUAL TABLE words USING fts5(terms, content='', tokenize='unicode61 remove_diacritics 0');"
            "CREATE TABLE page (id INTEGER PRIMARY KEY, dossier INTEGER);"
            "CREATE TABLE allowed (dossier INTEGER PRIMARY KEY);"
        )

    def fill(self, made: Iterable[TypedPage], allowed: Iterable[int]) -> None:
        """Take in the pages in their masked form, and the dossiers that the reader may find pages of."""
        with self._database:
            for page in made:
                row = (page.number, " ".join(tokens(page.entry.masked)))
                self._database.execute("INSERT INTO words (rowid, terms) VALUES (?, ?)", row)
                self._database.execute(
                    "INSERT INTO page VALUES (?, ?)", (page.number, page.material.dossier_id)
                )
            self._database.executemany("INSERT INTO allowed VALUES (?)", [(row,) for row in allowed])

    def search(self, asked: str) -> tuple[int, list[int]]:
        """How many pages there are, and the best of them."""
        wanted = (_match(asked),)
        ((total,),) = self._database.execute(_COUNT, wanted)
        return total, [row for (row,) in self._database.execute(_BEST, wanted)]

    def close(self) -> None:
        """End the connection."""
        self._database.close()


def _match(asked: str) -> str:
    """Each word as a phrase of its pairs of characters."""
    phrases = []
    for word in asked.split():
        pairs = tokens(word)
        phrases.append('"' + " ".join(pairs[:-1] if len(pairs) > 1 else pairs) + '"')
    return " AND ".join(phrases)
