"""A stage: every macro on a few screens behind the product's own content policy, and a browser to look at them."""

import hashlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from flask import Flask, Response, render_template, request
from flask.testing import FlaskClient
from markupsafe import Markup
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).parents[2]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
    " manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; report-uri /csp-report"
)
SHELL = ("css/lantai.css", "js/app.js", "vendor/htmx-4.0.1/htmx.min.js")
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def static(path: str) -> str:
    digest = hashlib.sha256((ROOT / "static" / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def context() -> dict[str, object]:
    tabs = [("首页", "/parts", "home", None), ("申请", "/intake", "request", 2)]
    return {
        "static": static,
        "csrf_token": lambda: "token-1",
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf_token" value="token-1">'),
        "tabs": [
            {"label": label, "href": href, "icon": icon, "badge": badge, "current": href == request.path}
            for label, href, icon, badge in tabs
        ],
        "me": SimpleNamespace(name="张伟"),
        "theme": request.args.get("theme", ""),
        "size": request.args.get("size", ""),
    }


def build_stage() -> Flask:
    """The screens at /<name>; what a browser tells it is kept in app.config["TOLD"], in order."""
    app = Flask("stage", static_folder=str(ROOT / "static"))
    app.test_client_class = (
        FlaskClient  # screens alone, without the headers that the product's answers are held to
    )
    app.jinja_loader = jinja2.FileSystemLoader([ROOT / "templates", Path(__file__).parent / "screens"])
    app.jinja_env.undefined = jinja2.ChainableUndefined
    app.context_processor(context)
    told: list[tuple[str, object]] = []
    app.config["TOLD"] = told

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        if not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.post("/<name>")
    def tell(name: str) -> tuple[str, int, dict[str, str]]:
        files = [file.filename for file in request.files.getlist("files")]
        told.append(
            (name, request.form.to_dict() | {"files": files, "token": request.headers.get("X-CSRF-Token")})
        )
        if name == "intake":
            return (
                ("看不清字", 422, {"Content-Type": "text/plain"})
                if files == ["blurred.jpg"]
                else ("", 201, {"Location": "/parts"})
            )
        return ("", 500, {}) if name == "broken" else ('<p id="answer">收到</p>', 200, {})

    @app.get("/pages/<int:number>/<size>")
    def page_image(number: int, size: str) -> Response:
        told.append(("page", f"{number}/{size}"))
        return Response(PIXEL, mimetype="image/gif")

    for name in ("masks", "page", "verify"):  # the addresses that masks/page.html asks for
        app.add_url_rule("/masks", f"masks.{name}", build_only=True)
    app.add_url_rule("/pages/1/screen", "masks.image", build_only=True)
    app.add_url_rule("/viewer", "materials.read", build_only=True)
    app.add_url_rule("/help", "help.help_page", build_only=True)

    @app.get("/sw.js")
    def worker() -> Response:
        files = [static(path) for path in SHELL]
        return Response(render_template("pwa/sw.js", version="7", files=files), mimetype="text/javascript")

    @app.get("/manifest.webmanifest")
    def manifest() -> Response:
        return Response(render_template("pwa/manifest.webmanifest"), mimetype="application/manifest+json")

    @app.get("/<name>")
    def screen(name: str) -> str:
        return render_template(f"{name}.html", current=request.args.get("page", 1, type=int))

    return app


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the phone needs a browser, and runs with the browser tests."""
    for item in items:
        if "phone" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def stage() -> Iterator[SimpleNamespace]:
    app = build_stage()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield SimpleNamespace(address=f"http://127.0.0.1:{server.port}", told=app.config["TOLD"], app=app)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def phone() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        device = dict(playwright.devices["Pixel 7"])
        del device["default_browser_type"]
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path="/usr/bin/chromium", args=CHROMIUM, locale="zh-CN", **device
        )
        yield context
        context.close()


@pytest.fixture
def page(phone: BrowserContext, stage: SimpleNamespace) -> Iterator[Page]:
    stage.told.clear()
    page = phone.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []
    assert [what for what in stage.told if what[0] == "csp-report"] == []
