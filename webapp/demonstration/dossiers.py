"""Dossiers of the demonstration (演示档案): which papers a person has, in order, each drawn when asked for."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from webapp.demonstration.forms import (
    appointment,
    appraisal,
    education,
    health,
    letters,
    party,
    pay,
    registers,
    resume,
    verdicts,
)
from webapp.demonstration.forms.paper import Paper
from webapp.demonstration.organisation import ROSTER_COLUMNS, organisation, roster
from webapp.demonstration.people import AS_OF, Organisation, Person
from webapp.demonstration.sheet import DrawnPage, SecretKind, Sheet
from webapp.domain.catalogue import Entry, ordered
from webapp.domain.category import Category
from webapp.domain.partial_date import PartialDate

__all__ = [
    "ROSTER_COLUMNS", "DossierPlan", "DrawnMaterial", "dossier", "dossier_plan", "organisation", "roster",
]  # fmt: skip

MOST_PAGES = 24  # of a full dossier
FULL_DOSSIERS = 12


@dataclass(frozen=True, slots=True)
class DrawnMaterial:
    """One material of a dossier. Nothing is drawn before `page` is called, and the same page is always drawn alike.

    serial -- from 1 within its category
    """

    person: Person
    serial: int
    seed: str
    paper: Paper

    @property
    def category(self) -> str:
        """Leaf code."""
        return self.paper.category

    @property
    def title(self) -> str:
        """As the catalogue names it (材料名称)."""
        return self.paper.title

    @property
    def formed(self) -> PartialDate:
        """When it came about (形成时间), as far as it says."""
        return self.paper.formed

    @property
    def remark(self) -> str:
        """What the catalogue notes beside it (备注); often nothing."""
        return self.paper.remark

    @property
    def page_count(self) -> int:
        """Number of written sides."""
        return len(self.paper.painters)

    @property
    def key(self) -> str:
        """A name for this material that differs from all others of its seed."""
        return f"{self.seed}/{self.person.number}/{self.category}/{self.serial}"

    def page(self, number: int) -> DrawnPage:
        """Draw page `number`, from 1."""
        sheet = Sheet(
            random.Random(f"{self.key}/{number}"), hand=self.paper.hand, known=known_secrets(self.person)
        )
        self.paper.painters[number - 1](sheet)
        return sheet.page()

    def pages(self) -> Iterator[DrawnPage]:
        """All pages, drawn one after another."""
        return (self.page(number) for number in range(1, self.page_count + 1))


class DossierPlan(NamedTuple):
    """Who gets a full dossier, first the ones that show the most, and who a short one."""

    full: tuple[Person, ...]
    short: tuple[Person, ...]


def dossier_plan(city: Organisation) -> DossierPlan:
    """A third of the people, at most FULL_DOSSIERS, get full dossiers: the sanctioned party members first."""
    ordered = sorted(
        city.people, key=lambda person: (not (person.sanctions and person.joined_party), person.number)
    )
    count = min(FULL_DOSSIERS, max(1, len(ordered) // 3))
    return DossierPlan(tuple(ordered[:count]), tuple(ordered[count:]))


def dossier(person: Person, seed: int | str, *, short: bool = False) -> list[DrawnMaterial]:
    """The person's materials in catalogue order: 8 to 16 of them on at most 24 pages; when `short`, 2 to 4."""
    rng = random.Random(f"{seed}/dossier/{person.number}")
    papers = _short(person, rng) if short else _full(person, rng)
    serials: Counter[str] = Counter()
    materials = []
    for paper in _in_catalogue_order(papers):
        serials[paper.category] += 1
        materials.append(DrawnMaterial(person, serials[paper.category], str(seed), paper))
    return materials


def known_secrets(person: Person) -> list[tuple[SecretKind, str]]:
    """The person's values that are secret wherever they are written."""
    own: list[tuple[SecretKind, str]] = [
        ("id_number", person.id_number), ("phone", person.phone), ("address", person.address),
    ]  # fmt: skip
    return own + [("family", relative.name) for relative in person.relatives]


def _short(person: Person, rng: random.Random) -> list[Paper]:
    last = person.appraisals[-1]
    papers = [appraisal.annual_appraisal(person, last), education.diploma(person, person.first_degree)]
    if person.awards:
        papers.append(registers.award_form(person, person.awards[-1]))
    if rng.random() < 0.5:
        papers.append(letters.thought_report(person, date(last.year, 11, 20), rng))
    return papers


def _full(person: Person, rng: random.Random) -> list[Paper]:
    appointed = person.promoted_on()
    papers = [
        resume.resume_booklet(person, date(2023, 6, 20)),
        *(appraisal.annual_appraisal(person, year) for year in person.appraisals[-2:]),
        education.diploma(person, person.schooling[-1]),
        verdicts.review_form(person, appointed - timedelta(days=20), rng),
        pay.pay_register(person),
        appointment.appointment(person, appointed),
        appointment.inspection(person, appointed - timedelta(days=15)),
        health.medical_examination(person, date(AS_OF.year - 1, 4, rng.randint(8, 28))),
    ]
    papers += [verdicts.sanction_decision(person, sanction) for sanction in person.sanctions]
    if person.awards:
        papers.append(registers.award_form(person, person.awards[-1]))
    if person.joined_party:
        papers.append(party.admission_booklet(person, rng))
    pages = sum(len(paper.painters) for paper in papers)
    for paper in _optional(person, rng):
        if pages + len(paper.painters) <= MOST_PAGES and len(papers) < 16:
            papers.append(paper)
            pages += len(paper.painters)
    return papers


def _optional(person: Person, rng: random.Random) -> list[Paper]:
    """Papers that not everybody has, shuffled: as many as fit go in."""
    recent = AS_OF.year - rng.randint(2, 6)
    papers = [
        letters.thought_report(person, date(recent, 9, 12), rng),
        registers.title_form(person, date(recent, 12, 18), rng),
        registers.publications(person, date(recent, 3, 9), rng),
        registers.training_form(person, date(recent - 1, 7, 16), rng),
        registers.abroad_form(person, date(recent, 10, 15), rng),
        registers.delegate_form(person, date(recent, 5, 22), rng),
        education.graduate_register(person),
        letters.autobiography(person, date(person.started_work[0] + 2, 5, 8), rng),
        *(verdicts.sanction_lifted(person, sanction) for sanction in person.sanctions),
    ]
    if person.joined_party:
        papers.append(letters.party_request(person, person.joined_party - timedelta(days=400), rng))
    rng.shuffle(papers)
    return papers


def _in_catalogue_order(papers: list[Paper]) -> list[Paper]:
    """As the archive itself orders them; the inspection report goes with its appointment form."""
    appointed = next((i for i, paper in enumerate(papers) if paper.title == appointment.TITLE), None)
    entries = [
        Entry(
            i,
            Category(paper.category),
            paper.title,
            paper.formed,
            appointed if "考察" in paper.title else None,
        )
        for i, paper in enumerate(papers)
    ]
    return [papers[entry.key] for entry in ordered(entries)]
