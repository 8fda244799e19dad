"""`keys`: rotate the root key."""

from datetime import UTC, datetime

import click

from webapp.services import keys


@click.group()
def group() -> None:
    """Keys of the instance."""


@group.command()
def rotate() -> None:
    """Add a root key and rewrap every key with it. No page is written again; safe to repeat after an interruption."""
    done = keys.rotate(now=datetime.now(UTC))
    click.echo(f"新根密钥 {done.root_id}，已重新封装 {done.rewrapped} 份档案的密钥。请重新备份密钥")


@group.command()
def rewrap() -> None:
    """Finish a rotation that was interrupted."""
    click.echo(f"已重新封装 {keys.rewrap(now=datetime.now(UTC))} 份档案的密钥")
