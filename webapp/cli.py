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
        if not has_instance and name not in WITHOUT_INSTANCE:
            continue
        group: click.Command = importlib.import_module(f"webapp.commands.{name}").group
        alone = {name: group}  # a group without commands is one itself
        for command in getattr(group, "commands", alone).values():
            command.callback = _guarded(command.callback, connects=has_instance)
        app.cli.add_command(group, name)
    app.config["SETTINGS"] = settings


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
