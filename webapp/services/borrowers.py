"""Who takes paper (借阅人): an officer by account, or a name and unit typed in; and who may not take whose."""

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.domain.errors import Invalid, Refused
from webapp.domain.loan import LONGEST_LINE, LONGEST_NAME, checked_line
from webapp.domain.permission import Permission, permits
from webapp.domain.role import Role
from webapp.services import asked, ties
from webapp.storage.accounts import Officer, Recusal
from webapp.storage.archive import Dossier
from webapp.storage.requests import AccessRequest

WITHOUT_ACCOUNT = "没有账号的，请再填单位"


@dataclass(frozen=True, slots=True)
class Borrower:
    """A person who takes paper: an officer, or a name with its unit for who has no account."""

    officer: Officer | None
    name: str = ""
    unit: str = ""


def of(officer: Officer) -> Borrower:
    """An officer who takes paper. Raises Invalid for an account that reads no dossiers or is disabled."""
    roles = officer.roles - {Role.INDIVIDUAL}
    if officer.disabled_at is not None or not any(permits(role, Permission.READ) for role in roles):
        raise Invalid(f"“{officer.name}”的账号不能查阅档案，不能借阅")
    return Borrower(officer)


def named(written: str, unit: str, *, what: str) -> Borrower:
    """Who is meant by a login or a name; with a unit, somebody without an account. Raises Invalid.

    what -- 借阅人 or 同行人, for the reason
    """
    name = checked_line(written, what=what, longest=LONGEST_NAME, required=True)
    place = checked_line(unit, what=f"{what}的单位", longest=LONGEST_LINE)
    if place:
        return Borrower(None, name, place)
    by_login = Officer.get_or_none(Officer.login == name.casefold())
    found = [by_login] if by_login else list(Officer.select().where(Officer.name == name).limit(2))
    if not found:
        raise Invalid(f"没有叫“{name}”的账号。{WITHOUT_ACCOUNT}")
    if len(found) > 1:
        raise Invalid(f"有几个账号都叫“{name}”，请填账号")
    return of(found[0])


def require_allowed(borrower: Borrower, dossier: Dossier) -> None:
    """Return only for one who may have this dossier's paper in hand. Raises Refused, Invalid.

    Who has no account is known by name alone: one that names the person or a relative is not taken at all.
    """
    if borrower.officer is not None:
        if borrower.officer.subject_id == dossier.subject_id:
            raise Refused("任何人不得借阅本人的档案", rule="loan:own")
        if dossier.subject_id in ties.subjects(borrower.officer):
            raise Refused("借阅人与该干部存在回避关系，不能借给", rule="loan:recused")
        return
    kept_away = {one.officer.name for one in Recusal.select().where(Recusal.subject == dossier.subject)}
    _require_other_name(borrower, kept_away | {dossier.subject.name}, "本人或须回避的人")


def require_two(taker: Borrower, second: Borrower) -> None:
    """Return only for two people whom nothing ties. Raises Invalid, Refused.

    Where only one has an account, the other's name is all there is: a namesake is not taken for a second person.
    """
    if taker == second:
        raise Invalid("借阅人和同行人不能是同一个人")
    if taker.officer and second.officer:
        if taker.officer.id in ties.officers(second.officer):
            raise Refused("借阅人和同行人存在回避关系，请另请一位同行", rule="loan:related")
    elif officer := taker.officer or second.officer:
        _require_other_name(second if taker.officer else taker, {officer.name}, "同去的人")


def require_not_approver(borrower: Borrower, request: AccessRequest) -> None:
    """Return only for who gave no approval of this request: they are no witness of what they allowed. Raises Refused.

    Who is away is taken for one as well: it was decided in their name.
    """
    steps = asked.approvals_of(request)
    approvers = {one for step in steps for one in (step.officer, step.absent) if one is not None}
    if borrower.officer in approvers:
        raise Refused("批准这份申请的人不能借阅，也不能同行，请另请一位", rule="loan:approver")
    if borrower.officer is None:
        _require_other_name(borrower, {one.name for one in approvers}, "批准这份申请的人")


def _require_other_name(borrower: Borrower, names: Iterable[str], whose: str) -> None:
    """Blanks make no other name."""
    if borrower.name.replace(" ", "") in {name.replace(" ", "") for name in names}:
        raise Refused(
            f"“{borrower.name}”与{whose}同名。确实是另一个人的，请用其账号登记", rule="loan:namesake"
        )
