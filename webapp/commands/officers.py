"""officers: accounts from the console, for the operator of the machine."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from webapp.domain.errors import Invalid, NotFound
from webapp.domain.role import Role
from webapp.services import officer_import, officer_list, officers
from webapp.services.actor import SYSTEM
from webapp.services.logins import normalised_login
from webapp.services.officers import Linked, NewOfficer, Rights
from webapp.storage.accounts import Officer
from webapp.storage.archive import Unit

group = click.Group(name="officers", help="Accounts: create, import, link, disable, list.")
_ROLES = click.Choice([role.value for role in Role])


@group.command()
@click.argument("login")
@click.argument("name")
@click.option("--role", "roles", multiple=True, type=_ROLES, required=True, help="Repeat for several.")
@click.option("--unit", default="", help="Where the officer works: 市财政局/预算科.")
@click.option("--lookup", multiple=True, help="A unit an official looks up in. Repeat for several.")
@click.option(
    "--custody", multiple=True, help="A unit an archivist keeps the dossiers of. Repeat for several."
)
@click.option(
    "--approval", multiple=True, help="A unit an approver decides for; none is all. Repeat for several."
)
@click.option("--id-number", default="", help="Of the person of the roster this officer is.")
def create(
    login: str,
    name: str,
    roles: tuple[str, ...],
    unit: str,
    lookup: tuple[str, ...],
    custody: tuple[str, ...],
    approval: tuple[str, ...],
    id_number: str,
) -> None:
    """Make an account and print its enrolment link, which works once within 72 hours."""
    rights = Rights(frozenset(map(Role, roles)), _units(lookup), _units(custody), _units(approval))
    subject = officers.subject_with(id_number) if id_number else None
    new = NewOfficer(login, name, rights, officer_import.unit_at(unit), subject)
    made = officers.create(new, actor=SYSTEM, now=_now())
    _print(officers.link(made, actor=SYSTEM, now=_now()))


@group.command("import")
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only; make nothing.")
def import_(sheet: Path, dry_run: bool) -> None:
    """Make the accounts of a spreadsheet, all or none, and print their enrolment links."""
    rows = officer_import.judge(officer_import.cells_of(sheet.read_bytes()), actor=SYSTEM, now=_now())
    if faults := officer_import.faults_of(rows):
        raise Invalid("\n".join(faults))
    if dry_run:
        click.echo(f"{len(rows)} 个账号可以建，还什么都没有建")
        return
    for linked in officer_import.create_all(rows, actor=SYSTEM, now=_now()):
        _print(linked)


@group.command()
@click.argument("login")
def link(login: str) -> None:
    """Print a new enrolment link; the ones before are dead."""
    _print(officers.link(_found(login), actor=SYSTEM, now=_now()))


@group.command()
@click.argument("login")
def disable(login: str) -> None:
    """Shut an account and end its sittings."""
    officers.disable(_found(login), actor=SYSTEM, now=_now())
    click.echo(f"{login} 已停用")


@group.command()
@click.argument("login")
def enable(login: str) -> None:
    """Open an account again."""
    officers.enable(_found(login), actor=SYSTEM, now=_now())
    click.echo(f"{login} 已启用")


@group.command("list")
def list_() -> None:
    """Print login, name, state and roles of every account, a line each."""
    page = 1
    while True:
        listed = officer_list.listing(page=page)
        for officer in listed.officers:
            state = officer_list.state_of(officer).label
            click.echo("\t".join((officer.login, officer.name, state, officer.role_names)))
        if not listed.has_more:
            return
        page += 1


def _units(paths: tuple[str, ...]) -> tuple[Unit, ...]:
    return tuple(unit for path in paths for unit in officer_import.units_in(path))


def _found(login: str) -> Officer:
    officer = Officer.get_or_none(Officer.login == normalised_login(login))
    if officer is None:
        raise NotFound(f"没有账号“{login}”")
    return officer


def _print(linked: Linked) -> None:
    origin = current_app.config["SETTINGS"].public_origin
    click.echo(f"{linked.officer.login}\t{linked.officer.name}\t{origin}/enrol/{linked.token}")


def _now() -> datetime:
    return datetime.now(UTC)
