"""Who acts (操作人): an argument of every service that decides or writes."""

from dataclasses import dataclass

from webapp.domain.role import Role
from webapp.storage.accounts import Officer, Session


@dataclass(frozen=True, slots=True)
class Actor:
    """An officer in the role of this sitting. The command line and the worker act as SYSTEM, without an officer."""

    officer: Officer | None
    role: Role | None
    session: Session | None = None

    @property
    def person(self) -> Officer:
        """The officer. Raises RuntimeError for SYSTEM, which reads and decides nothing."""
        if self.officer is None:
            raise RuntimeError("this act needs an officer")
        return self.officer


SYSTEM = Actor(officer=None, role=None)
