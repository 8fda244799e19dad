"""Documents on paper (打印件): catalogues, slips and reports set as PDF, with nothing fetched from outside."""

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from webapp.domain.errors import Refused

# WeasyPrint lets Pillow accept images that are cut off, for the whole process: half a page would be shown.
ImageFile.LOAD_TRUNCATED_IMAGES = False


class AssetFetcher(URLFetcher):
    """Fetches files under one folder, and data: URLs. `refused` tells whether anything else was asked for.

    It is told afterwards because the library goes on without what it could not fetch, and in
    places (drawings, imported styles) catches even the error that is meant to stop it.
    """

    def __init__(self, assets: Path):
        super().__init__(allow_redirects=False)
        self._folder = assets.resolve(strict=True)
        self.refused = False

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """The URLFetcherResponse for a URL. Raises OSError for one that is not allowed or not there."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        path = Path(url2pathname(parts.path)).resolve()  # follows links and .. before the folder is compared
        within = parts.scheme == "file" and not parts.netloc and path.is_relative_to(self._folder)
        if not within or not path.is_file():
            self.refused = True
            raise PermissionError("not a file of the assets")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})


def pdf(html: str, *, stylesheet: Path | str, assets: Path) -> bytes:
    """The document as PDF; the same bytes for the same input and typefaces.

    stylesheet -- a file, or the text of one
    assets -- the folder that addresses in the document and the stylesheet are relative to
    Raises Refused when either asks for anything that is not there: it holds text that somebody
    else wrote into it, or lacks a part, and is better not printed.
    """
    fetcher, fonts, base = AssetFetcher(assets), FontConfiguration(), f"{assets.resolve().as_uri()}/"
    source = {"filename": stylesheet} if isinstance(stylesheet, Path) else {"string": stylesheet}
    css = CSS(**source, base_url=base, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, base_url=base, url_fetcher=fetcher)
    content = bytes(document.write_pdf(stylesheets=[css], font_config=fonts))
    if fetcher.refused:
        raise Refused("文书引用了不允许读取的内容，未生成。", rule="pdf:outside-the-assets")
    return content
