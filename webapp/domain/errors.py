"""Errors the archive raises on purpose, in its own words.

Nothing here knows of HTTP: webapp/web/errors.py maps each family to a status,
the worker maps it to a job state, the command line to an exit code.
"""


class ArchiveError(Exception):
    """Base of every error raised on purpose. str(e) is Chinese and may be shown to the reader."""


class NotFound(ArchiveError):
    """The named record does not exist, or the reader may not learn that it does.

    `rule` names in English what hides one that is there, for the audit log; empty where there is nothing.
    """

    def __init__(self, reason: str, *, rule: str = ""):
        super().__init__(reason)
        self.rule = rule


class Refused(ArchiveError):
    """The rules forbid it. `rule` names what failed, in English, for the audit log.

    is_logged -- whoever refused has written it down, as proofs do; else the web does, once
    """

    def __init__(self, reason: str, *, rule: str, is_logged: bool = False):
        super().__init__(reason)
        self.rule = rule
        self.is_logged = is_logged


class Conflict(ArchiveError):
    """The record has moved on: already decided, already received, changed by somebody else."""


class Invalid(ArchiveError):
    """A value breaks a stated rule: a date out of order, a file that is not what it claims."""


class Throttled(ArchiveError):
    """Too many tries. `retry_after_s` seconds from now the next one is looked at."""

    def __init__(self, reason: str, *, retry_after_s: int):
        super().__init__(reason)
        self.retry_after_s = retry_after_s
