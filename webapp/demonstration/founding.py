"""Founding a demonstration (建立演示实例): a real instance, real accounts, and files that go through the real intake.

Everything goes in by the services that people use; nothing is written past them.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from webapp.demonstration.arrival import files
from webapp.demonstration.dossiers import DrawnMaterial, dossier, dossier_plan
from webapp.demonstration.organisation import organisation, roster
from webapp.demonstration.people import Organisation, Person
from webapp.demonstration.places import Unit as City
from webapp.domain.access_request import Terms
from webapp.domain.category import Category
from webapp.domain.disclosure import Level, Policy, Preset
from webapp.domain.errors import Refused
from webapp.domain.grant import Scope
from webapp.domain.role import Role
from webapp.services import (
    corrections,
    demonstration_accounts,
    facts,
    instance,
    intake,
    materials,
    officers,
    people,
    policy,
    requests,
    spreadsheets,
    units,
)
from webapp.services.actor import SYSTEM, Actor
from webapp.services.facts import Wanted
from webapp.services.materials import Description
from webapp.services.officers import NewOfficer, Rights
from webapp.services.requests import Reason
from webapp.settings import Settings
from webapp.storage.accounts import Officer
from webapp.storage.archive import Dossier, Material, Subject, Unit
from webapp.storage.database import database
from webapp.storage.pages import Upload

SEED = "lantai"
PEOPLE = 36
ARCHIVIST, INDIVIDUAL = "dangan", "benren"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Post:
    """An account of the demonstration: login, name, roles, units looked up in, units kept, the person it is."""

    login: str
    name: str
    roles: frozenset[Role]
    lookup: tuple[str, ...] = ()
    custody: tuple[str, ...] = ()
    person: Person | None = None


def found(settings: Settings, *, now: datetime, people_count: int = PEOPLE) -> None:
    """Make the instance, take the roster in and open the accounts. Raises Conflict when there is an instance."""
    decided = policy.Instance(
        "云梧市（虚构演示）", Policy(Preset.STANDARD, True, True), is_demonstration=True
    )
    instance.create(settings, decided, now=now)
    city = organisation(SEED, people_count)
    with database.connection_context():
        people.import_roster(SYSTEM, _roster(city), now=now)
        for post in _posts(city):
            _open_account(post, now=now)
        _contest(now=now)
        _ask(city, now=now)
        _inquire(now=now)


def fill(*, clock: Clock, most_dossiers: int | None = None, people_count: int = PEOPLE) -> Iterator[str]:
    """Send every drawn file through the intake, the fullest dossiers first; says after each which dossier is in.

    May be stopped and run again. Raises Refused elsewhere than in a demonstration.
    """
    plan = dossier_plan(organisation(SEED, people_count))
    wanted = [(person, False) for person in plan.full] + [(person, True) for person in plan.short]
    for person, is_short in wanted[:most_dossiers]:
        send(dossier(person, SEED, short=is_short), clock=clock)
        yield f"{person.dossier_number} {person.name}"


def send(drawn: Iterable[DrawnMaterial], *, clock: Clock) -> None:
    """Catalogue materials and send their files through the intake; what is there already is noticed and left.

    Raises Refused elsewhere than in a demonstration.
    """
    if not policy.current().is_demonstration:
        raise Refused("这不是演示实例，不能放入生成的材料", rule="not-a-demonstration")
    keeper = Actor(Officer.get(Officer.login == ARCHIVIST), Role.ARCHIVIST)
    for one in drawn:
        _send(keeper, one, clock)


def _send(keeper: Actor, drawn: DrawnMaterial, clock: Clock) -> None:
    """One material: its line in the catalogue, then its files, unless they are there."""
    kept = Dossier.get(Dossier.number == drawn.person.dossier_number)
    same = (
        (Material.dossier == kept) & (Material.title == drawn.title) & (Material.category == drawn.category)
    )
    dated = same & (Material.year == drawn.formed.year) & (Material.remark == drawn.remark)
    material = Material.get_or_none(dated)
    if material is None:
        given = Description(
            drawn.title, Category(drawn.category), drawn.formed, drawn.page_count, remark=drawn.remark
        )
        material = materials.add(keeper, kept.public_id, given, now=clock())
    if Upload.select().where(Upload.material == material).exists():
        return
    for name, content in files(drawn):
        intake.receive(keeper, material.public_id, name, content, now=clock(), priority=intake.BULK)


def _posts(city: Organisation) -> Iterator[Post]:
    """The accounts that show every role, and one that holds two."""
    full = dossier_plan(city).full
    top = tuple(units_path(city, unit) for unit in city.units if unit.parent is None)
    finance = next(units_path(city, unit) for unit in city.units if unit.code == "02")
    yield Post("chadang", "苏砚秋", frozenset({Role.OFFICIAL}), lookup=top)
    yield Post("caizheng", "温疏桐", frozenset({Role.OFFICIAL}), lookup=(finance,))
    yield Post(
        INDIVIDUAL,
        full[0].name,
        frozenset({Role.OFFICIAL, Role.INDIVIDUAL}),
        lookup=(finance,),
        person=full[0],
    )
    yield Post(ARCHIVIST, "陆知简", frozenset({Role.ARCHIVIST}), custody=top)
    yield Post("shenpi", "程慎之", frozenset({Role.APPROVER}))
    yield Post("fushen", "方允衡", frozenset({Role.APPROVER}))
    yield Post("xitong", "顾维衡", frozenset({Role.SYSTEM_ADMINISTRATOR}))
    yield Post("baomi", "沈守默", frozenset({Role.SECURITY_OFFICER}))
    yield Post("fuhe", "闻守拙", frozenset({Role.SECURITY_OFFICER}))
    yield Post("shenji", "裴观止", frozenset({Role.AUDITOR}))


def _ask(city: Organisation, *, now: datetime) -> None:
    """One request that waits, so that an approver finds something to decide."""
    asker = Actor(Officer.get(Officer.login == "caizheng"), Role.OFFICIAL)
    plan = dossier_plan(city)
    person = next(one for one in (*plan.full, *plan.short) if not one.unit.code.startswith("02"))
    wanted = Dossier.get(Dossier.number == person.dossier_number)
    reason = Reason("2", "拟调任财政局，核对学历学位和任职经历")
    scope = Scope(categories=frozenset({"4-1", "9-2"}))
    draft = requests.begin(asker, wanted.public_id, reason, first=scope, now=now)
    requests.change_terms(
        asker, draft.public_id, Terms(Level.MASKED, now, now + timedelta(days=7), 60), now=now
    )
    requests.submit(asker, draft.public_id, now=now)


def _open_account(post: Post, *, now: datetime) -> None:
    subject = None
    if post.person is not None:
        subject = Subject.select().join(Dossier).where(Dossier.number == post.person.dossier_number).get()
    rights = Rights(post.roles, _units(post.lookup), _units(post.custody))
    new = NewOfficer(post.login, post.name, rights, unit=subject.unit if subject else None, subject=subject)
    officer = officers.create(new, actor=SYSTEM, now=now)
    password = "".join(secrets.choice(_LETTERS) for _ in range(12))
    demonstration_accounts.enrol_directly(officer, password, pyotp.random_base32(), now=now)


def _contest(*, now: datetime) -> None:
    """The individual of the demonstration contests their post, so that the keeper has something to answer."""
    individual = Actor(Officer.get(Officer.login == INDIVIDUAL), Role.INDIVIDUAL)
    corrections.ask(
        individual, corrections.Aim("post"), "职务今年有变动，花名册还没有更新，请核对。", now=now
    )


def _inquire(*, now: datetime) -> None:
    """Somebody asks for two facts about the individual, so that the keeper has something to look up."""
    asker = Actor(Officer.get(Officer.login == "chadang"), Role.OFFICIAL)
    about = Dossier.get(Dossier.subject == Officer.get(Officer.login == INDIVIDUAL).subject_id)
    wanted = Wanted(frozenset({"party", "full-time"}), "发展党员，核对介绍人的党龄和学历", "1")
    facts.ask(asker, about.public_id, wanted, now=now)


def _units(paths: tuple[str, ...]) -> tuple[Unit, ...]:
    return tuple(unit for path in paths if (unit := units.lookup(path)) is not None)


def _roster(city: Organisation) -> spreadsheets.Table:
    """The roster with each unit's whole path, as a spreadsheet would be read."""
    header, *rows = roster(city)
    at = header.index("单位")
    by_name = {unit.name: units_path(city, unit) for unit in city.units}
    placed = [(*row[:at], by_name[row[at]], *row[at + 1 :]) for row in rows]
    return spreadsheets.read(spreadsheets.workbook("花名册", header, placed))


def units_path(city: Organisation, unit: City) -> str:
    """云梧市财政局/云梧市财政局国库支付中心 of a unit."""
    above = next((one for one in city.units if one.code == unit.parent), None)
    return f"{units_path(city, above)}/{unit.name}" if above else unit.name
