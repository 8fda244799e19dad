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


def handler(about: About, concerned: Collection[Role]) -> Role:
    """Which role handles it: the security officer, and the auditor where the security officer is concerned.

    concerned -- the roles of those complained of
    """
    is_about_security = about is About.SECURITY or Role.SECURITY_OFFICER in concerned
    return Role.AUDITOR if is_about_security else Role.SECURITY_OFFICER


def other(role: Role) -> Role:
    """The other of the two who handle complaints."""
    return next(one for one in HANDLERS if one is not role)
