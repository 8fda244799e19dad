"""Commands of the console: flask --app webapp.wsgi <group> <command>. One file a group in webapp/commands/."""

import importlib
import sys
from functools import update_wrapper
from typing import Any

import click
from flask import Flask

from webapp.domain.errors import ArchiveError
from webapp.settings import Settings
from webapp.storage.database import database
from webapp.vault.keyring import KeyRingUnusable

GROUPS = ("db", "demo", "officers", "people", "keys", "audit", "backup", "search", "intake", "masks", "trace")
WITHOUT_INSTANCE = ("db", "demo", "backup")  # may run before there is one


def install_commands(app: Flask, settings: Settings) -> None:
    """Register every group; each command gets an open connection and ends with a plain message on our errors."""
    has_instance = settings.keyring.exists()
    for name in GROUPS:
        group: click.Command = importlib.import_module(f"webapp.commands.{name}").group
        alone = {name: group}  # a group without commands is one itself
        for command in getattr(group, "commands", alone).values():
            if has_instance or name in WITHOUT_INSTANCE:
                command.callback = _guarded(command.callback, connects=has_instance)
            else:
                command.callback = _without_instance(settings)
        app.cli.add_command(group, name)
    app.config["SETTINGS"] = settings


def _without_instance(settings: Settings) -> Any:
    def tell(**_given: Any) -> None:
        click.echo(
            f"{settings.instance} 里还没有实例：请先运行 db init，或用 LANTAI_INSTANCE 和 LANTAI_KEYRING 指明它在哪里",
            err=True,
        )
        sys.exit(1)

    return tell


def _guarded(callback: Any, *, connects: bool) -> Any:
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            if not connects:
                return callback(*args, **kwargs)
            database.connect(reuse_if_open=True)
            return callback(*args, **kwargs)
        except (ArchiveError, KeyRingUnusable) as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        finally:
            if connects and not database.is_closed():  # a command that starts others closes it before
                database.close()

    return update_wrapper(run, callback)
