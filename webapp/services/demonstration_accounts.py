"""Accounts of a demonstration (演示账号): enrolled without a link, their passwords and codes open to whoever looks.

Only in an instance that was made as a demonstration, which holds nobody real and answers on loopback alone.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.errors import Refused
from webapp.domain.passwords import checked
from webapp.domain.role import Role
from webapp.services import audit, passwords, policy, totp
from webapp.services.actor import SYSTEM
from webapp.storage.accounts import Officer
from webapp.storage.database import transaction
from webapp.storage.policy import Setting
from webapp.vault.vault import vault

_PREFIX = "demonstration:"


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """How to sign in as one officer of the demonstration, at one moment."""

    login: str
    name: str
    roles: tuple[Role, ...]
    password: str
    code: str
    seconds_left: int  # until the next code


def enrol_directly(officer: Officer, password: str, totp_secret: str, *, now: datetime) -> None:
    """Give an officer a password and a TOTP secret (base32), and keep both for all_accounts(). Raises Refused."""
    if not policy.current().is_demonstration:
        raise Refused("只有演示实例可以这样登记账号", rule="not-a-demonstration")
    phc = passwords.hashed(checked(password, login=officer.login, name=officer.name))
    sealed = vault.seal_credential(password.encode(), owner=_PREFIX + officer.public_id)
    with transaction():
        Officer.update(
            password_hash=phc, totp_secret=totp.sealed(totp_secret, officer), authorised_at=now, failures=0
        ).where(Officer.id == officer.id).execute()
        kept = base64.b64encode(sealed).decode()
        Setting.replace(name=_PREFIX + officer.public_id, value=kept, decided_at=now).execute()
        audit.append("enrolment:completed", actor=SYSTEM, at=now, kind="officer", record=officer.public_id)


def all_accounts(*, now: datetime) -> list[OpenAccount]:
    """Every officer enrolled by enrol_directly, with the code of this moment. Raises Refused elsewhere."""
    if not policy.current().is_demonstration:
        raise Refused("这不是演示实例", rule="not-a-demonstration")
    kept = dict(Setting.select(Setting.name, Setting.value).where(Setting.name.startswith(_PREFIX)).tuples())
    officers = Officer.select().where(Officer.totp_secret.is_null(False)).order_by(Officer.id)
    return [
        _opened(officer, kept[_PREFIX + officer.public_id], now)
        for officer in officers
        if _PREFIX + officer.public_id in kept
    ]


def _opened(officer: Officer, kept: str, now: datetime) -> OpenAccount:
    owner = _PREFIX + officer.public_id
    password = vault.unseal_credential(base64.b64decode(kept), owner=owner).decode()
    code = totp.code_at(totp.opened(officer.totp_secret, officer), now=now)
    roles = tuple(role for role in Role if role in officer.roles)
    left = totp.STEP_S - int(now.timestamp()) % totp.STEP_S
    return OpenAccount(officer.login, officer.name, roles, password, code, left)
