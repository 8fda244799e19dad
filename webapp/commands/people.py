"""`people`: take a roster in, and print it again."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from webapp.domain.errors import NotFound
from webapp.services import people, spreadsheets, units
from webapp.services.actor import SYSTEM
from webapp.services.people import RosterRefused
from webapp.services.rosters import Outcome, Report
from webapp.web.documents import printed


@click.group()
def group() -> None:
    """People and their dossiers."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def take_in(file: Path, dry_run: bool) -> None:
    """Take in the roster FILE (.xlsx or .csv). Ends with 1 when a row is faulty, and then nothing was written."""
    table = spreadsheets.read(file.read_bytes())
    if dry_run:
        report = people.try_roster(SYSTEM, table, now=datetime.now(UTC))
        _tell(report)
        sys.exit(1 if report.of(Outcome.FAULTY) else 0)
    try:
        _tell(people.import_roster(SYSTEM, table, now=datetime.now(UTC)))
    except RosterRefused as error:
        _tell(error.report)
        raise


@group.command("print")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--unit", "path", default="", help="Only this unit and all below it, e.g. 市财政局/预算科.")
def print_roster(output: Path, path: str) -> None:
    """Write the roster to OUTPUT: a PDF, or a table when its name ends in .xlsx. ID numbers are left out."""
    unit, now = units.lookup(path) if path else None, datetime.now(UTC)
    if path and unit is None:
        raise NotFound(f"没有“{path}”这个单位")
    form = "xlsx" if output.suffix.lower() == ".xlsx" else "pdf"
    rows = people.printed_rows(people.roster(SYSTEM, now=now, form=form, unit=unit))
    columns = people.PRINTED_COLUMNS
    if form == "xlsx":
        content = spreadsheets.workbook("花名册", columns, rows)
    else:
        content = printed("people/print.html", columns=columns, rows=rows, unit=unit, at=now)
    output.write_bytes(content)
    click.echo(f"{output}：{len(rows)} 人")


def _tell(report: Report) -> None:
    """Faults and looks to be taken, then the counts."""
    for proposal in report.of(Outcome.FAULTY):
        click.echo(
            f"第 {proposal.reading.line} 行 {proposal.reading.name}：{'；'.join(proposal.errors)}", err=True
        )
    for proposal in report.noted:
        click.echo(
            f"第 {proposal.reading.line} 行 {proposal.reading.name}（请留意）：{'；'.join(proposal.reading.notes)}"
        )
    click.echo("，".join(f"{outcome.value} {count}" for outcome, count in report.counts.items()))
