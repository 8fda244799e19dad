"""The texts that entries of the index were made of (索引原文): many at once, for proofs of wording and for snippets."""

from collections.abc import Mapping, Sequence

from peewee import BlobField

from webapp.search.entry import Kind, split
from webapp.search.reader import Rendition
from webapp.services import pieces
from webapp.services.indexing import context_words, words_of_dossier
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.pages import Page, PageText

# What results show and decisions ask of a page. Whole rows of six tables take three times as long to read.
_SHOWN = (
    PageText.page, PageText.clear, PageText.masked,
    Page.id, Page.public_id, Page.number, Page.mask_state, Page.material,
    Material.id, Material.public_id, Material.title, Material.category, Material.sensitivity, Material.dossier,
    Dossier.id, Dossier.public_id, Dossier.data_key, Dossier.root_id, Dossier.subject,
    Subject.id, Subject.name, Subject.unit, Unit.id, Unit.name,
)  # fmt: skip


def texts_of(wanted: Sequence[tuple[str, Rendition]]) -> Mapping[str, str]:
    """By ref, the text that its entry was indexed by in a rendition. Refs whose text is gone are left out."""
    numbers: dict[tuple[Kind, Rendition], list[int]] = {}
    for ref, rendition in wanted:
        kind, number = split(ref)
        numbers.setdefault((kind, rendition), []).append(number)
    found: dict[str, str] = {}
    for (kind, rendition), rows in numbers.items():
        if kind is Kind.PAGE:
            found |= _of_pages(rows, rendition)
        elif kind is Kind.MATERIAL:
            titles = Material.select(Material.id, Material.title).where(Material.id.in_(rows)).tuples()
            found |= {f"material:{row}": title for row, title in titles}
        else:
            people = Dossier.select(Dossier, Subject, Unit).join(Subject).join(Unit)
            found |= {
                f"dossier:{one.id}": words_of_dossier(one) for one in people.where(Dossier.id.in_(rows))
            }
    return found


def pages_shown(numbers: Sequence[int]) -> dict[int, PageText]:
    """By page row id, both sealed texts with the page and all that it lies in, as far as results are made of it."""
    query = PageText.select(*_SHOWN).join(Page).join(Material).join(Dossier).join(Subject).join(Unit)
    return {held.page.id: held for held in query.where(PageText.page.in_(list(numbers)))} if numbers else {}


def opened(held: PageText, rendition: Rendition) -> str:
    """A page's text in one rendition, a line a row."""
    page: Page = held.page
    sealed = held.clear if rendition == "clear" else held.masked
    return pieces.unseal_field(page.material.dossier, f"{rendition}:{page.public_id}", sealed)


def _of_pages(rows: Sequence[int], rendition: Rendition) -> dict[str, str]:
    query = (
        PageText.select(
            Page.id, Page.public_id, _sealed(rendition),
            Dossier.public_id, Dossier.data_key, Dossier.root_id, Subject.name, Unit.name, Material.title,
        )
        .join(Page).join(Material).join(Dossier).join(Subject).join(Unit)
        .where(PageText.page.in_(list(rows)))
    )  # fmt: skip
    found = {}
    for row, page, sealed, dossier, data_key, root_id, *context in query.tuples():
        kept = Dossier(public_id=dossier, data_key=data_key, root_id=root_id)
        text = pieces.unseal_field(kept, f"{rendition}:{page}", sealed)
        found[f"page:{row}"] = f"{context_words(*context)}\n{text}"
    return found


def _sealed(rendition: Rendition) -> BlobField:
    return PageText.clear if rendition == "clear" else PageText.masked
