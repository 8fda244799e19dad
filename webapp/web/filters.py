"""How values are written in the interface."""

from datetime import datetime

from flask import Flask

from webapp.domain.local_time import ZONE


def local(value: datetime | None) -> str:
    """An aware UTC time as 2026-11-22 16:40 in Beijing time; nothing for None."""
    return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if value else ""


def local_date(value: datetime | None) -> str:
    """An aware UTC time as 2026-11-22 in Beijing time; nothing for None."""
    return value.astimezone(ZONE).strftime("%Y-%m-%d") if value else ""


def when(value: str) -> str:
    """A time in ISO 8601 text, as log entries hold it, in Beijing time to the second."""
    return datetime.fromisoformat(value).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def file_size(value: int) -> str:
    """Bytes as 812 KB or 3.4 MB."""
    return f"{value / 1024:.0f} KB" if value < 1024 * 1024 else f"{value / 1024 / 1024:.1f} MB"


def install(app: Flask) -> None:
    """Offer the filters to templates."""
    for written in (local, local_date, when, file_size):
        app.add_template_filter(written)
