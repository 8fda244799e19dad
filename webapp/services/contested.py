"""What a dossier's subject contests just now (本人有异议): shown beside it to everyone who may see it."""

from dataclasses import dataclass

from webapp.domain.correction import FIELDS, State
from webapp.storage.archive import Dossier
from webapp.storage.corrections import Correction

MARK = "本人有异议"


@dataclass(frozen=True, slots=True)
class Contested:
    """Row ids of materials and pages that an open correction is about, and the names of fields.

    A contested page makes its material contested too.
    """

    materials: frozenset[int] = frozenset()
    pages: frozenset[int] = frozenset()
    fields: tuple[str, ...] = ()


def of(dossier: Dossier) -> Contested:
    """What is contested of one dossier. One query."""
    columns = (Correction.material, Correction.page, Correction.field)
    open_ones = (Correction.dossier == dossier) & (Correction.state == State.OPEN.value)
    rows = list(Correction.select(*columns).where(open_ones).tuples())
    named = {field for _, _, field in rows}
    return Contested(
        materials=frozenset(material for material, _, _ in rows if material),
        pages=frozenset(page for _, page, _ in rows if page),
        fields=tuple(words for field, words in FIELDS.items() if field in named),
    )
