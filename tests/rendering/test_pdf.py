import base64
import shutil
from pathlib import Path

import pypdfium2
import pytest
from PIL import ImageFile

from webapp.domain.errors import Refused
from webapp.rendering import typeface
from webapp.rendering.pdf import pdf

CSS = "@page { size: A5; margin: 15mm } body { font-family: 'Noto Sans CJK SC' }"
SEAL = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "seal.svg").write_text(SEAL)
    (tmp_path / "secret.svg").write_text(SEAL)
    return folder


def text_of(document: bytes) -> str:
    return pypdfium2.PdfDocument(document)[0].get_textpage().get_text_range()


def test_a_document_is_set_with_assets_and_inline_images(assets: Path):
    inline = base64.b64encode((assets / "seal.svg").read_bytes()).decode()
    html = f'<h1>干部人事档案目录</h1><img src="seal.svg"><img src="data:image/svg+xml;base64,{inline}">'
    assert "干部人事档案目录" in text_of(pdf(html, stylesheet=CSS, assets=assets))


def test_the_same_document_is_the_same_bytes(assets: Path):
    first, second = (pdf("<h1>目录</h1>", stylesheet=CSS, assets=assets) for _ in range(2))
    assert first == second


def test_a_stylesheet_may_be_a_file_with_its_own_typeface(assets: Path):
    shutil.copy(typeface.locate(), assets / "face.ttc")
    sheet = assets / "print.css"
    sheet.write_text("@font-face { font-family: F; src: url(face.ttc) } h1 { font-family: F }")
    assert "目录" in text_of(pdf("<h1>目录</h1>", stylesheet=sheet, assets=assets))


OUTSIDE = [
    "http://127.0.0.1:9/x.png",
    "https://example.org/x.png",
    "ftp://127.0.0.1:9/x.png",
    "//127.0.0.1/x.png",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "/etc/passwd",
    "../secret.svg",
    "%2e%2e/secret.svg",
    "x/../../secret.svg",
    "..%2fsecret.svg",
    "missing.svg",
    "link.svg",
]


@pytest.mark.parametrize("address", OUTSIDE)
def test_nothing_outside_the_assets_is_read(address: str, assets: Path):
    (assets / "link.svg").symlink_to(assets.parent / "secret.svg")
    with pytest.raises(Refused):
        pdf(f'<p>正文</p><img src="{address}">', stylesheet=CSS, assets=assets)


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="stylesheet" href="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="../secret.svg">附件</a>',
        '<base href="http://127.0.0.1:9/"><img src="seal.svg">',
        '<object data="file:///etc/passwd"></object>',
        '<p style="background: url(file:///etc/passwd)">正文</p>',
        "<style>@import url(http://127.0.0.1:9/x.css);</style>",
        "<style>@font-face { font-family: X; src: url(file:///etc/passwd) } p { font-family: X }</style><p>x</p>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd" width="9" height="9"/></svg>',
        '<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<image href="file:///etc/passwd" width="9" height="9"/></svg>\'>',
    ],
)
def test_no_way_of_naming_it_leads_outside(html: str, assets: Path):
    with pytest.raises(Refused):
        pdf(f"<p>正文</p>{html}", stylesheet=CSS, assets=assets)


def test_a_stylesheet_is_held_to_the_same_rule(assets: Path):
    with pytest.raises(Refused):
        pdf("<p>正文</p>", stylesheet="@import url(file:///etc/passwd);", assets=assets)


def test_setting_documents_does_not_make_pillow_accept_half_an_image():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
