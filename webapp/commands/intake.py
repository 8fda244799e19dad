"""`intake`: care of what came in."""

from datetime import UTC, datetime

import click

from webapp.services import pages, pieces


@click.group()
def group() -> None:
    """Scans that came in."""


@group.command()
def sweep() -> None:
    """Remove what killed processes left behind: files without a row, pieces nothing refers to."""
    click.echo(f"已清理 {pieces.sweep(pages.unreferred, now=datetime.now(UTC))} 个")
