"""Addresses of static files carry the hash of their content, so that a browser may keep them for ever."""

import hashlib
from pathlib import Path

from flask import Flask, url_for

HASH_DIGITS = 12
SHELL = (  # what the service worker keeps on the phone
    "css/lantai.css",
    "css/viewer.css",
    "js/app.js",
    "js/viewer.js",
    "vendor/htmx-4.0.1/htmx.min.js",
    "icons/icon.svg",
    "icons/icon-192.png",
)


class StaticFiles:
    """The hash of each static file, taken once at start."""

    def __init__(self, folder: Path):
        self._hashes = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_DIGITS]
            for path in folder.rglob("*")
            if path.is_file()
        }

    def address(self, name: str) -> str:
        """/static/<name>?v=<hash>. Raises KeyError for a file that is not there."""
        return url_for("static", filename=name, v=self._hashes[name])

    @property
    def version(self) -> str:
        """Changes when any file of the shell does."""
        held = "".join(self._hashes[name] for name in SHELL)
        return hashlib.sha256(held.encode()).hexdigest()[:HASH_DIGITS]


def install(app: Flask, folder: Path) -> None:
    """Offer static(name) to templates."""
    files = StaticFiles(folder)
    app.extensions["static_files"] = files
    app.jinja_env.globals["static"] = files.address
