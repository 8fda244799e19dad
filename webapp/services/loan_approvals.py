"""By which approvals paper may be taken (借阅依据): a request that was approved clear, and is in force.

Paper shows everything, so an approval of masked pages is none for it. Minutes count reading on the screen alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp.domain.disclosure import Level, Sensitivity
from webapp.domain.errors import Invalid
from webapp.domain.grant import GrantState
from webapp.domain.loan import Kind
from webapp.domain.local_time import day
from webapp.services import grants
from webapp.services.grants import Held
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material
from webapp.storage.loans import Loan
from webapp.storage.requests import AccessRequest, Grant

_FIT = frozenset({GrantState.ACTIVE, GrantState.USED_UP})


@dataclass(frozen=True, slots=True)
class Usable:
    """An approved request and what it opens."""

    request: AccessRequest
    held: Held

    @property
    def asker(self) -> Officer:
        """Whom it was given to."""
        return self.request.asker

    @property
    def last_day(self) -> date:
        """The last day of its term, as people here count: a term ends with a day, at midnight."""
        return day(self.held.grant.not_after - timedelta(seconds=1))


def usable(dossier: Dossier, *, at: datetime) -> list[Usable]:
    """The approvals of this dossier by which its paper may be taken now, the newest first."""
    given = Grant.revoked_at.is_null() & Grant.in_force_at.is_null(False) & (Grant.not_after > at)
    rows = Grant.select(Grant, AccessRequest).join(AccessRequest).where((Grant.dossier == dossier) & given)
    held = grants.with_scopes(rows.order_by(Grant.id.desc()))
    fitting = [one for one in held if one.grant.state_at(at) in _FIT and one.grant.level is Level.CLEAR]
    return [Usable(one.row.request, one) for one in fitting]


def chosen(dossier: Dossier, request_id: str, *, at: datetime) -> Usable:
    """The one that was chosen. Raises Invalid when it does not, or no more, allow paper to be taken."""
    for one in usable(dossier, at=at):
        if one.request.public_id == request_id:
            return one
    raise Invalid("所选的申请已经不能作为依据：授权已到期、被收回，或者只批准看遮挡后的页面")


def behind(loan: Loan, *, at: datetime) -> Usable | None:
    """The approval by which paper was lent, as long as it allows that. None for a form on paper too."""
    mine = (one for one in usable(loan.dossier, at=at) if one.request.id == loan.request_id)
    return next(mine, None)


def was_taken_back(loan: Loan) -> bool:
    """True when the approval of borrowed paper was revoked since the day was set by which it is due."""
    ended = (Grant.request == loan.request_id) & (Grant.revoked_at >= loan.due_set_at)
    by_approval = loan.kind == Kind.BORROW and loan.request_id is not None
    return by_approval and bool(Grant.select().where(ended).exists())


def require_covers(approval: Usable, kind: Kind, materials: Iterable[Material], *, is_whole: bool) -> None:
    """Return only if the approval allows this of every material that is taken. Raises Invalid, which names none.

    Copies need one that says so, on paper as on the screen; who may read may write down what they read.
    """
    grant = approval.held.grant
    if kind is Kind.COPY and not grant.may_copy:
        raise Invalid("这份申请没有批准复制件，不能登记复制。要复制的，请重新申请，或者用纸质审批表")
    left = [
        material
        for material in materials
        if grant.level_for(material.public_id, material.category, Sensitivity(material.sensitivity))
        is not Level.CLEAR
    ]
    if left:
        what = "整卷" if is_whole else "所选的材料"
        raise Invalid(f"批准的范围不包括{what}（有 {len(left)} 份不在其内），请只选批准的材料")
