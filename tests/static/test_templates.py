"""Templates keep to what the content policy allows, and the document names every macro as it is."""

import re
from pathlib import Path

import html5lib
import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "style element": r"<style",
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "event attribute": r"\bon[a-z]+=[\"']",
    "evaluated htmx attribute": r"hx-on|js:|hx-trigger=\"[^\"]*\[",
    "unescaped value": r"\|\s*safe\b",
    "zoom refused": r"user-scalable|maximum-scale",
    "foreign address": r"(?:src|href)=\"(?:https?:)?//",
}
SCREENS = ["parts", "intake", "viewer", "masks", "sign_in", "offline", "error"]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds_what_the_policy_refuses(what: str) -> None:
    guilty = {
        path.relative_to(ROOT).as_posix(): hit[0]
        for path in TEMPLATES
        if (hit := re.search(FORBIDDEN[what], re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)))
    }
    assert guilty == {}


def test_what_others_include_says_first_what_it_needs() -> None:
    included = [
        path
        for path in TEMPLATES
        if path.name.startswith("_") or path.parent.name in ("layouts", "components")
    ]
    assert [path.name for path in included if not path.read_text().startswith("{#")] == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/components").glob("*.html")), ids=lambda path: path.stem
)
def test_the_document_names_every_macro(path: Path) -> None:
    document = (ROOT / "docs/design-system.md").read_text()
    for name in re.findall(r"{% macro ([a-z]\w*)\(", path.read_text()):
        if name != "upload_script":
            assert f"`{path.stem}.{name}(" in document, name


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_one_well_formed_page(stage, screen: str) -> None:
    html = stage.app.test_client().get(f"/{screen}").text
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert tree.get("lang") == "zh-CN"
    assert len(list(tree.iter("h1"))) == 1
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    for node in tree.iter():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            assert set(node.get(attribute, "").split()) <= set(ids)
        if node.tag == "form" and node.get("method") == "post":
            assert "csrf_token" in [field.get("name") for field in node.iter("input")]


def test_the_offline_page_belongs_to_nobody(stage) -> None:
    html = stage.app.test_client().get("/offline").text
    assert "token-1" not in html
    assert "张伟" not in html


@pytest.mark.parametrize("query", ["theme=dark", "size=elder"])
def test_what_a_reader_chose_is_in_the_page_from_the_start(stage, query: str) -> None:
    name, value = query.split("=")
    assert f'data-{name}="{value}"' in stage.app.test_client().get(f"/parts?{query}").text


def test_the_phone_layout_needs_neither_tabs_nor_actions(stage) -> None:
    with stage.app.test_request_context():
        page = stage.app.jinja_env.from_string(
            '{% extends "layouts/phone.html" %}{% block title %}空{% endblock %}'
        )
        html = page.render(static=str, csrf_token=str, csrf_field=str, tabs=[], me=None, theme="", size="")
    assert "<nav" not in html
    assert 'class="actions"' not in html
