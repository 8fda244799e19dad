"""Which pages were sent to whom (发送记录), from the log itself: it alone is complete, and cannot be quietly changed.

The log has no index by page, so each question walks it once: a second or two for a million entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import Expression, ModelSelect, fn

from webapp.rendering import forensic
from webapp.storage.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Sent:
    """One image of a page that was sent. seq -- of the entry; at -- ISO 8601, UTC."""

    seq: int
    at: str
    viewing: str
    page: str
    width_px: int


def of_page(page_id: str) -> list[Sent]:
    """Every image of a page that could carry an invisible mark, oldest first."""
    return list(_sent(_names("record", page_id)))


def of_viewing(number: str) -> list[Sent]:
    """Every image sent in a viewing that could carry an invisible mark, oldest first."""
    return list(_sent(_names("viewing", number)))


def pages_sent() -> list[str]:
    """Public ids of all pages of which such an image was sent to anybody, the latest sent first."""
    latest = fn.MAX(AuditEntry.seq)
    query = _delivered(_field("record")).group_by(_field("record")).order_by(latest.desc())
    return [page for (page,) in query.tuples()]


def _sent(about: Expression) -> Iterator[Sent]:
    columns = (AuditEntry.seq, _field("at"), _field("viewing"), _field("record"), _field("details.width"))
    return (Sent(*row) for row in _delivered(*columns).where(about).order_by(AuditEntry.seq).tuples())


def _delivered(*columns: Any) -> ModelSelect:
    """Entries of images as wide as a mark needs; a text and a thumbnail carry none."""
    wide = _field("details.width") >= forensic.SMALLEST_PX
    return AuditEntry.select(*columns).where(_names("action", "page:delivered")).where(wide)


def _names(field: str, value: str) -> Expression:
    """The canonical JSON of an entry holds this field; found as text, which is quicker than parsing every entry."""
    return fn.INSTR(AuditEntry.body, f'"{field}":"{value}"') > 0


def _field(name: str) -> Any:
    return fn.JSON_EXTRACT(AuditEntry.body, f"$.{name}")
