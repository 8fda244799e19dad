"""Describing materials: by the keeper only, in words when refused, and found again by the index."""

from datetime import datetime

import pytest

from tests.moment import NOW
from tests.services.cast import actor_in, dossier_of, material_in, pages_in
from webapp.domain.errors import Conflict, NotFound, Refused
from webapp.domain.role import Role
from webapp.services import audit, materials
from webapp.services.actor import Actor
from webapp.services.materials import Description, Misdescribed
from webapp.storage.archive import Dossier, Material
from webapp.storage.jobs import Job
from webapp.storage.pages import Page

pytestmark = pytest.mark.usefixtures("archive")


@pytest.fixture
def dossier() -> Dossier:
    return dossier_of("甲")


@pytest.fixture
def keeper() -> Actor:
    return actor_in(Role.ARCHIVIST, custody="市财政局")


def _described(**fields: str) -> Description:
    return Description.read({"title": "干部履历表", "category": "一", "formed": "1999.7"} | fields)


def _waiting() -> set[str]:
    return {job.record for job in Job.select().where(Job.kind == "index")}


def test_a_material_is_catalogued_logged_and_sent_to_the_index(dossier: Dossier, keeper: Actor) -> None:
    material = materials.add(keeper, dossier.public_id, _described(), now=NOW)
    held = Material.get_by_id(material.id)
    assert (held.category, held.year, held.month, held.day) == ("1", 1999, 7, None)
    assert (held.sensitivity, held.scheme) == ("ordinary", "2018")
    assert _waiting() == {f"material:{material.id}"}
    entry = next(audit.entries())
    assert (entry["action"], entry["record"]) == ("material:catalogued", material.public_id)
    assert "履历" not in str(entry)


def test_the_category_follows_the_title_when_none_is_chosen() -> None:
    assert _described(title="入党志愿书", category="").category.code == "6"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"category": "四"}, "category"),
        ({"title": "来信", "category": ""}, "category"),
        ({"formed": "1999.13"}, "formed"),
        ({"recorded_pages": "0"}, "recorded_pages"),
        ({"recorded_pages": "三"}, "recorded_pages"),
        ({"copies": "-1"}, "copies"),
        ({"remark": "长" * 201}, "remark"),
    ],
)
def test_what_cannot_be_kept_is_said_by_its_field(fields: dict[str, str], wrong: str) -> None:
    with pytest.raises(Misdescribed) as caught:
        _described(**fields)
    assert set(caught.value.errors) == {wrong}


def test_all_faults_are_said_at_once() -> None:
    with pytest.raises(Misdescribed) as caught:
        Description.read({"title": "", "formed": "昨天", "category": "十一"})
    assert set(caught.value.errors) == {"title", "formed", "category"}


def test_a_paper_from_the_future_is_refused(dossier: Dossier, keeper: Actor) -> None:
    materials.add(keeper, dossier.public_id, _described(formed=str(NOW.year)), now=NOW)
    with pytest.raises(Misdescribed):
        materials.add(keeper, dossier.public_id, _described(formed=f"{NOW.year}.{NOW.month}.28"), now=NOW)


def test_only_the_keeper_describes(dossier: Dossier) -> None:
    material = material_in(dossier, "1", "干部履历表")
    for other in (
        actor_in(Role.ARCHIVIST, custody="市教育局"),
        actor_in(Role.OFFICIAL, lookup="市财政局"),
        actor_in(Role.INDIVIDUAL, subject=dossier.subject),
        actor_in(
            Role.ARCHIVIST, custody="市财政局", subject=dossier_of("乙").subject, recused_from=dossier.subject
        ),
        actor_in(Role.SYSTEM_ADMINISTRATOR, custody="市财政局"),
    ):
        with pytest.raises(Refused):
            materials.add(other, dossier.public_id, _described(), now=NOW)
        with pytest.raises(Refused):
            materials.change(other, material.public_id, _described(), now=NOW)
        with pytest.raises(Refused):
            materials.remove(other, material.public_id, now=NOW)
    assert Material.select().count() == 1


def test_a_change_to_a_guarded_category_sends_its_pages_to_the_index(dossier: Dossier, keeper: Actor) -> None:
    material = material_in(dossier, "1", "干部履历表")
    pages = pages_in(material, 2)
    changed = materials.change(keeper, material.public_id, _described(category="八"), now=NOW)
    assert changed.sensitivity == "restricted"
    assert _waiting() == {f"material:{material.id}", *(f"page:{page.id}" for page in pages)}
    assert next(audit.entries())["details"]["fields"] == ["category", "month", "sensitivity", "year"]


def test_a_change_of_nothing_writes_nothing(dossier: Dossier, keeper: Actor) -> None:
    material = materials.add(keeper, dossier.public_id, _described(), now=NOW)
    Job.delete().execute()
    materials.change(keeper, material.public_id, _described(), now=NOW)
    assert _waiting() == set()
    assert next(audit.entries())["action"] == "material:catalogued"


def test_an_older_scheme_stays_until_the_category_changes(dossier: Dossier, keeper: Actor) -> None:
    material = material_in(dossier, "1", "履历表")
    Material.update(scheme="2012").execute()
    assert materials.change(keeper, material.public_id, _described(), now=NOW).scheme == "2012"
    assert materials.change(keeper, material.public_id, _described(category="10"), now=NOW).scheme == "2018"


def test_an_appraisal_is_tied_to_a_form_of_its_category_one_level_deep(
    dossier: Dossier, keeper: Actor
) -> None:
    form = material_in(dossier, "9-2", "干部任免审批表")
    tied = materials.add(
        keeper,
        dossier.public_id,
        _described(title="考察材料", category="9-2", goes_with=form.public_id),
        now=NOW,
    )
    assert tied.goes_with == form
    assert materials.heads(dossier, but=None) == [form]
    elsewhere = material_in(dossier_of("乙"), "9-2", "干部任免审批表")
    other_category = material_in(dossier, "1", "履历表")
    for target in (tied, elsewhere, other_category):
        with pytest.raises(Misdescribed):
            materials.add(
                keeper, dossier.public_id, _described(category="9-2", goes_with=target.public_id), now=NOW
            )
    third = material_in(dossier, "9-2", "干部任免审批表")
    with pytest.raises(Misdescribed, match="已有材料"):
        materials.change(
            keeper, form.public_id, _described(category="9-2", goes_with=third.public_id), now=NOW
        )


def test_only_an_empty_material_can_be_removed(dossier: Dossier, keeper: Actor) -> None:
    empty, scanned = material_in(dossier, "1", "履历表"), material_in(dossier, "2", "自传")
    pages_in(scanned, 1)
    assert materials.remove(keeper, empty.public_id, now=NOW) == dossier
    with pytest.raises(Conflict):
        materials.remove(keeper, scanned.public_id, now=NOW)
    with pytest.raises(NotFound):
        materials.find(empty.public_id)
    assert materials.find(scanned.public_id)


def test_pages_are_put_in_any_order(dossier: Dossier, keeper: Actor) -> None:
    material = material_in(dossier, "1", "履历表")
    first, second, third = pages_in(material, 3)
    materials.arrange_pages(keeper, material.public_id, [3, 1, 2], now=NOW)
    assert list(Page.select().order_by(Page.number)) == [third, first, second]
    materials.move_page(keeper, material.public_id, 1, 2, now=NOW)
    assert list(Page.select().order_by(Page.number)) == [first, third, second]
    assert [page.number for page in Page.select().order_by(Page.number)] == [1, 2, 3]


@pytest.mark.parametrize("numbers", [[1, 2], [1, 1, 2], [1, 2, 4], []])
def test_an_order_that_is_not_of_the_pages_there_are_is_refused(
    numbers: list[int], dossier: Dossier, keeper: Actor
) -> None:
    material = material_in(dossier, "1", "履历表")
    pages_in(material, 3)
    with pytest.raises(Conflict):
        materials.arrange_pages(keeper, material.public_id, numbers, now=NOW)


def test_a_page_cannot_move_where_there_is_none(dossier: Dossier, keeper: Actor) -> None:
    material = material_in(dossier, "1", "履历表")
    pages_in(material, 2)
    for number, to in ((3, 1), (1, 0), (1, 3)):
        with pytest.raises(Conflict):
            materials.move_page(keeper, material.public_id, number, to, now=NOW)


def test_times_are_kept(dossier: Dossier, keeper: Actor) -> None:
    material = materials.add(keeper, dossier.public_id, _described(), now=NOW)
    assert isinstance(Material.get_by_id(material.id).created_at, datetime)
