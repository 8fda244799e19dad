"""The whole made-up city (虚构单位): its units, its people, and who of them are man and wife."""

import random
from dataclasses import replace
from datetime import date

from webapp.demonstration.lives import draw_person
from webapp.demonstration.people import Award, Organisation, Person, Relative
from webapp.demonstration.places import CITY, UNITS
from webapp.demonstration.wording import KNOWN_DEED

ROSTER_COLUMNS = (
    "档案号", "姓名", "性别", "民族", "出生日期", "身份证号", "籍贯", "政治面貌", "参加工作时间",
    "学历", "单位", "职务", "联系电话",
)  # fmt: skip


def organisation(seed: int | str, people: int = 36) -> Organisation:
    """The city of one seed with `people` officials (at least one a unit); the same seed gives the same city."""
    drawn = [
        draw_person(random.Random(f"{seed}/person/{n}"), n + 1, UNITS[n % len(UNITS)], head=n < len(UNITS))
        for n in range(people)
    ]
    _distinguish(drawn, random.Random(f"{seed}/names"))
    _marry(drawn)
    _misdate(drawn)
    _honour(drawn)
    return Organisation(CITY, UNITS, tuple(drawn))


def roster(city: Organisation) -> list[tuple[str, ...]]:
    """The roster (花名册) as plain rows: ROSTER_COLUMNS first, then a row a person."""
    return [ROSTER_COLUMNS, *(_roster_row(person) for person in city.people)]


def _roster_row(person: Person) -> tuple[str, ...]:
    return (
        person.dossier_number, person.name, person.sex, person.nation, f"{person.born:%Y-%m-%d}",
        person.id_number, person.native_place, person.politics, "{}.{:02}".format(*person.started_work),
        person.schooling[-1].level, person.unit.name, person.post_title, person.phone,
    )  # fmt: skip


def _distinguish(people: list[Person], rng: random.Random) -> None:
    """Give a later namesake another last character, so that a name finds one person."""
    seen: set[str] = set()
    for i, person in enumerate(people):
        name = person.name
        while name in seen:
            name = name[:-1] + rng.choice("澈霁峥澜宁")
        seen.add(name)
        people[i] = replace(person, name=name)


def _marry(people: list[Person]) -> None:
    """Make the first man and woman of like age in different units a couple, so that recusal has a case."""
    for i, husband in enumerate(people):
        for j, wife in enumerate(people):
            apart = husband.unit != wife.unit and abs(husband.born.year - wife.born.year) <= 4
            settled = husband.relatives[0].kinship == "妻子" and wife.relatives[0].kinship == "丈夫"
            if husband.sex == "男" and wife.sex == "女" and apart and settled:
                child = husband.relatives[1]
                people[i] = replace(husband, relatives=(_spouse("妻子", wife), *husband.relatives[1:]))
                shared = (_spouse("丈夫", husband), child, *wife.relatives[2:])
                people[j] = replace(wife, relatives=shared, address=husband.address)
                return


def _spouse(kinship: str, person: Person) -> Relative:
    return Relative(kinship, person.name, (person.born.year, person.born.month), person.politics, person.post)


def _misdate(people: list[Person]) -> None:
    """Let the oldest papers of every eleventh person give a birth month two months earlier."""
    for i in range(5, len(people), 11):
        born = people[i].born
        earlier = (born.year, born.month - 2) if born.month > 2 else (born.year - 1, born.month + 10)
        people[i] = replace(people[i], first_written_birth=earlier)


def _honour(people: list[Person]) -> None:
    """Give the first water official the one deed that guides and tests may search for (KNOWN_DEED)."""
    for i, person in enumerate(people):
        if person.unit.code == "04":
            award = Award(date(2020, 7, 19), "防汛抗旱先进个人", "中共云梧市委、云梧市人民政府", KNOWN_DEED)
            people[i] = replace(person, awards=(*person.awards[:-1], award))
            return
