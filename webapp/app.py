"""The composition root of the web process: the only module that knows every part."""

import importlib
from pathlib import Path

from flask import Flask, g
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.rendering import typeface
from webapp.services.instance import open_instance
from webapp.settings import Settings
from webapp.storage.database import database
from webapp.vault.keyring import Purpose
from webapp.vault.vault import vault
from webapp.web import (
    clock,
    compression,
    csrf,
    errors,
    filters,
    guards,
    headers,
    hosts,
    limits,
    navigation,
    sign_in,
    static_files,
    step_up,
    streams,
)
from webapp.web.uploads import ArchiveRequest

ROOT = Path(__file__).resolve().parent.parent
SURFACES = (
    "mobile.routes.shell",
    "mobile.routes.sign_in",
    "mobile.routes.home",
    "mobile.routes.search",
    "mobile.routes.dossiers",
    "mobile.routes.materials",
    "mobile.routes.requests",
    "mobile.routes.letters",
    "mobile.routes.approvals",
    "mobile.routes.approval_form",
    "mobile.routes.loans",
    "mobile.routes.delegations",
    "mobile.routes.facts",
    "mobile.routes.own_facts",
    "mobile.routes.fact_approvals",
    "mobile.routes.certificates",
    "mobile.routes.own",
    "mobile.routes.notices",
    "mobile.routes.corrections",
    "mobile.routes.viewers",
    "mobile.routes.complaints",
    "mobile.routes.own_export",
    "mobile.routes.copies",
    "mobile.routes.joining",
    "mobile.routes.account",
    "mobile.routes.passkeys",
    "mobile.routes.devices",
    "mobile.routes.demonstration",
    "mobile.routes.help",
    "webapp.routes.intake",
    "webapp.routes.masks",
    "webapp.routes.catalogue",
    "webapp.routes.loans",
    "webapp.routes.people",
    "webapp.routes.copies",
    "webapp.routes.corrections",
    "webapp.routes.facts",
    "webapp.routes.cases",
    "webapp.routes.officers",
    "webapp.routes.delegations",
    "webapp.routes.audit",
    "webapp.routes.tracing",
    "webapp.routes.grants",
    "webapp.routes.recusals",
    "webapp.routes.policy",
)


def create_app(settings: Settings, *, time: clock.Clock = clock.system_clock) -> Flask:
    """Build one application on an existing instance. Reads no environment, opens no connection."""
    typeface.locate()  # no page leaves without a mark, so better no start than no font
    open_instance(settings)
    app = Flask(
        "webapp",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    session_key = vault.ring.key(Purpose.SESSION)
    app.config.update(
        SETTINGS=settings,
        IS_HTTPS=settings.is_https,
        FORM_KEY=session_key,
        SECRET_KEY=session_key,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["clock"] = time
    Htmx(app)
    app.request_class = ArchiveRequest
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    _connect_each_request(app)
    compression.install(app, ROOT / "static")  # first, so that it sees answers last
    hosts.install(app, settings.public_origin)
    sign_in.install(app)
    # Limits come first: each refusal is an entry of the log, and a form is read before its token is seen.
    for part in (limits, guards, csrf, headers, errors, filters, navigation, step_up, streams):
        part.install(app)
    static_files.install(app, ROOT / "static")
    for name in SURFACES:
        app.register_blueprint(importlib.import_module(name).bp)
    return app


def _connect_each_request(app: Flask) -> None:
    """One database connection a thread, kept from request to request.

    When the last connection closes, SQLite writes its log back into the file and syncs it: at the end of every
    request on a quiet day. What a request leaves behind half done is thrown away with its connection.
    """

    @app.before_request
    def connect() -> None:
        g.session = None  # first: the page that tells of a database out of reach asks for it
        database.connect(reuse_if_open=True)

    @app.teardown_request
    def disconnect(_error: BaseException | None) -> None:
        if not database.is_closed() and database.in_transaction():
            database.close()
