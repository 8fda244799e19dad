"""What Whoosh keeps of an entry (索引结构): two unstored texts, and columns of plain numbers.

Where both renditions hold the same terms, as on most pages, only `clear` is indexed and `differs` is 0.
Nothing is stored: texts come from the database, and the ref is rebuilt from kind and number.
"""

from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, Schema

from webapp.search.analysis import BigramText, tokens
from webapp.search.entry import Entry, split

CLEAR = "clear"
MASKED = "masked"
BY_MACHINE = 128  # added to the category of an entry whose masks are a machine's alone

# struct codes: B is one unsigned byte, I four
COLUMNS = {
    "kind": "B",
    "number": "I",
    "dossier": "I",
    "material": "I",
    "category": "B",
    "differs": "B",
    "clear_length": "I",  # terms; Whoosh itself keeps a rounded length
    "masked_length": "I",
}

SCHEMA = Schema(
    clear=BigramText(),
    masked=BigramText(),
    **{name: COLUMN(NumericColumn(code)) for name, code in COLUMNS.items()},
)


def codec() -> W3Codec:
    """Blocks of 2048 postings, for they are decoded whole; without the bounds by which Whoosh would skip some."""
    codec = W3Codec(blocklimit=2048)
    codec.length_stats = False
    return codec


def fields(entry: Entry) -> dict[str, Any]:
    """An entry as the arguments of Whoosh's add_document."""
    kind, number = split(entry.ref)
    clear, masked = tokens(entry.clear), tokens(entry.masked)
    differs = clear != masked
    return {
        CLEAR: clear,
        MASKED: masked if differs else None,
        "kind": int(kind),
        "number": number,
        "dossier": entry.dossier,
        "material": entry.material,
        "category": entry.category + BY_MACHINE * entry.by_machine,
        "differs": int(differs),
        "clear_length": len(clear),
        "masked_length": len(masked) if differs else 0,
    }
