"""Officers who can really sign in, for tests: enrolled through the services, at a hashing cost that tests can pay."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import pytest

from tests.moment import NOW
from webapp.domain.role import Role
from webapp.services import enrolment, officers, passwords, recovery_codes, sign_in
from webapp.services.actor import SYSTEM, Actor
from webapp.services.officers import NewOfficer, Rights
from webapp.services.sessions import SignedIn
from webapp.services.visitor import Visitor
from webapp.storage.accounts import Officer, Session

PASSWORD = "松风 明月 石泉 2"
OFFICE = Visitor("10.1.2.3", "Chrome · Android")
ELSEWHERE = Visitor("203.0.113.9", "Firefox")
CHEAP = passwords.Cost(64, 1, 1)
STEP = timedelta(seconds=30)


def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", CHEAP)
    monkeypatch.setattr(recovery_codes, "COST", CHEAP)


@dataclass
class Enrolled:
    """An officer with what they know and hold."""

    officer: Officer
    secret: str
    codes: list[str]
    device: str  # the cookie of the device they enrolled on

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).at(int(now.timestamp()))

    def password_given(self, now: datetime, visitor: Visitor = OFFICE) -> tuple[Session, str]:
        token = sign_in.give_password(self.officer.login, PASSWORD, visitor=visitor, now=now)
        return session_of(token), token

    def signed_in(self, now: datetime, visitor: Visitor = OFFICE) -> SignedIn:
        session, _ = self.password_given(now, visitor)
        return sign_in.give_code(session, self.code(now), visitor=visitor, now=now)

    def actor(self, now: datetime) -> Actor:
        session = self.signed_in(now).session
        return Actor(session.officer, Role(session.role), session)


def session_of(token: str) -> Session:
    from webapp.services.sessions import hash_of

    return Session.get(Session.token_hash == hash_of(token))


def made(login: str = "zhangwei", *roles: Role, name: str = "张伟") -> Officer:
    new = NewOfficer(login, name, Rights(frozenset(roles or {Role.OFFICIAL})))
    return officers.create(new, actor=SYSTEM, now=NOW)


def enrolled(login: str = "zhangwei", *roles: Role, name: str = "张伟") -> Enrolled:
    """An officer enrolled an hour before NOW, so that codes of NOW are fresh."""
    then = NOW - timedelta(hours=1)
    officer = made(login, *roles, name=name)
    return through_link(officers.link(officer, actor=SYSTEM, now=then).token, then)


def through_link(token: str, now: datetime) -> Enrolled:
    """Follow an enrolment link to its end."""
    enrolment.set_password(token, PASSWORD, now=now)
    link = enrolment.find(token, now=now)
    secret = enrolment.phone_of(link).secret
    done = enrolment.confirm(token, pyotp.TOTP(secret).at(int(now.timestamp())), visitor=OFFICE, now=now)
    device = done.signed_in.device if done.signed_in else ""
    return Enrolled(done.officer, secret, done.codes, device)
