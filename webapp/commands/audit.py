"""`audit`: verify the chain of the log."""

import sys

import click

from webapp.services import audit


@click.group()
def group() -> None:
    """The log that cannot be quietly changed."""


@group.command()
@click.option("--head", help="The last hash noted elsewhere: fails unless the log still contains it.")
def verify(head: str | None) -> None:
    """Walk the whole chain. Exit 0: whole. 2: an entry was changed or is missing. 3: cut off before --head."""
    verdict = audit.verify()
    if verdict.broken_seq is not None:
        click.echo(f"第 {verdict.broken_seq} 条：{verdict.fault}", err=True)
        sys.exit(2)
    if head and not audit.contains(head):
        click.echo("日志里没有记下的那条校验值：末尾的记录被截掉了", err=True)
        sys.exit(3)
    click.echo(f"{verdict.entries} 条记录完整，末条校验值 {verdict.head}")
