"""What is put into the index: one entry for each person, material and page (条目)."""

from dataclasses import dataclass
from enum import IntEnum

from webapp.domain.errors import Invalid

HIGHEST_CATEGORY = 16  # 0 = none; the ten categories with the parts of the fourth and the ninth

_LARGEST = 2**32 - 1


class Kind(IntEnum):
    """What a hit is. The numbers stand in the index: never reuse one."""

    DOSSIER = 1
    MATERIAL = 2
    PAGE = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One findable thing and its text in two renditions.

    ref -- "dossier:7", "material:12" or "page:123": its kind and its number among its kind
    dossier, material -- numbers of what it lies in; material 0 for a dossier itself
    clear -- everything that is written
    masked -- the same with every value to be masked replaced (by ■): all that a reader of masked pages may find
    by_machine -- nobody but a machine vouches for what is masked: whether it may be found is up to the sight
    """

    ref: str
    dossier: int
    clear: str
    masked: str
    material: int = 0
    category: int = 0
    by_machine: bool = False

    def __post_init__(self) -> None:
        split(self.ref)
        if not (0 <= self.dossier <= _LARGEST and 0 <= self.material <= _LARGEST):
            raise Invalid("索引条目的编号超出范围")
        if not 0 <= self.category <= HIGHEST_CATEGORY:
            raise Invalid("索引条目的类别超出范围")


def split(ref: str) -> tuple[Kind, int]:
    """Kind and number of a ref. Raises Invalid when it is none."""
    name, _, digits = ref.partition(":")
    if name.upper() not in Kind.__members__ or not digits.isdecimal() or int(digits) > _LARGEST:
        raise Invalid(f"不是索引条目的编号：{ref}")
    return Kind[name.upper()], int(digits)


def join(kind: Kind, number: int) -> str:
    """The ref of a kind and number, inverse of split."""
    return f"{kind.name.lower()}:{number}"
