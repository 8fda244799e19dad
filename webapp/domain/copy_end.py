"""What becomes of a copy in the end (复制件的去向)."""

from enum import StrEnum

from webapp.domain.errors import Invalid


class End(StrEnum):
    """How its keeper was done with it."""

    FILED = "filed"  # handed back
    DESTROYED = "destroyed"

    @property
    def label(self) -> str:
        """In the interface."""
        return {"filed": "已交回归档", "destroyed": "已销毁"}[self.value]


def checked(named: str) -> End:
    """One of them by its value. Raises Invalid."""
    if named not in list(End):
        raise Invalid("请选择已交回归档，还是已销毁")
    return End(named)
