"""What time a request is at: the one place of the web layer that asks."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import current_app

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Now by the application's clock, aware UTC."""
    clock: Clock = current_app.extensions["clock"]
    return clock()
