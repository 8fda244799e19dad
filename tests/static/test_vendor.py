"""Vendored files are what their manifests say, and nothing stands beside them unlisted."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANIFESTS = [ROOT / "static/vendor/MANIFEST.txt", ROOT / "tests/vendor/axe-core-4.14.1/MANIFEST.txt"]


def entries(manifest: Path) -> dict[str, list[str]]:
    lines = [line.split() for line in manifest.read_text().splitlines() if not line.startswith("#")]
    return {path: rest for path, *rest in lines}


def sha384(path: Path) -> str:
    return "sha384-" + b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_every_vendored_file_has_the_hash_it_came_with(manifest: Path) -> None:
    for path, (digest, tarball, licence) in entries(manifest).items():
        assert sha384(manifest.parent / path) == digest, path
        assert tarball.startswith("sha512-")
        assert licence in ("0BSD", "MPL-2.0")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_no_vendored_file_is_unlisted(manifest: Path) -> None:
    there = {
        path.relative_to(manifest.parent).as_posix() for path in manifest.parent.rglob("*") if path.is_file()
    }
    assert there - {manifest.name} == set(entries(manifest))


def test_the_layout_loads_exactly_the_vendored_htmx() -> None:
    base = (ROOT / "templates/layouts/base.html").read_text()
    [(path, digest)] = re.findall(r"static\('vendor/([^']+)'\) }}\" integrity=\"([^\"]+)\"", base)
    assert entries(MANIFESTS[0])[path][0] == digest
