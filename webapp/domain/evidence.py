"""What a score of the invisible mark proves (比对结论), and what was typed off the visible one."""

import math
import re
from enum import StrEnum

from webapp.domain.errors import Invalid

EVIDENCE_Z = 6.0  # by chance less than once in 65 million comparisons
INDICATIVE_Z = 5.0  # less than once in 260,000: with thousands of viewings compared, a hint and no more
_NUMBER = re.compile(r"V[0-9A-Z?]{7}")  # 查阅号
_MOST_UNREAD = 2  # characters: with more, too many viewings fit
_MISTAKEN = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "？": "?", "*": "?"}
)  # Crockford: no number holds O, I, L


class Weight(StrEnum):
    """How much a match may be relied on."""

    EVIDENCE = "evidence"
    INDICATIVE = "indicative"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """In words."""
        return {"evidence": "可作证据", "indicative": "仅供参考", "nothing": "不足为据"}[self.value]


def weight(z: float) -> Weight:
    """How much a score proves."""
    if z >= EVIDENCE_Z:
        return Weight.EVIDENCE
    return Weight.INDICATIVE if z >= INDICATIVE_Z else Weight.NOTHING


def chance(z: float, comparisons: int) -> float:
    """The most that the probability can be of any of so many unconcerned viewings scoring z or more (0 to 1)."""
    return min(1.0, comparisons * math.exp(-z * z / 2)) if z > 0 else 1.0


def odds(chance: float) -> str:
    """A small probability in words."""
    if chance >= 0.001:
        return f"最多 {chance:.1%}"
    if chance < 1e-12:
        return "不到一万亿分之一"
    steps = 10 ** max(0, int(math.log10(1 / chance)) - 1)
    return f"不到 1/{int(1 / chance / steps) * steps:,}"


def viewing_number(typed: str) -> str:
    """A viewing number as it is kept, with ? for each character that could not be read. Raises Invalid."""
    number = re.sub(r"[\s#\-]", "", typed).upper().translate(_MISTAKEN)
    if not number.startswith("V"):
        number = f"V{number}"
    if not _NUMBER.fullmatch(number):
        raise Invalid("查阅号是 V 开头的 8 位字母和数字，如 V7K3M9Q2；看不清的字用 ? 代替")
    if number.count("?") > _MOST_UNREAD:
        raise Invalid("看不清的字不能超过两个，否则对应的查阅太多")
    return number
