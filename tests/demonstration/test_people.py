import re

import pytest

from webapp.demonstration.names import UNASSIGNED_AREA, UNASSIGNED_PHONE
from webapp.demonstration.organisation import ROSTER_COLUMNS, organisation, roster
from webapp.demonstration.people import AS_OF
from webapp.demonstration.wording import KNOWN_DEED
from webapp.domain.identifiers import id_number_parts, id_number_valid

REAL_LEADERS = (
    "习近平", "李强", "赵乐际", "王沪宁", "蔡奇", "丁薛祥", "李希", "韩正", "胡锦涛", "江泽民", "温家宝", "李克强",
    "毛泽东", "周恩来", "邓小平", "朱镕基", "栗战书", "汪洋", "王岐山", "李鹏",
)  # fmt: skip
CITY = organisation(7)
SEVERAL = [person for seed in range(5) for person in organisation(seed).people]


def test_the_same_seed_gives_the_same_people():
    assert organisation(7) == CITY
    assert organisation(8) != CITY


def test_every_identity_number_is_well_formed_and_belongs_to_no_place():
    for person in SEVERAL:
        assert id_number_valid(person.id_number)
        parts = id_number_parts(person.id_number)
        assert (parts.area, parts.birth, parts.sex) == (UNASSIGNED_AREA, person.born, person.sex)


def test_identity_numbers_differ_within_a_city():
    assert len({person.id_number for person in CITY.people}) == len(CITY.people)


def test_telephone_numbers_look_like_mobiles_of_no_operator():
    assert all(re.fullmatch(UNASSIGNED_PHONE + r"\d{4}", person.phone) for person in SEVERAL)
    assert len(UNASSIGNED_PHONE) == 7


def test_nobody_is_called_like_a_national_leader():
    names = {person.name for person in SEVERAL}
    names |= {relative.name for person in SEVERAL for relative in person.relatives}
    assert names.isdisjoint(REAL_LEADERS)


def test_names_differ_within_a_city_and_some_have_rare_characters():
    names = [person.name for person in CITY.people]
    assert len(set(names)) == len(names)
    assert re.search("[喆堃玥翀䶮犇珺燚頔赟翯骉婳祎]", "".join(person.name for person in SEVERAL))


@pytest.mark.parametrize("count", [9, 36, 60])
def test_a_city_has_as_many_people_as_asked_for_and_every_unit_has_its_head(count):
    city = organisation(3, people=count)
    assert len(city.people) == count
    assert {person.unit for person in city.people if person.rank == 4} == set(city.units)


def test_a_resume_runs_without_gaps_to_this_day():
    for person in SEVERAL:
        posts = person.posts
        assert [post.ended for post in posts[:-1]] == [post.began for post in posts[1:]]
        assert [post.ended is None for post in posts] == [False] * (len(posts) - 1) + [True]
        assert all(post.began < (post.ended or (AS_OF.year, AS_OF.month)) for post in posts)


def test_resume_lines_follow_the_grammar_of_the_appointment_form():
    line = re.compile(r"\d{4}\.\d{2}--(\d{4}\.\d{2}| {7})  \S.+")
    assert all(line.fullmatch(text) for person in SEVERAL for text in person.resume())


def test_nobody_joins_the_party_under_age_or_works_before_sixteen():
    for person in SEVERAL:
        assert person.joined_party is None or person.age(person.joined_party) >= 18
        assert person.started_work[0] - person.born.year >= 16


def test_one_couple_works_in_different_units_of_the_city():
    by_name = {person.name: person for person in CITY.people}
    couples = [
        (person, by_name[relative.name])
        for person in CITY.people
        for relative in person.relatives
        if relative.kinship in ("妻子", "丈夫") and relative.name in by_name
    ]
    assert len(couples) == 2
    (husband, wife), _ = couples
    assert husband.unit != wife.unit
    assert husband.address == wife.address


def test_some_old_papers_give_another_month_of_birth():
    assert 0 < sum(person.first_written_birth != person.born_month for person in CITY.people) < 6


def test_the_known_deed_is_told_of_one_person_only():
    deeds = [award.deed for person in CITY.people for award in person.awards]
    assert deeds.count(KNOWN_DEED) == 1


def test_the_roster_has_a_row_a_person_under_its_headings():
    rows = roster(CITY)
    assert rows[0] == ROSTER_COLUMNS
    assert [row[1] for row in rows[1:]] == [person.name for person in CITY.people]
    assert all(len(row) == len(ROSTER_COLUMNS) for row in rows)
