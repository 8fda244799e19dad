"""The shape of the house: which way imports run, how long files and functions grow, what is never there."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("webapp", "mobile", "ocr_worker")
SOURCES = sorted(path for part in PARTS for path in (ROOT / part).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OUTERMOST_LOOP = ROOT / "ocr_worker" / "__main__.py"
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_PARTIAL, LONGEST_PAGE = 300, 40, 60, 120  # lines
SECRETS = re.compile(
    r"\brandom\.|\bpickle\b|\byaml\.load\b|\bmarshal\b|\bos\.system\b|shell=True|\beval\(|\bexec\("
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of every function; its docstring is not counted."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            written = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            words = (first.end_lineno or 0) - first.lineno + 1 if written else 0
            yield f"{named(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1 - words


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_run_one_way():
    done = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "4 kept, 0 broken" in done.stdout


def test_the_worker_loads_no_web_framework():
    loaded = "import ocr_worker.__main__, sys; print(' '.join(sorted(sys.modules)))"
    done = run("-c", loaded)
    assert done.returncode == 0, done.stderr
    assert not {"flask", "werkzeug", "flask_login", "htmx_flask", "gunicorn"} & set(done.stdout.split())


def test_the_processes_that_open_files_hold_no_keys():
    loaded = "import ocr_worker.decoder, ocr_worker.reader, sys; print(' '.join(sorted(sys.modules)))"
    done = run("-c", loaded)
    assert done.returncode == 0, done.stderr
    modules = done.stdout.split()
    assert not [
        name for name in modules if name.startswith(("webapp.vault", "webapp.storage", "webapp.services"))
    ]
    assert not {"peewee", "sqlcipher3", "cryptography"} & set(modules)


def test_files_stay_short():
    lengths = {named(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    assert median(lengths.values()) <= 120


def test_functions_stay_short():
    lengths = dict(entry for path in SOURCES for entry in functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert median(lengths.values()) <= 10


def test_every_module_says_what_it_is_for():
    assert [named(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text()))] == []


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or getattr(kind, "id", "") in ("Exception", "BaseException") for kind in kinds)


def test_only_the_outermost_loop_of_the_worker_catches_everything():
    for path in SOURCES:
        handlers = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)
        ]
        caught = [handler.lineno for handler in handlers if catches_everything(handler)]
        assert len(caught) == (path == OUTERMOST_LOOP), f"{named(path)}: {caught}"


def test_nothing_unsafe_and_no_weak_chance_outside_the_demonstration():
    found = {
        named(path): sorted(set(SECRETS.findall(path.read_text())))
        for path in SOURCES
        if "demonstration" not in path.parts and SECRETS.search(path.read_text())
    }
    # Whoosh pickles its segments; ours are sealed, and nothing is read of them before they have been unsealed.
    assert found == {"webapp/search/segment.py": ["pickle"], "webapp/search/storage.py": ["pickle"]}


def test_nothing_is_left_to_do_or_only_pretended():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    assert [named(path) for path in SOURCES if words.search(path.read_text())] == []


def test_every_route_names_its_permission_right_above_its_function():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if any(re.match(r"bp\.(get|post|route)\(", decorator) for decorator in decorators):
                named_ones = [d for d in decorators if re.fullmatch(r"requires\(Permission\.\w+\)", d)]
                assert len(named_ones) == 1, f"{named(path)}:{node.name}"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_index(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"(--(extra-)?index-url|--find-links|-i |-f |https?://)", text)
    wanted = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    assert wanted
    for line in wanted:
        assert re.match(r"[A-Za-z0-9_.\-\[\]]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line[:60]


def test_nobody_reports_to_a_maker():
    assert find_spec("openvino_telemetry") is None
    assert "openvino-telemetry" not in (ROOT / "requirements.txt").read_text()


def is_partial(path: Path) -> bool:
    return path.name.startswith("_")


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_keeps_to_the_rules(path):
    text = path.read_text()
    lines = text.splitlines()
    if "layouts" not in path.parts:
        assert "|safe" not in text.replace(" ", "")
    if is_partial(path):
        assert lines[0].startswith("{#"), "says first what it needs"
        assert len(lines) <= LONGEST_PARTIAL
        assert "{% extends" not in text
    else:
        assert len(lines) <= LONGEST_PAGE


def opening_tags(text: str) -> list[str]:
    """Tags with their attributes; what Jinja writes between braces may hold a >."""
    return re.findall(r"<[a-z](?:\{\{.*?\}\}|\{%.*?%\}|\"[^\"]*\"|[^>\"])*>", text, re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_htmx_action_is_also_a_link_or_a_form(path):
    text = path.read_text()
    for tag in opening_tags(text):
        for asked in re.findall(r'hx-(?:get|post)="([^"]*)"', tag):
            plain = re.findall(r'(?:href|action|formaction)="([^"]*)"', tag)
            polls = "hx-trigger" in tag and (
                "every" in tag or "load" in tag or "news" in tag
            )  # refreshes what is already there
            expression = asked.strip("{} ")
            submits = (
                'type="submit"' in tag and f"form.form({expression}," in text
            )  # goes where its form goes
            assert asked in plain or polls or submits, f"{asked} in {tag[:120]}"
