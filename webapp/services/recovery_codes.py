"""Recovery codes (恢复码): ten, each stands in for the phone once, and then a new phone is enrolled.

IIII-SSSS-SSSS-SSSS-SSSS in Crockford's base 32: a public slot that finds the row, and 80 secret bits.
"""

import secrets
from datetime import datetime

from webapp.domain import crockford
from webapp.services import passwords
from webapp.storage.accounts import Officer, RecoveryCode

COUNT = 10
COST = passwords.Cost(
    19456, 2, 1
)  # OWASP's least, some 35 ms: 80 random bits need no more, and ten are made at once
_SLOT, _SECRET = 4, 16  # characters


def new_codes() -> list[str]:
    """Fresh codes with different slots, to be shown once."""
    slots: set[str] = set()
    while len(slots) < COUNT:
        slots.add(_random(_SLOT))
    return [crockford.grouped(slot + _random(_SECRET)) for slot in slots]


def hashes_of(codes: list[str]) -> list[tuple[str, str]]:
    """(slot, PHC string) of each. Slow on purpose: call it outside a transaction."""
    return [
        (crockford.plain(code)[:_SLOT], passwords.hashed(crockford.plain(code)[_SLOT:], COST))
        for code in codes
    ]


def replace(officer: Officer, hashed: list[tuple[str, str]]) -> None:
    """Make these the officer's only codes. Part of the caller's transaction."""
    RecoveryCode.delete().where(RecoveryCode.officer == officer).execute()
    rows = [{"officer": officer, "slot": slot, "code_hash": phc} for slot, phc in hashed]
    RecoveryCode.insert_many(rows).execute()


def find(officer: Officer, typed: str) -> RecoveryCode | None:
    """The unused code that was typed, or None after the same time. Call it outside a transaction."""
    plain = crockford.plain(typed)
    row = RecoveryCode.get_or_none(
        (RecoveryCode.officer == officer)
        & (RecoveryCode.slot == plain[:_SLOT])
        & RecoveryCode.used_at.is_null()
    )
    return row if passwords.matches(row.code_hash if row else None, plain[_SLOT:], COST) else None


def spend(code: RecoveryCode, *, now: datetime) -> bool:
    """Use a code up; False when somebody else just did. One UPDATE in the caller's transaction."""
    unused = (RecoveryCode.id == code.id) & RecoveryCode.used_at.is_null()
    return bool(RecoveryCode.update(used_at=now).where(unused).execute())


def left(officer: Officer) -> int:
    """How many are unused."""
    mine = (RecoveryCode.officer == officer) & RecoveryCode.used_at.is_null()
    return RecoveryCode.select().where(mine).count()


def _random(length: int) -> str:
    return "".join(secrets.choice(crockford.ALPHABET) for _ in range(length))
