"""The tree of units (单位): find, make by path, and everything below a unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from webapp.domain.errors import Invalid, NotFound
from webapp.storage.archive import Unit

SEPARATOR = "/"
LONGEST_NAME = 120  # characters, as the column holds
DEEPEST = 12  # levels: a path of row ids then fits its column with room to spare


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit in the tree; depth counts from 0."""

    unit: Unit
    depth: int


def names_of(path: str) -> tuple[str, ...]:
    """The names in 市财政局/预算科, from the top. Raises Invalid when there is none or one is too long."""
    names = tuple(name for part in path.replace("／", SEPARATOR).split(SEPARATOR) if (name := part.strip()))
    if not names:
        raise Invalid("没有写单位")
    if len(names) > DEEPEST or max(map(len, names)) > LONGEST_NAME:
        raise Invalid(f"单位名称每级不超过{LONGEST_NAME}字，最多{DEEPEST}级")
    return names


def lookup(path: str) -> Unit | None:
    """The unit at 市财政局/预算科; None when there is none."""
    unit: Unit | None = None
    for name in names_of(path):
        unit = _child(unit, name)
        if unit is None:
            return None
    return unit


def find_or_create(path: str) -> Unit:
    """The unit at 市财政局/预算科, made with all above it when missing. In the caller's transaction."""
    first, *rest = names_of(path)
    unit = _child_or_new(None, first)
    for name in rest:
        unit = _child_or_new(unit, name)
    return unit


def find(public_id: str) -> Unit:
    """The unit by public id. Raises NotFound."""
    unit = Unit.get_or_none(Unit.public_id == public_id)
    if unit is None:
        raise NotFound("没有这个单位")
    return unit


def tree(paths: Sequence[str] | None = None) -> list[Branch]:
    """All units, or those at and below `paths`, each parent before its children, siblings as they were made."""
    query = Unit.select() if paths is None else Unit.select().where(within(paths))
    units = sorted(query, key=lambda unit: [int(part) for part in unit.path.strip("/").split("/")])
    return [Branch(unit, unit.path.count("/") - 2) for unit in units]


def within(paths: Iterable[str]) -> Any:
    """A condition on Unit: at or below any of these paths. Nothing for none."""
    return reduce(or_, (Unit.path.startswith(path) for path in paths), Unit.id.is_null())


def full_names() -> dict[int, str]:
    """市财政局/预算科 for every unit, by row id."""
    named: dict[int, str] = {}
    for branch in tree():
        above = named.get(branch.unit.parent_id)
        named[branch.unit.id] = f"{above}{SEPARATOR}{branch.unit.name}" if above else branch.unit.name
    return named


def full_name(unit: Unit) -> str:
    """市财政局/预算科 of one unit."""
    ids = [int(part) for part in unit.path.strip("/").split("/")]
    names = dict(Unit.select(Unit.id, Unit.name).where(Unit.id.in_(ids)).tuples())
    return SEPARATOR.join(names[row] for row in ids)


def _child(parent: Unit | None, name: str) -> Unit | None:
    here = Unit.parent.is_null() if parent is None else (Unit.parent == parent)
    return Unit.get_or_none(here & (Unit.name == name))


def _child_or_new(parent: Unit | None, name: str) -> Unit:
    unit = _child(parent, name)
    if unit is None:
        unit = Unit.create(name=name, parent=parent)
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        unit.save(only=[Unit.path])
    return unit
