"""The tree of units."""

import pytest

from webapp.domain.errors import Invalid
from webapp.services import units
from webapp.storage.archive import Unit
from webapp.storage.database import transaction

pytestmark = pytest.mark.usefixtures("archive")


def _made(*paths: str) -> list[Unit]:
    with transaction():
        return [units.find_or_create(path) for path in paths]


def test_a_path_is_made_once_with_all_above_it() -> None:
    first, again = _made("市财政局/预算科", " 市财政局 ／ 预算科 ")
    assert first == again
    assert Unit.select().count() == 2
    assert units.full_name(first) == "市财政局/预算科"
    assert first.path == f"/{first.parent_id}/{first.id}/"


def test_the_same_name_under_another_unit_is_another_unit() -> None:
    one, other = _made("甲局/办公室", "乙局/办公室")
    assert one != other


def test_looking_up_makes_nothing() -> None:
    assert units.lookup("市财政局/预算科") is None
    assert Unit.select().count() == 0


@pytest.mark.parametrize("path", ["", " / ", "长" * 121, "/".join("层" * 13)])
def test_what_names_no_unit_is_refused(path: str) -> None:
    with pytest.raises(Invalid):
        units.names_of(path)


def test_the_tree_has_parents_before_children_and_all_below_a_unit() -> None:
    top, *_ = _made("甲局", "乙局/一科", "甲局/二科/三组")
    assert [(b.unit.name, b.depth) for b in units.tree()] == [
        ("甲局", 0),
        ("二科", 1),
        ("三组", 2),
        ("乙局", 0),
        ("一科", 1),
    ]
    assert [b.unit.name for b in units.tree([top.path])] == ["甲局", "二科", "三组"]
    assert units.tree([]) == []
    assert "甲局/二科/三组" in units.full_names().values()
