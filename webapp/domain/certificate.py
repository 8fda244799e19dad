"""A certificate of facts (证明): its number, its code, and what it says. Whoever has number and code may check it.

Number and code are Crockford's base 32: no I, L, O, U, which are read as others.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from webapp.domain.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_BYTES = 10  # 80 bits: sixteen signs, which nobody finds by trying
CODE_LENGTH = 16
_YEAR, _SERIAL = 4, 8  # signs of a number: 2026-7K3M9Q2X
_READ_AS = str.maketrans("OIL", "011", "-–—－ .\t\u3000")


@dataclass(frozen=True, slots=True)
class Certified:
    """One fact as it was certified. source -- which paper it was found in, as far as the asker may know of it."""

    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a certificate says, as it was on the day of issue. `at` is an aware time in ISO 8601."""

    organisation: str
    name: str
    unit: str
    asked_by: str
    purpose: str
    confirmed_by: str
    at: str
    lines: tuple[Certified, ...]

    @property
    def issued_at(self) -> datetime:
        """When the facts were confirmed."""
        return datetime.fromisoformat(self.at)

    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> "Content":
        """Inverse of written()."""
        held = json.loads(written)
        lines = tuple(Certified(**line) for line in held.pop("lines"))
        return cls(**held, lines=lines)


def new_number(day: date, serial: bytes) -> str:
    """A number of this year. serial -- 5 random bytes."""
    return f"{day.year}-{_signs(serial, _SERIAL)}"


def code_of(secret: bytes) -> str:
    """The code that stands on the paper: ABCD-EFGH-JKMN-PQRS."""
    plain = _signs(secret, CODE_LENGTH)
    return "-".join(plain[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def read_number(typed: str) -> str:
    """The number that was typed, in its one spelling. Raises Invalid for what can be none."""
    plain = _plain(typed)
    if len(plain) != _YEAR + _SERIAL:
        raise Invalid("证明编号是 4 位年份加 8 位字母数字，请核对")
    return f"{plain[:_YEAR]}-{plain[_YEAR:]}"


def read_code(typed: str) -> str:
    """The code that was typed, in its one spelling. Raises Invalid for what can be none."""
    plain = _plain(typed)
    if len(plain) != CODE_LENGTH:
        raise Invalid("校验码是 16 位字母数字，请核对")
    return "-".join(plain[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def _plain(typed: str) -> str:
    """As typed, without dashes and blanks, and with look-alikes read as what they stand for."""
    plain = typed.upper().translate(_READ_AS)
    return plain if all(sign in ALPHABET for sign in plain) else ""


def _signs(secret: bytes, length: int) -> str:
    number = int.from_bytes(secret, "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
