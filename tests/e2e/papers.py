"""Which papers of the demonstration are sent before the tests, and what is truly written on them."""

import io
import random
from collections.abc import Iterable

from webapp.demonstration.arrival import scans
from webapp.demonstration.dossiers import DrawnMaterial, dossier, dossier_plan
from webapp.demonstration.founding import SEED
from webapp.demonstration.organisation import organisation
from webapp.demonstration.people import Person
from webapp.demonstration.wear import worn

PEOPLE = 6
_PLAN = dossier_plan(organisation(SEED, PEOPLE))
OWN, OTHER = _PLAN.full  # the person of the account "benren", and one more
DRAWN: dict[str, list[DrawnMaterial]] = {}
for _person, _categories in ((OWN, {"1", "2", "4-1", "8"}), (OTHER, {"9-2"})):
    DRAWN[_person.number] = [one for one in dossier(_person, SEED) if one.category in _categories]
SENT = [one for drawn in DRAWN.values() for one in drawn]


def material(person: Person, title: str) -> DrawnMaterial:
    """The one material of a person with this title."""
    return next(one for one in DRAWN[person.number] if one.title == title)


def truth(person: Person, title: str, number: int) -> str:
    """What is written on one page, without blanks and line ends."""
    return "".join(line.text for line in material(person, title).page(number).lines)


def canaries(person: Person) -> frozenset[str]:
    """Pieces of a person's secrets that no masked reader may meet: six digits or characters, or a relative's name.

    The date of birth is in the ID number and on the forms as well, so it is none; nor is a relative's name that
    begins the person's own.
    """
    number = person.id_number
    born = _pieces(number[6:14])
    secrets = (_pieces(number) - born) | _pieces(person.phone) | _pieces(person.address)
    return secrets | {one.name for one in person.relatives if one.name not in person.name}


def leaked(person: Person, text: str) -> set[str]:
    """The canaries of a person that a text holds, however it is broken into words and lines."""
    joined = "".join(text.split())
    return {piece for piece in canaries(person) if piece in joined}


def _pieces(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 6] for at in range(len(text) - 5))


def photo(drawn: DrawnMaterial) -> bytes:
    """The first page of a material as a phone takes it: on a desk, aslant, JPEG."""
    return worn(drawn.page(1), random.Random(drawn.key), "photo").jpeg()


def scanned_pdf(drawn: Iterable[DrawnMaterial]) -> bytes:
    """All pages of some materials as one PDF of images."""
    pages = [page for one in drawn for page in scans(one)]
    first, *others = (page.image for page in pages)
    held = io.BytesIO()
    first.save(held, "PDF", save_all=True, append_images=others, resolution=300, quality=75)
    return held.getvalue()


def unsent(person: Person, *categories: str) -> list[DrawnMaterial]:
    """Materials of a person that were not sent before the tests."""
    drawn = [one for one in dossier(person, SEED) if one.category in categories]
    return [one for one in drawn if one.title not in {sent.title for sent in DRAWN[person.number]}]
