"""The web process: gunicorn webapp.wsgi:app, or flask --app webapp.wsgi for commands."""

import os

from flask import Flask

from webapp.app import create_app
from webapp.cli import install_commands
from webapp.settings import Settings
from webapp.vault.privacy import keep_to_owner


def build() -> Flask:
    """The application, or, before an instance exists, a bare one that only makes or restores one."""
    keep_to_owner()
    settings = Settings.from_env(os.environ)
    made = create_app(settings) if settings.keyring.exists() else Flask("webapp")
    install_commands(made, settings)
    return made


app = build()
