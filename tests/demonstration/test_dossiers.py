import numpy as np
import pytest

from webapp.demonstration.benchmark import FORMS, benchmark_pages
from webapp.demonstration.dossiers import dossier, dossier_plan, organisation
from webapp.demonstration.wear import WEAR_KINDS
from webapp.domain.category import CODES, Category, sensitivity_of
from webapp.domain.disclosure import Sensitivity

CITY = organisation(7)
PLAN = dossier_plan(CITY)
FULL = {person.number: dossier(person, 7) for person in PLAN.full}
SHORT = {person.number: dossier(person, 7, short=True) for person in PLAN.short}
SHOWN = [material for held in FULL.values() for material in held]


@pytest.fixture(scope="module")
def first_dossier():
    """All pages of the dossier that is shown first, drawn once."""
    return [(material, page) for material in FULL[PLAN.full[0].number] for page in material.pages()]


def test_the_plan_gives_everybody_one_dossier():
    assert len(PLAN.full) == 12
    assert sorted(person.number for person in (*PLAN.full, *PLAN.short)) == [p.number for p in CITY.people]


def test_a_full_dossier_has_eight_to_sixteen_materials_on_twelve_to_twenty_four_pages():
    for held in FULL.values():
        assert 8 <= len(held) <= 16
        assert 12 <= sum(material.page_count for material in held) <= 24


def test_a_short_dossier_has_two_to_four_materials():
    assert all(2 <= len(held) <= 4 for held in SHORT.values())


def test_a_small_city_gets_its_dossiers_too():
    plan = dossier_plan(organisation(7, people=9))
    assert len(plan.full) == 3
    assert all(len(dossier(person, 1)) >= 8 for person in plan.full)


def test_the_demonstration_shows_every_category_that_there_is():
    assert {material.category for material in SHOWN} == set(CODES)


def test_restricted_papers_of_every_kind_are_there():
    guarded = [m for m in SHOWN if sensitivity_of(Category(m.category), m.title) is Sensitivity.RESTRICTED]
    assert {"5", "8", "9-2", "10"} <= {material.category for material in guarded}
    first = {material.category for material in FULL[PLAN.full[0].number]}
    assert {"5", "8", "9-2", "10"} <= first


def test_materials_stand_in_catalogue_order_with_serials_from_one():
    for held in FULL.values():
        places = [(CODES.index(material.category), material.serial) for material in held]
        assert places == sorted(places)
        assert all(
            sum(m.category == material.category for m in held) >= material.serial >= 1 for material in held
        )


def test_an_inspection_report_stands_right_behind_its_appointment_form():
    for held in FULL.values():
        titles = [material.title for material in held]
        assert "考察材料" in titles[titles.index("干部任免审批表") + 1]


def test_the_same_page_is_always_drawn_alike():
    material = FULL[PLAN.full[1].number][0]
    again = dossier(PLAN.full[1], 7)[0]
    one, two = material.page(2), again.page(2)
    assert one.image.tobytes() == two.image.tobytes()
    assert one.lines == two.lines
    assert one.secrets == two.secrets


def test_every_line_lies_on_the_page(first_dossier):
    for _, page in first_dossier:
        width, height = page.image.size
        assert page.lines
        for line in page.lines:
            assert 0 <= line.box.left < line.box.right <= width
            assert 0 <= line.box.top < line.box.bottom <= height


def test_every_secret_has_ink_all_along_its_box(first_dossier):
    for material, page in first_dossier:
        for secret in page.secrets:
            box = secret.box
            grey = np.asarray(page.image.crop((box.left, box.top, box.right, box.bottom)).convert("L"))
            inked = (grey < 190).any(axis=0)
            assert inked[0] or inked[1], (material.title, secret.text)
            assert inked[-1] or inked[-2]
            assert inked.mean() > 0.5


def test_no_secret_is_written_without_being_reported(first_dossier):
    person = PLAN.full[0]
    for material, page in first_dossier:
        for line in page.lines:
            for kind, value in (("id_number", person.id_number), ("phone", person.phone)):
                if value in line.text:
                    assert any(s.kind == kind and line.box.overlaps(s.box) for s in page.secrets), (
                        material.title
                    )


def test_all_kinds_of_secrets_occur(first_dossier):
    kinds = {secret.kind for _, page in first_dossier for secret in page.secrets}
    assert kinds == {"id_number", "phone", "address", "family"}


def test_a_sanctioned_page_names_its_own_person_only(first_dossier):
    others = {person.name for person in CITY.people} - {PLAN.full[0].name}
    kin = {relative.name for relative in PLAN.full[0].relatives}
    text = "".join(line.text for _, page in first_dossier for line in page.lines)
    assert not [name for name in others - kin if len(name) > 2 and name in text]


def test_benchmark_pages_bring_forms_and_wear_together_without_people_of_the_demonstration():
    pages = list(benchmark_pages(1, 2))
    assert len({page.name for page in pages}) == 2
    names = {person.name for person in organisation(1).people}
    assert all(line.text not in names for page in pages for line in page.worn.lines)
    assert all(page.worn.lines and len(page.worn.lines) == len(page.drawn.lines) for page in pages)


def test_ninety_six_benchmark_pages_pair_every_form_with_every_wear():
    count = len(FORMS) * len(WEAR_KINDS)
    pairs = {(i % len(FORMS), (i + i // len(FORMS)) % len(WEAR_KINDS)) for i in range(count)}
    assert len(pairs) == count == 96
