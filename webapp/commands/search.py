"""`search`: the index is disposable; make it anew from the database."""

from datetime import UTC, datetime

import click

from webapp.services import indexing, jobs


@click.group()
def group() -> None:
    """The index."""


@group.command()
def rebuild() -> None:
    """Queue everything for the index; the worker writes it while people go on searching."""
    click.echo(f"已排队 {indexing.rebuild(now=datetime.now(UTC))} 个条目")


@group.command()
def status() -> None:
    """How many entries the index holds and how much waits."""
    waiting = ", ".join(f"{state} {count}" for state, count in sorted(jobs.counts().items()))
    click.echo(f"索引条目 {indexing.open_index.index.count}；后台任务：{waiting or '无'}")
