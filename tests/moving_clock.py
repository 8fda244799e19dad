"""A clock that stands still until it is moved."""

from datetime import datetime

from tests.moment import NOW


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now
