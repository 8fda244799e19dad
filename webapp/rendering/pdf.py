"""Documents on paper (打印件): catalogues, slips and reports set as PDF, with nothing fetched from outside."""

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from webapp.domain.errors import Refused


class AssetFetcher(URLFetcher):
    """Fetches files under one folder, and data: URLs. All else ends the rendering.

    The library would go on without what it could not fetch; a document that asks for anything
    else holds text that somebody else wrote into it, and is better not printed.
    """

    def __init__(self, assets: Path):
        super().__init__(allow_redirects=False, fail_on_errors=True)
        self._folder = assets.resolve(strict=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        """The URLFetcherResponse for a URL. Raises PermissionError for one that is not allowed."""
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        path = Path(url2pathname(parts.path)).resolve()  # follows links and .. before the folder is compared
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(self._folder):
            raise PermissionError(f"outside the assets: {parts.scheme}")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": media_type})


def pdf(html: str, *, stylesheet: Path | str, assets: Path) -> bytes:
    """The document as PDF; the same bytes for the same input and fonts.

    stylesheet -- a file, or the text of one
    assets -- the folder that addresses in the document and the stylesheet are relative to
    Raises Refused when either asks for anything that is not in that folder.
    """
    fetcher, fonts, base = AssetFetcher(assets), FontConfiguration(), f"{assets.resolve().as_uri()}/"
    source = {"filename": stylesheet} if isinstance(stylesheet, Path) else {"string": stylesheet}
    try:
        css = CSS(**source, base_url=base, url_fetcher=fetcher, font_config=fonts)
        document = HTML(string=html, base_url=base, url_fetcher=fetcher)
        return bytes(document.write_pdf(stylesheets=[css], font_config=fonts))
    except FatalURLFetchingError as error:
        raise Refused("文书引用了不允许读取的内容，未生成。", rule="pdf:outside-the-assets") from error
