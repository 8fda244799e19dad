"""Accounts (账号): make, link, disable, and give rights. What one person makes, a second one authorises (三员分离).

The system administrator makes accounts and hands out enrolment links; its person enrols; then the security officer
confirms roles, scopes and that it was this person who enrolled. An account is never confirmed before it is enrolled,
and a new link takes back the enrolment with the confirmation: whoever keeps a copy of a link finds either a used link
or an account that opens nothing. The command line acts for the operator of the machine and needs no second person.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from webapp.domain.errors import Conflict, Invalid, NotFound, Refused
from webapp.domain.identifiers import normalise_id_number
from webapp.domain.permission import Permission, permits
from webapp.domain.role import Role, checked
from webapp.services import audit, enrolment, sessions
from webapp.services.actor import Actor
from webapp.services.dossiers import CUSTODY, LOOKUP
from webapp.services.logins import checked_login
from webapp.services.remits import APPROVAL
from webapp.storage.accounts import ENROLLED, Officer, Scope
from webapp.storage.archive import Subject, Unit
from webapp.storage.database import transaction
from webapp.vault.vault import vault

# One answer for who is not on the roster and who has an account.
UNLINKABLE = "这个身份证号不能用来建账号，请向档案管理员核对"
_NAME = re.compile(r"[^\W\d_][\w·．. ()（）-]{0,63}")
_SCOPED = {
    LOOKUP: (Role.OFFICIAL, "查阅范围"),
    CUSTODY: (Role.ARCHIVIST, "保管范围"),
    APPROVAL: (Role.APPROVER, "审批范围"),
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What an officer may act as, and where: units, with all below them, to look up in, to keep and to approve for.

    approval -- of an approver; none is the whole organisation
    """

    roles: frozenset[Role]
    lookup: tuple[Unit, ...] = ()
    custody: tuple[Unit, ...] = ()
    approval: tuple[Unit, ...] = ()

    @property
    def scopes(self) -> dict[str, tuple[Unit, ...]]:
        """The units by kind of Scope."""
        return {LOOKUP: self.lookup, CUSTODY: self.custody, APPROVAL: self.approval}


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """An account to be made. With `subject` set the officer is also an individual (本人)."""

    login: str
    name: str
    rights: Rights
    unit: Unit | None = None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """An officer and the token of the link just issued; it is shown once."""

    officer: Officer
    token: str = field(repr=False)


@transaction()
def create(new: NewOfficer, *, actor: Actor, now: datetime) -> Officer:
    """Make one account. Raises Refused, Invalid or Conflict (login taken, person linked already)."""
    _allow(actor, Permission.OFFICERS)
    login, name, rights = (
        checked_login(new.login),
        checked_name(new.name),
        checked_rights(new.rights, new.subject),
    )
    if Officer.select().where(Officer.login == login).exists():
        raise Conflict(f"账号“{login}”已经有人用了")
    if new.subject is not None and Officer.select().where(Officer.subject == new.subject).exists():
        raise Conflict(UNLINKABLE)
    officer = Officer.create(
        login=login,
        name=name,
        unit=new.unit,
        subject=new.subject,
        role_names=_names(rights.roles),
        created_at=now,
        authorised_at=now if actor.officer is None else None,
    )
    _write_scopes(officer, rights)
    _log("officer:created", officer, actor, now, rights)
    return officer


@transaction()
def link(officer: Officer, *, actor: Actor, now: datetime) -> Linked:
    """Issue an enrolment link; the ones before are dead.

    Issued by an officer it also takes back what was enrolled and authorised, and ends all sittings.
    """
    _allow(actor, Permission.OFFICERS)
    _not_oneself(officer, actor, "自己的登记链接要请另一位管理员发")
    if actor.officer is not None:
        Officer.update(password_hash=None, totp_secret=None, authorised_at=None).where(
            Officer.id == officer.id
        ).execute()
        sessions.end_all(officer, now=now)
    token = enrolment.issue(officer, now=now)
    _log("enrolment:issued", officer, actor, now)
    return Linked(officer, token)


@transaction()
def disable(officer: Officer, *, actor: Actor, now: datetime) -> None:
    """Shut an account; all its sittings end at once."""
    _allow(actor, Permission.OFFICERS)
    _not_oneself(officer, actor, "不能停用自己的账号")
    enabled = (Officer.id == officer.id) & Officer.disabled_at.is_null()
    if not Officer.update(disabled_at=now).where(enabled).execute():
        raise Conflict("这个账号已经停用")
    sessions.end_all(officer, now=now)
    _log("officer:disabled", officer, actor, now)


@transaction()
def enable(officer: Officer, *, actor: Actor, now: datetime) -> None:
    """Open a shut account again."""
    _allow(actor, Permission.OFFICERS)
    _not_oneself(officer, actor, "不能启用自己的账号")
    shut = (Officer.id == officer.id) & Officer.disabled_at.is_null(False)
    if not Officer.update(disabled_at=None).where(shut).execute():
        raise Conflict("这个账号没有停用")
    _log("officer:enabled", officer, actor, now)


@transaction()
def set_rights(officer: Officer, rights: Rights, *, actor: Actor, now: datetime) -> None:
    """Give other roles and scopes; all the officer's sittings end. Never one's own.

    This authorises an enrolled officer too. One not enrolled yet waits as before.
    """
    _allow(actor, Permission.ROLES)
    _not_oneself(officer, actor, "不能更改自己的角色和范围")
    rights = checked_rights(rights, officer.subject)
    Officer.update(role_names=_names(rights.roles)).where(Officer.id == officer.id).execute()
    Officer.update(authorised_at=now).where((Officer.id == officer.id) & ENROLLED).execute()
    Scope.delete().where(Scope.officer == officer).execute()
    _write_scopes(officer, rights)
    sessions.end_all(officer, now=now)
    _log("officer:rights-changed", officer, actor, now, rights)


@transaction()
def authorise(officer: Officer, *, actor: Actor, now: datetime) -> None:
    """Confirm roles, scopes and enrolment as they are. Never one's own, never before its person has enrolled."""
    _allow(actor, Permission.ROLES)
    _not_oneself(officer, actor, "不能核准自己的账号")
    waiting = (Officer.id == officer.id) & Officer.authorised_at.is_null() & ENROLLED
    if not Officer.update(authorised_at=now).where(waiting).execute():
        is_enrolled = Officer.get_by_id(officer.id).is_enrolled
        raise Conflict("这个账号已经核准" if is_enrolled else "本人还没有登记，登记以后才能核准")
    _log("officer:authorised", officer, actor, now, rights_of(officer))


def find(public_id: str) -> Officer:
    """The officer by public id. Raises NotFound."""
    officer = Officer.get_or_none(Officer.public_id == public_id)
    if officer is None:
        raise NotFound("没有这个账号")
    return officer


def rights_of(officer: Officer) -> Rights:
    """Roles and scopes as they stand, units in the order of the tree."""
    rows = Scope.select(Scope, Unit).join(Unit).where(Scope.officer == officer).order_by(Unit.path)
    units = {kind: tuple(row.unit for row in rows if row.kind == kind) for kind in _SCOPED}
    return Rights(officer.roles, units[LOOKUP], units[CUSTODY], units[APPROVAL])


def subject_with(id_number: str) -> Subject:
    """The person with this ID number, to link an account to. Raises Invalid for one without, or with an account."""
    index = vault.blind_index("id_number", normalise_id_number(id_number))
    subject = Subject.get_or_none(Subject.id_number_index == index)
    if subject is None or Officer.select().where(Officer.subject == subject).exists():
        raise Invalid(UNLINKABLE)
    return subject


def asked_subject(id_number: str, *, actor: Actor, now: datetime) -> Subject:
    """subject_with, for one who asks by a form: that it was asked is logged, whatever the answer."""
    with transaction():
        audit.append("officers:tried", actor=actor, at=now, kind="officers", details={"id_numbers": 1})
    return subject_with(id_number)


def checked_name(name: str) -> str:
    """The name without blanks around it. Raises Invalid for what no name looks like."""
    plain = name.strip()
    if not _NAME.fullmatch(plain):
        raise Invalid("姓名须为 1 到 64 个字，以字开头")
    return plain


def checked_rights(rights: Rights, subject: Subject | None) -> Rights:
    """Rights that go together: an individual is a person of the roster, a scope belongs to a role."""
    roles = frozenset(rights.roles) | ({Role.INDIVIDUAL} if subject is not None else frozenset())
    if Role.INDIVIDUAL in roles and subject is None:
        raise Invalid("“本人”角色要填身份证号，与花名册里的人对应")
    checked(roles)
    for kind, units in rights.scopes.items():
        role, word = _SCOPED[kind]
        if units and role not in roles:
            raise Invalid(f"{word}只用于{role.label}")
    return replace(rights, roles=roles)


def _write_scopes(officer: Officer, rights: Rights) -> None:
    for kind, units in rights.scopes.items():
        for unit in {unit.id: unit for unit in units}.values():
            Scope.create(officer=officer, unit=unit, kind=kind)


def _names(roles: Collection[Role]) -> str:
    return " ".join(role.value for role in Role if role in roles)


def _allow(actor: Actor, permission: Permission) -> None:
    """SYSTEM, or an officer in a role that has the permission. Raises Refused."""
    is_system = actor.officer is None and actor.role is None
    if not is_system and (actor.role is None or not permits(actor.role, permission)):
        raise Refused("您当前的角色不能使用这项功能", rule=f"permission:{permission}")


def _not_oneself(officer: Officer, actor: Actor, words: str) -> None:
    if actor.officer is not None and actor.officer.id == officer.id:
        raise Refused(words, rule="own-account")


def _log(action: str, officer: Officer, actor: Actor, now: datetime, rights: Rights | None = None) -> None:
    details = None
    if rights is not None:
        details = {
            kind: sorted(str(unit.public_id) for unit in units) for kind, units in rights.scopes.items()
        }
        details["roles"] = sorted(role.value for role in rights.roles)
    audit.append(action, actor=actor, at=now, kind="officer", record=officer.public_id, details=details)
