"""Hashing and checking of passwords (口令散列): argon2id, few at a time.

RFC 9106 with the memory OWASP asks for: 64 MiB, three passes, one lane is some 0.2 s of one core. A hash string
names its own parameters, so that older ones go on working and are replaced at the next sign-in.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from webapp.domain.errors import Throttled
from webapp.domain.passwords import LONGEST, normalised


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash takes: memory in KiB, passes over it, lanes."""

    memory_kib: int
    passes: int
    lanes: int

    @property
    def phc(self) -> str:
        """How a PHC string names these parameters."""
        return f"m={self.memory_kib},t={self.passes},p={self.lanes}"


COST = Cost(65536, 3, 1)
AT_ONCE = 2  # 64 MiB and a core each: more would starve everybody else
QUEUE = 20  # waiting at most; beyond that a flood is told to come back
_running = BoundedSemaphore(AT_ONCE)
_admitted = BoundedSemaphore(AT_ONCE + QUEUE)


def hashed(secret: str, cost: Cost | None = None) -> str:
    """The PHC string of a secret under a fresh salt. Raises Throttled when too many are waiting."""
    cost = cost or COST
    with _turn():
        return _argon2(cost).derive_phc_encoded(normalised(secret).encode())


def matches(phc: str | None, secret: str, cost: Cost | None = None) -> bool:
    """True when the secret is the hashed one. Without a hash (nobody there) it takes just as long and is False.

    cost -- of the hashes this one stands among; COST when not given
    Longer than any password may be is False at once: it is no account's. Raises Throttled when too many wait.
    """
    stand_in = _nobody(cost or COST)  # before the branch: its first making must not tell the two apart
    if len(secret) > LONGEST:
        return False
    with _turn():
        try:
            Argon2id.verify_phc_encoded(normalised(secret).encode(), phc or stand_in)
        except InvalidKey:
            return False
    return phc is not None


def is_outdated(phc: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return f"${COST.phc}$" not in phc


@contextmanager
def _turn() -> Iterator[None]:
    if not _admitted.acquire(blocking=False):
        raise Throttled("现在登录的人很多，请稍等几秒再试", retry_after_s=3)
    try:
        with _running:
            yield
    finally:
        _admitted.release()


def _argon2(cost: Cost) -> Argon2id:
    salt = secrets.token_bytes(16)
    return Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    )


@lru_cache(maxsize=4)
def _nobody(cost: Cost) -> str:
    """The hash of a secret nobody knows, at the same cost as real ones."""
    return _argon2(cost).derive_phc_encoded(secrets.token_bytes(32))
