"""Complaints (投诉): what they may be about, and who handles them, past those who are complained of."""

from collections.abc import Collection
from enum import StrEnum

from webapp.domain.role import Role

MOST_OPEN = 10  # of one person at once
HANDLERS = (Role.SECURITY_OFFICER, Role.AUDITOR)


class About(StrEnum):
    """What a complaint is about."""

    VIEWING = "viewing"
    ANSWER = "answer"  # the answer to an earlier complaint
    KEEPING = "keeping"
    CORRECTION = "correction"
    SECURITY = "security"
    AUDIT = "audit"
    OTHER = "other"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]

    @property
    def concerns(self) -> frozenset[Role]:
        """The role that it complains of as a whole, if any."""
        named = {About.SECURITY: Role.SECURITY_OFFICER, About.AUDIT: Role.AUDITOR}
        return frozenset({named[self]} if self in named else ())


_LABELS = {
    About.VIEWING: "一次查阅",
    About.ANSWER: "对投诉答复不满意",
    About.KEEPING: "档案管理工作",
    About.CORRECTION: "更正申请的办理",
    About.SECURITY: "安全保密员",
    About.AUDIT: "安全审计员",
    About.OTHER: "其他",
}
# To be chosen; a viewing and an answer are complained of from where they are shown.
CHOICES = (About.KEEPING, About.CORRECTION, About.SECURITY, About.AUDIT, About.OTHER)


class State(StrEnum):
    """Where a complaint stands. Only an open one moves, once."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in words."""
        return {State.OPEN: "处理中", State.ANSWERED: "已答复", State.WITHDRAWN: "已撤回"}[self]


def handlers(concerned: Collection[Role]) -> tuple[Role, ...]:
    """Which roles may handle it, in order of preference: none of those complained of, and so perhaps none at all.

    concerned -- the roles complained of, by name or because who is complained of holds them
    """
    return tuple(role for role in HANDLERS if role not in concerned)
