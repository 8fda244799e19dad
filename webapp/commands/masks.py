"""`masks`: how far the pages' masks are checked, and searching pages anew after the finding rules have changed."""

import sys
from contextlib import suppress
from datetime import UTC, datetime

import click

from webapp.domain.errors import Conflict
from webapp.services import mask_queue, mask_rechecks

STATES = {"unknown": "还没识别", "auto": "机器遮挡", "verified": "人工核对过", "withheld": "待核对"}


@click.group()
def group() -> None:
    """Masks of the pages."""


@group.command()
def status() -> None:
    """How many pages stand how, and how many were searched by the finding rules of now."""
    for state, count in mask_queue.counts().items():
        click.echo(f"{STATES.get(state, state)}  {count} 页")
    click.echo(_words())


@group.command()
def recheck() -> None:
    """Search pages that were read under older finding rules anew, without recognising them again.

    The worker does so by itself when it starts. May be stopped with Ctrl-C and run again, beside the worker too.
    Exit code 1 when a page could not be searched; it is withheld then.
    """
    count = mask_rechecks.queue(now=_now())
    with click.progressbar(length=count, label="规则复查", file=sys.stderr) as bar:
        is_left = True
        while is_left:
            with suppress(Conflict):  # somebody checks that page just now; it comes again
                is_left = mask_rechecks.work_one(now=_now())
            bar.update(1)
    click.echo(_words())
    if mask_rechecks.progress().failed:
        sys.exit(1)


def _words() -> str:
    held = mask_rechecks.progress()
    failed = f"，{held.failed} 页打不开" if held.failed else ""
    return f"按现行规则检查过 {held.done} / {held.total} 页{failed}"


def _now() -> datetime:
    return datetime.now(UTC)
