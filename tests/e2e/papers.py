"""Which papers of the demonstration are sent before the tests, and what is truly written on them."""

from webapp.demonstration.dossiers import DrawnMaterial, dossier, dossier_plan
from webapp.demonstration.founding import SEED
from webapp.demonstration.organisation import organisation
from webapp.demonstration.people import Person

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
